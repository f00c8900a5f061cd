"""What `aero doctor --fix` does by itself: what can lose nothing and hide nothing. All else is a person's to decide."""

import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from aero.cluster.startup import Startup
from aero.cluster.surroundings import UMASK
from aero.ops.doctor.finding import Finding
from aero.screen import Console
from aero.settings import Settings

Mend = Callable[[Settings, Finding, Console], str]


def _close(_settings: Settings, found: Finding, _console: Console) -> str:
    folder = Path(found.about)
    folder.chmod(stat.S_IMODE(folder.stat().st_mode) & ~UMASK)
    return f"closed {folder} to other users"


def _start(settings: Settings, found: Finding, console: Console) -> str:
    Startup(settings, console).run((found.about,))
    return f"started {found.about}"


BY_NAME: Mapping[str, Mend] = {"open-folder": _close, "ended": _start, "no-checkpoint": _start}


def mend(settings: Settings, found: list[Finding], console: Console) -> list[str]:
    """What was done, a line each, of what may be done. Raises AeroError where a service does not start."""
    return [BY_NAME[one.name](settings, one, console) for one in found if one.name in BY_NAME]
