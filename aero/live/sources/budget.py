"""How many calls of an API are left this month, kept in a file so that a restart does not forget what was spent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aero import files
from aero.errors import AeroError
from aero.instants import utc_now


class Budget:
    """At most `monthly_calls` in a calendar month (UTC), shared by every process that uses `path`.

    A call is counted before it is made: a crash can waste one, never spend one too many.
    """

    def __init__(self, path: Path, monthly_calls: int, now: Callable[[], datetime] = utc_now):
        self.path = path
        self.monthly_calls = monthly_calls
        self._now = now

    @property
    def used(self) -> int:
        """Calls made this month. Raises AeroError naming the file if it holds something else."""
        if not self.path.exists():
            return 0
        try:
            spent = json.loads(self.path.read_text(encoding="utf-8"))
            used, month = int(spent["used"]), spent["month"]
        except (ValueError, KeyError, TypeError) as error:
            raise AeroError(
                f"{self.path}: not a record of calls: {error!r}",
                'Write {"month": "2026-01", "used": 17} with this month and the calls that the API\'s page shows.',
            ) from error
        return used if month == self._month() else 0

    @property
    def left(self) -> int:
        """Calls that may still be made this month."""
        return max(0, self.monthly_calls - self.used)

    def take(self) -> bool:
        """Count one call: True if it may be made, False if the month's calls are used up."""
        with files.locked(self.path.with_name(self.path.name + ".lock")):
            used = self.used
            if used >= self.monthly_calls:
                return False
            files.replace_json(self.path, {"month": self._month(), "used": used + 1}, synced=True)
            return True

    def renewed_at(self) -> datetime:
        """The first instant of next month, UTC."""
        now = self._now().astimezone(UTC)
        return datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)

    def __str__(self) -> str:
        return f"{self.used} of {self.monthly_calls} calls used in {self._month()}, {self.left} left"

    def _month(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m")
