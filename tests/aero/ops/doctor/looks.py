"""What checks of `aero doctor` are given: services that are ready, or are not."""

from aero.cluster.supervision import Process
from aero.ops.doctor.finding import Look
from aero.settings import load_settings


def look(states=None, **waits):
    """A Look at services by name, `_` for `-`: what each waits for (None: it is ready). `states` are the supervisor's
    words for those that are not running."""
    named = {name.replace("_", "-"): said for name, said in waits.items()}
    states = dict.fromkeys(named, "RUNNING") | (states or {})
    processes = {name: Process(name, state, 0, 0) for name, state in states.items()}
    return Look(load_settings(), processes, named)


def names(found):
    return [one.name for one in found]
