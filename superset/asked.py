"""Notes what the charts of the dashboards ask, for aero/superset/refresh.py to ask again after a load."""

import hashlib
import json
import os
from pathlib import Path

from flask import Flask, request

CHART_DATA = "/api/v1/chart/data"
# As many as four dashboards have charts, under a handful of filters; what was asked before them is forgotten.
AT_MOST = 150


def note_questions(app: Flask, folder: Path) -> None:
    """Have `app` write the body of each question of a dashboard's chart into `folder`, once for each text."""
    folder.mkdir(exist_ok=True)

    @app.before_request
    def note() -> None:
        if request.method != "POST" or request.path != CHART_DATA or "dashboard_id" not in request.args:
            return
        body = request.get_json(silent=True)
        if not body or body.get("result_type", "full") != "full":
            return
        body["force"] = False
        text = json.dumps(body, sort_keys=True)
        file = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
        if file.is_file():
            file.touch()
            return
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_text(text)
        draft.rename(file)
        by_age = sorted(folder.glob("*.json"), key=lambda kept: kept.stat().st_mtime, reverse=True)
        for old in by_age[AT_MOST:]:
            old.unlink(missing_ok=True)
