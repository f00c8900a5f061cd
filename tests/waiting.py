"""Waiting for what a running cluster will do."""

from functools import partial

import tenacity


def until(condition, seconds: int = 180, pause: float = 0.3, may_be_away: bool = True) -> None:
    """Wait until `condition` is true, asking again and again; if it `may_be_away`, also while what it asks raises.

    When the time is up, what it raised last is raised. What no server can be the reason of is raised at once.
    """
    not_yet = tenacity.retry_if_result(lambda reached: not reached)
    away = tenacity.retry_if_exception_type(Exception) & tenacity.retry_if_not_exception_type((NameError, ImportError))
    tenacity.Retrying(
        retry=not_yet | away if may_be_away else not_yet,
        wait=tenacity.wait_fixed(pause),
        stop=tenacity.stop_after_delay(seconds),
        reraise=True,
    )(condition)


# Of what is there all the time: an error is an error at once.
until_true = partial(until, seconds=120, pause=0.5, may_be_away=False)
