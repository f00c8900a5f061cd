"""How long a platform needs after a fault until every service answers again."""

import time
from collections.abc import Mapping

from aero.cluster import answers, services
from aero.cluster.supervision import Supervisor
from aero.settings import Settings
from bench.chaos import plan

# One that has not come back by then is started by hand, and the run says so.
LIMIT_SECONDS = 300
# A look takes as long as the slowest answer, so at most this is what a time may be off.
LOOK_SECONDS = 10
# A replay may be at its end, and is then to stay so.
RECOVERING = tuple(name for name in plan.SERVICES if name != "replay")


def seconds_until_ready(
    settings: Settings, gone: Mapping[str, int], over: float, limit: float = LIMIT_SECONDS
) -> dict[str, float | None]:
    """Seconds from `over`, an instant of time.monotonic(), until each service was ready; None where it was not in
    `limit` seconds from now.

    `gone`: processes that were ended, by service; one of these is not ready, whatever still answers for it.
    """
    end, found = time.monotonic() + limit, dict.fromkeys(RECOVERING)
    while None in found.values() and time.monotonic() < end:
        missing = [name for name, seconds in found.items() if seconds is None]
        processes = Supervisor(settings).processes()
        alive = [name for name in missing if name in processes and processes[name].pid not in (0, gone.get(name))]
        waits = answers.waits(settings, [services.BY_NAME[name] for name in alive], LOOK_SECONDS)
        for name in alive:
            if waits[name] is None:
                found[name] = round(time.monotonic() - over, 1)
        if None in found.values():
            time.sleep(0.3)
    return found
