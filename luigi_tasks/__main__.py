"""Luigi's own command, `luigi`, whose workers come in at luigid's door and outlive a luigid that ends and is started
again: they wait for it, and tell it again what it has forgotten.
"""

import logging
import sys
import warnings
from functools import partial

import requests
import tenacity
from luigi import retcodes, rpc
from luigi.cmdline import luigi_run
from luigi.parameter import UnconsumedParameterWarning

from aero import http_door
from aero.errors import AeroError
from luigi_tasks import run_events

# A frozen luigid is ended and started again after 90 s and a look or two: aero/cluster/liveness.py.
AWAY_SECONDS = 300
PAUSE_SECONDS = 1
# What a run ends with whose task failed, as every command of ours does.
FAILED = 1
# Times in one run that what luigid has forgotten is told again.
TELLINGS = 5
log = logging.getLogger("luigi-interface")


class Fetcher(rpc.RequestsFetcher):
    """Asks luigid, and waits while it is away. A process that was forked has a session of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._is_away = False
        http_door.sign(self.session)

    def check_pid(self) -> None:
        before = self.session
        super().check_pid()
        if self.session is not before:
            http_door.sign(self.session)

    def fetch(self, full_url: str, body: dict[str, str], timeout: float) -> str:
        """What luigid answers. Raises AeroError where it is away for AWAY_SECONDS, HTTPError where it refuses."""
        answer: str = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_shows_it_is_away),
            wait=tenacity.wait_fixed(PAUSE_SECONDS),
            stop=tenacity.stop_after_delay(AWAY_SECONDS),
            before_sleep=lambda _: self._note(is_away=True),
            retry_error_callback=partial(_give_up, full_url),
        )(super().fetch, full_url, body, timeout)
        self._note(is_away=False)
        return answer

    def _note(self, is_away: bool) -> None:
        """Say it when that changes. Two threads ask, the worker's and the one that says that it lives."""
        if is_away != self._is_away:
            self._is_away = is_away
            log.warning("luigid does not answer: this run waits for it." if is_away else "luigid answers again.")


def _shows_it_is_away(fault: BaseException) -> bool:
    """Whether another try may help: it refused nothing."""
    status = getattr(getattr(fault, "response", None), "status_code", 500)
    return isinstance(fault, requests.RequestException) and status >= 500


def _give_up(url: str, _: tenacity.RetryCallState) -> str:
    raise AeroError(
        f"luigid has not answered for {AWAY_SECONDS} s: {url}",
        "See: aero status. Then run the same again: it goes on from what is there.",
    )


def main() -> None:
    """Run what the arguments say. One that luigid has forgotten is told again: what is done has its report.

    One of which a task failed is not: what did not run may have been behind that.
    """
    for _ in range(TELLINGS):
        try:
            luigi_run(sys.argv[1:])
        except SystemExit as end:
            if end.code != retcodes.retcode().not_run:
                sys.exit(FAILED if end.code == retcodes.retcode().task_failed else end.code)
        log.warning("luigid has forgotten what is left of this run: it is told again.")
    log.error("luigid has forgotten this run %d times. Run the same again: it goes on from what is there.", TELLINGS)
    sys.exit(retcodes.retcode().not_run)


if __name__ == "__main__":
    # Luigi makes its fetcher itself, and would take a password in the address only, which it logs.
    vars(rpc)["RequestsFetcher"] = Fetcher
    run_events.follow()
    # Of [core], Luigi's clients read what no task of it has for a parameter.
    warnings.simplefilter("ignore", UnconsumedParameterWarning)
    main()
