"""The process of a live source: `python -m aero.live.sources.process NAME`, a service of its own for each.

It does what the source's config says (configs.py) until it is stopped. While a server that it asks is away it waits,
and goes on from what was acknowledged. Exit code 2: it ended with a fault that starting it again does not mend; the
fault is the last line of its log, and in its process state.
"""

import logging
import signal
import sys
import threading
import time

from aero import connections, process_state
from aero.errors import AeroError, Away
from aero.live.sources import SOURCES
from aero.settings import START_SECONDS, Settings, load_settings

FAULT = 2
PAUSE_SECONDS = 10.0


def main() -> None:
    """Run one source until it ends or SIGTERM ends it."""
    [name] = sys.argv[1:]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settings = load_settings()
    state_file = process_state.file(settings, name)
    process_state.write(state_file, process_state.STARTING)
    started_at, code = time.monotonic(), 0
    try:
        _run(settings, name, stop)
        process_state.write(state_file, process_state.ENDED)
    except AeroError as fault:
        process_state.write(state_file, process_state.FAILED, problem=fault.problem)
        logging.error("%s", fault)
        code = FAULT
    # One that ends before, the supervisor takes for one that could not start.
    stop.wait(started_at + START_SECONDS - time.monotonic())
    # Docker would start a container that ended with a code again, whatever the code.
    sys.exit(0 if settings.is_container else code)


def _run(settings: Settings, name: str, stop: threading.Event) -> None:
    """Run the source until it ends, again and again where something is away. Raises AeroError for what waiting does not
    mend."""
    run = SOURCES[name].load().run
    while not stop.is_set():
        try:
            run(settings, stop)
            break
        except Exception as fault:
            if isinstance(fault, AeroError) and not isinstance(fault, Away):
                raise
            said = fault.problem if isinstance(fault, Away) else f"{type(fault).__name__}: {connections.refusal(fault)}"
            problem = said.strip().splitlines()[0][:300]
            process_state.write(process_state.file(settings, name), process_state.WAITING, problem=problem)
            logging.warning("tries again in %g s: %s", PAUSE_SECONDS, fault, exc_info=not isinstance(fault, Away))
        stop.wait(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
