"""The steps of a publication, by name: a test stops the process right behind one of them, as a kill does.

docs/architecture.md has the names in the order in which they are done.
"""

import os
import signal

from aero import run_log

# The name of a step, such as `checks written`: the process that has done it kills itself.
STOP_AT = "AERO_STOP_AT"


def step(name: str) -> None:
    """What `name` says has just been done. In a process that is to stop here nothing comes after it."""
    run_log.say("step", name)
    if os.environ.get(STOP_AT) == name:
        os.kill(os.getpid(), signal.SIGKILL)
