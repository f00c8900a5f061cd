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
# All is well when all have answered for so long: HBase notices some seconds later that it has lost HDFS, and ends.
CALM_SECONDS = 5


def seconds_until_ready(
    settings: Settings, gone: Mapping[str, int], over: float, limit: float = LIMIT_SECONDS
) -> dict[str, float | None]:
    """Seconds from `over`, an instant of time.monotonic(), until each service was ready and stayed so; None where it
    was not in `limit` seconds from now.

    `gone`: processes that were ended, by service; one of these is not ready, whatever still answers for it.
    """
    end, found, calm_since = time.monotonic() + limit, dict.fromkeys(RECOVERING), None
    while (now := time.monotonic()) < end:
        processes = Supervisor(settings).processes()
        alive = [name for name in found if name in processes and processes[name].pid not in (0, gone.get(name))]
        waits = answers.waits(settings, [services.BY_NAME[name] for name in alive], LOOK_SECONDS)
        seconds = round(time.monotonic() - over, 1)
        for name, before in found.items():
            is_ready = name in waits and waits[name] is None
            found[name] = None if not is_ready else seconds if before is None else before
        calm_since = None if None in found.values() else calm_since or now
        if calm_since and now - calm_since >= CALM_SECONDS:
            break
        time.sleep(0.3)
    return found
