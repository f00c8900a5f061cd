"""What a server's log tells, where it did not get ready."""

from aero.cluster import services
from aero.settings import Settings

# Of the end of a log: a start writes less.
TAIL_BYTES = 200_000


def tail(settings: Settings, name: str) -> list[str]:
    """The last lines of a service's log; none where there is none."""
    file = services.log_file(settings, name)
    if not file.is_file():
        return []
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - TAIL_BYTES))
        return log.read().decode(errors="replace").splitlines()[-400:]


def telling(lines: list[str], most: int = 6) -> list[str]:
    """The last of those that speak of errors; where none does, the last ones."""
    errors = [line for line in lines if " ERROR " in line or " FATAL " in line or "Exception" in line]
    return (errors or lines)[-most:]
