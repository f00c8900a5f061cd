"""Running the Luigi pipeline in a process of its own, and what it says of itself."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime

from aero import connections
from aero.cluster import services
from aero.datasets import RUN_REPORTS
from aero.errors import AeroError
from aero.settings import load_settings

NEEDED = ("datanode", "nodemanager", "hiveserver2", "luigid")
REPORTS = {
    "LoadFlights": "load",
    "MonthlyIncrement": "increment",
    "FindMonths": "found",
    "ArchiveLiveFlights": "archive",
}


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
    run_id = _new_run_id()
    _run_luigi(task, needed, run_id, parameters)
    return _report(run_id, task)


def run_increments(months: list[str], source: str, family: str | None) -> dict[str, dict | None]:
    """Take these months (YYYY-MM) through Kafka, in one process and so in one Spark application.

    Returns for each month the report of its MonthlyIncrement, None where it failed, which keeps none
    of the others back. Raises AeroError naming what is not ready.
    """
    run_id = _new_run_id()
    parameters = {"months": json.dumps(months), "source": source, "family": family}
    with suppress(Failed):  # Luigi has said why; a month that failed has no report.
        _run_luigi("MonthlyIncrements", (*NEEDED, "kafka"), run_id, parameters)
    return {when: _report_if_any(f"{run_id}-{when}", "MonthlyIncrement") for when in months}


def _new_run_id() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def _run_luigi(task: str, needed: tuple[str, ...], run_id: str, parameters: dict[str, str | int | None]) -> None:
    settings = load_settings()
    waiting = [name for name in needed if services.BY_NAME[name].waits_for(settings)]
    if waiting:
        raise AeroError(f"These services are not ready: {', '.join(waiting)}.", "Start them: aero up")
    given = {"run_id": run_id} | {name: value for name, value in parameters.items() if value is not None}
    if os.path.exists(str(given.get("source"))):
        given["source"] = os.path.abspath(given["source"])
    command = [
        sys.executable, "-m", "luigi", "--module", "luigi_tasks.pipeline", task,
        *(part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", str(value))),
        "--scheduler-host", settings.host("LUIGID"), "--scheduler-port", str(settings.port("LUIGID")),
    ]  # fmt: skip
    done = subprocess.run(command, env=os.environ | services.environment(settings))
    if done.returncode:
        raise Failed(task, done.returncode)


def _report(run_id: str, task: str) -> dict | list:
    with connections.webhdfs().read(_report_path(run_id, task)) as report:
        return json.load(report)


def _report_if_any(run_id: str, task: str) -> dict | list | None:
    is_there = connections.webhdfs().status(_report_path(run_id, task), strict=False)
    return _report(run_id, task) if is_there else None


def _report_path(run_id: str, task: str) -> str:
    return f"{RUN_REPORTS.path}/{run_id}/{REPORTS[task]}.json"
