"""What the live processes (the stream, the sources) say of themselves: a small file each, replaced as a whole.

    <AERO_HOME>/live/stream.json      {"state": "running", "pid": 4711, "at": "2026-01-12T23:59:12.000Z", …}

`aero status` reads it to tell whether a process is ready, `aero live status` to tell what it does.
"""

import json
import os
import socket
from pathlib import Path
from typing import Any

import psutil

from aero.files import replace_json
from aero.instants import instant_text, utc_now
from aero.settings import Settings

STARTING, RUNNING, WAITING, ENDED, FAILED = "starting", "running", "waiting", "ended", "failed"


def folder(settings: Settings) -> Path:
    """The folder of the process states, the configs of the live sources and the delivery logs."""
    return settings.home / "live"


def file(settings: Settings, name: str) -> Path:
    return folder(settings) / f"{name}.json"


def write(path: Path, state: str, **facts: Any) -> None:
    """Say that this process is in `state`: starting, running, waiting (a server is away), ended or failed. `facts` are
    JSON values."""
    content = {
        "state": state,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "at": instant_text(utc_now()),
        **facts,
    }
    replace_json(path, content)


def read(settings: Settings, name: str) -> dict[str, Any]:
    """The last state, with its facts; empty if there is none. A process of this machine that is gone has failed."""
    try:
        state: dict[str, Any] = json.loads(file(settings, name).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    is_here = state.get("host") == socket.gethostname()
    if state["state"] in (STARTING, RUNNING, WAITING) and is_here and not psutil.pid_exists(state["pid"]):
        return state | {"state": FAILED, "problem": f"its process is gone and left no reason: aero logs {name}"}
    return state
