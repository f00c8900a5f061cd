"""Running the Luigi pipeline in a process of its own, and what it says of itself."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

from aero import connections, services, settings
from aero.datasets import ROOT
from aero.errors import AeroError

NEEDED = ("datanode", "nodemanager", "hiveserver2", "luigid")
REPORTS = {"LoadFlights": "load", "MonthlyIncrement": "increment", "FindMonths": "found", "ArchiveLiveFlights": "archive"}


class Failed(AeroError):
    """The pipeline ended with an error, and has said it on standard error. `code` is its exit code."""

    def __init__(self, task: str, code: int):
        super().__init__(f"{task} failed; the reasons are above.")
        self.exit_code = code

    def show(self, file=None) -> None:
        """Nothing: it has been said."""


def run(task: str, needed: tuple[str, ...] = NEEDED, **parameters: str | int | None) -> dict | list:
    """Run a task of luigi_tasks/pipeline.py with its parameters (months are YYYY-MM, None is left out); its report.

    Raises AeroError naming what is not ready, or Failed.
    """
    here = settings.load()
    waiting = [name for name in needed if services.BY_NAME[name].waits_for(here)]
    if waiting:
        raise AeroError(f"These services are not ready: {', '.join(waiting)}.", "Start them: aero up")
    run_id = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    given = {"run_id": run_id} | {name: value for name, value in parameters.items() if value is not None}
    if os.path.exists(str(given.get("source"))):
        given["source"] = os.path.abspath(given["source"])
    command = [
        sys.executable, "-m", "luigi", "--module", "luigi_tasks.pipeline", task,
        *(part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", str(value))),
        "--scheduler-host", here.host("LUIGID"), "--scheduler-port", str(here.port("LUIGID")),
    ]  # fmt: skip
    done = subprocess.run(command, env=os.environ | services.environment(here))
    if done.returncode:
        raise Failed(task, done.returncode)
    with connections.webhdfs().read(f"{ROOT}/ops/runs/{run_id}/{REPORTS[task]}.json") as report:
        return json.load(report)
