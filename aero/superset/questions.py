"""What the charts of the dashboards asked, kept so that it can be asked again before someone does.

Superset's server notes every question of a dashboard's chart (superset/asked.py), each under the hash of its text, in
SUPERSET_HOME/questions. After a load the answers of before are void; asking the newest questions again fills the cache, so
that the next who looks does not wait.
"""

import json
from pathlib import Path

from aero.settings import Settings


def newest(settings: Settings) -> list[dict]:
    """The bodies of the questions that are kept, the newest first."""
    files = sorted((settings.home / "superset" / "questions").glob("*.json"), key=_asked_at, reverse=True)
    return [json.loads(file.read_text()) for file in files]


def _asked_at(file: Path) -> float:
    return file.stat().st_mtime
