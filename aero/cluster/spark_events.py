"""What Spark writes of an application while it runs, for its history server: `logs/spark` of the data root.

Of loads alone. The stream and the Spark Thrift Server run for weeks, and would fill a disk; what they did is in
aero_live.log and in the audit.
"""

import shutil
from pathlib import Path

from aero.settings import Settings

# Newest applications that are kept, and what they may take together. 447 months in one application take some MB.
KEPT_APPLICATIONS = 100
MOST_BYTES = 1_000_000_000


def folder(settings: Settings) -> Path:
    """Where the events of applications lie, a folder each, which bears YARN's id."""
    return settings.home / "logs" / "spark"


def written(settings: Settings, run_id: str | None) -> dict[str, str]:
    """The settings with which an application of a run writes its events, and YARN knows it by the run; none for an
    application of no run. Those of old applications are removed."""
    if run_id is None:
        return {}
    try:
        folder(settings).mkdir(mode=0o700, parents=True, exist_ok=True)
        purge(folder(settings))
    except OSError:  # A full disk does not hinder the run.
        return {"spark.yarn.tags": tag(run_id)}
    return {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": folder(settings).as_uri(),
        "spark.eventLog.rolling.enabled": "true",
        "spark.eventLog.rolling.maxFileSize": "32m",
        "spark.eventLog.compress": "true",
        "spark.yarn.tags": tag(run_id),
    }


def tag(run_id: str) -> str:
    """By which YARN knows the applications of a run; it has its tags in small letters."""
    return f"aero-run-{run_id}".lower()


def purge(events: Path) -> None:
    """Leave the newest applications, as many and as large as may be kept."""
    newest = sorted(events.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
    total = 0
    for place, application in enumerate(newest):
        total += _size(application)
        if place >= KEPT_APPLICATIONS or total > MOST_BYTES:
            shutil.rmtree(application, ignore_errors=True) if application.is_dir() else application.unlink()


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
