"""The process of a live source: `python -m aero.live.sources.process NAME`, a service of its own for each.

It does what the source's config says (configs.py) until it is stopped. Exit code 2: it ended with a fault that starting
it again does not mend; the fault is the last line of its log, and in its process state.
"""

import logging
import signal
import sys
import threading
import time

from aero import process_state
from aero.errors import AeroError
from aero.live.sources import SOURCES
from aero.settings import START_SECONDS, load_settings

FAULT = 2


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
        SOURCES[name].load().run(settings, stop)
        process_state.write(state_file, process_state.ENDED)
    except AeroError as fault:
        process_state.write(state_file, process_state.FAILED, problem=fault.problem)
        logging.error("%s", fault)
        code = FAULT
    # One that ends before, the supervisor takes for one that could not start.
    stop.wait(started_at + START_SECONDS - time.monotonic())
    # Docker would start a container that ended with a code again, whatever the code.
    sys.exit(0 if settings.is_container else code)


if __name__ == "__main__":
    main()
