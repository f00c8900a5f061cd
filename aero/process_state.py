"""What the live processes (the stream, the sources) say of themselves: a small file each, replaced as a whole.

    <AERO_HOME>/live/stream.json      {"state": "running", "pid": 4711, "at": "2026-01-12T23:59:12.000Z", …}

`aero status` reads it to tell whether a process is ready, `aero live status` to tell what it does.
"""

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from aero.instants import instant_text
from aero.settings import Settings

STARTING, RUNNING, ENDED, FAILED = "starting", "running", "ended", "failed"


def folder(settings: Settings) -> Path:
    """The folder of the reports, the plans of the sources and the ledgers."""
    return settings.home / "live"


def file(settings: Settings, name: str) -> Path:
    return folder(settings) / f"{name}.json"


def write(path: Path, state: str, **facts: Any) -> None:
    """Report that this process is in `state`: starting, running, ended or failed. `facts` are JSON values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "state": state,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "at": instant_text(datetime.now(UTC)),
        **facts,
    }
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_text(json.dumps(report), encoding="utf-8")
    temporary.replace(path)


def read(settings: Settings, name: str) -> dict[str, Any]:
    """The last report; empty if there is none. A process of this machine that was killed is in state failed."""
    try:
        report = json.loads(file(settings, name).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    is_here = report.get("host") == socket.gethostname()
    if report["state"] in (STARTING, RUNNING) and is_here and not psutil.pid_exists(report["pid"]):
        return report | {"state": FAILED, "problem": "it was killed"}
    return report
