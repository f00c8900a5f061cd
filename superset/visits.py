"""What Superset keeps of what people do: who opened which dashboard and chart, which Home shows.

Of itself it writes down every step of every question, four to eight commits each, and after each commit reads its own
objects anew: half of what a chart takes of its process. Who asked what is in the audit (audited.py).
"""

from typing import Any

from superset.utils.log import DBEventLogger

# What Home asks for, of what pages report about themselves.
OPENED = {"mount_dashboard", "mount_explorer"}


class Visits(DBEventLogger):
    """Superset's EVENT_LOGGER, for these alone."""

    def log_with_context(self, action: str, *given: Any, **words: Any) -> None:
        """As Superset's, of what pages report: nothing is gathered of anything else."""
        if action == "log":
            super().log_with_context(action, *given, **words)

    def log(self, user_id: int | None, action: str, *given: Any, **words: Any) -> None:
        """As Superset's, of those records that Home shows."""
        records = [one for one in words.pop("records", []) if one.get("event_name") in OPENED]
        if records:
            super().log(user_id, action, *given, records=records, **words)
