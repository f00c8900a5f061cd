"""The clock of the Java servers, an hour ahead or back, by libfaketime, of the Debian package of that name: it stands
before each Java that the platform starts, by a JAVA_HOME whose `java` loads it. Python's processes keep the machine's
clock, so that the two differ, as those of two machines do.
"""

import os
import time
from pathlib import Path

from aero.cluster import java

LIBRARIES = Path("/usr/lib")
STEP_SECONDS = 3600
CLOCK = "clock"
# How old the offset that a process has read may be, in seconds.
READ_AGAIN = 1


def library() -> Path | None:
    """libfaketime, where it is installed."""
    return next(iter(sorted(LIBRARIES.glob("*/faketime/libfaketime.so.1"))), None)


def java_home(folder: Path) -> Path | None:
    """A Java in `folder` whose clock `hold` steps; None without libfaketime."""
    faketime, real, bin_ = library(), java.home(), folder / "bin"
    if not faketime:
        return None
    bin_.mkdir(parents=True, exist_ok=True)
    for one in (*real.iterdir(), *(real / "bin").iterdir()):
        place = folder / one.relative_to(real)
        if not (place.exists() or place.is_symlink()):
            place.symlink_to(one)
    java_itself = bin_ / "java"
    java_itself.unlink()
    java_itself.write_text(
        "#!/bin/sh\n"
        f"export LD_PRELOAD={faketime} FAKETIME_TIMESTAMP_FILE={folder}/{CLOCK}\n"
        f"export FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_CACHE_DURATION={READ_AGAIN}\n"
        f'exec {real}/bin/java "$@"\n'
    )
    java_itself.chmod(0o755)
    _set(folder, 0)
    return folder


def hold(folder: Path, step_seconds: int, seconds: float) -> bool:
    """Step the clock of the Java in `folder`, and back after so long. Returns whether there is one."""
    if not (folder / CLOCK).exists():
        return False
    try:
        _set(folder, step_seconds)
        time.sleep(seconds)
    finally:
        _set(folder, 0)
    return True


def _set(folder: Path, seconds: int) -> None:
    fresh = folder / f"{CLOCK}.new"
    fresh.write_text(f"{seconds:+d}\n")
    os.replace(fresh, folder / CLOCK)
