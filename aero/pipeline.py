"""Running the Luigi pipeline in a process of its own, and the report it leaves."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import IO, Any

import click

from aero import connections, lease, run_log, run_reports, webhdfs
from aero.cluster import answers, services, surroundings
from aero.cluster.supervision import Supervisor
from aero.errors import AeroError
from aero.month import Month, in_words
from aero.run_reports import LoadReport
from aero.settings import Settings, load_settings

# HBase because its ZooKeeper keeps writers apart (aero/lease.py).
NEEDED = ("datanode", "nodemanager", "hiveserver2", "luigid", "hbase")
REPORTS = {
    "LoadFlights": "load",
    "MonthlyIncrement": "increment",
    "BuildViews": "views",
    "FindMonths": "found",
    "ArchiveLiveFlights": "archive",
    "BacktestForecast": "forecast_backtest",
    "TrainForecast": "forecast_training",
    "ScoreTomorrow": "forecast_scores",
    "UpdateForecast": "forecast_update",
    "LoadWeather": "weather",
    "LoadWeatherForecasts": "weather-forecasts",
}

# The tasks that change what readers see, and what each is to those who wait for it.
WRITERS = {
    "LoadFlights": "a load",
    "BuildViews": "a build of views",
    "MonthlyIncrement": "an increment",
    "MonthlyIncrements": "an increment",
    "ArchiveLiveFlights": "an archiving of live flights",
    "TrainForecast": "a training of the forecast",
    "ScoreTomorrow": "a forecast",
    "UpdateForecast": "a forecast",
    "LoadWeather": "a load of the weather",
    "LoadWeatherForecasts": "a load of forecasts of the weather",
}

# How long a run waits for a service that is being started again or is frozen, and how long a look and a pause take.
READY_SECONDS, LOOK_SECONDS, PAUSE_SECONDS = 300, 15, 1.0

# How the first and the last line of a run's log begin.
BEGINS, ENDED = "run begins: ", "run ended: "

# Parameters that may be a path.
PATHS = ("source", "header_from")

Parameter = Month | str | int | bool | None


class Failed(AeroError):
    """The pipeline ended with an error, and has printed it to standard error. `code` is its exit code."""

    def __init__(self, task: str, code: int):
        super().__init__(f"{task} failed; the reasons are above.")
        self.exit_code = code  # type: ignore[misc]  # what Click reads; Click has it on the class

    def show(self, file: IO[Any] | None = None) -> None:
        """Print nothing: Luigi has printed it."""


class Killed(Failed):
    """The pipeline was ended by a signal, and could not say so. Its exit code is a shell's: 137 for SIGKILL."""

    def __init__(self, task: str, number: int):
        super().__init__(task, 128 + number)
        self.problem = f"{task} was ended by {signal.Signals(number).name}."
        self.fix = "Run it again: it goes on from what is there. Short of memory? See: aero status, and dmesg"

    show = click.ClickException.show


def run(task: str, needed: tuple[str, ...] = NEEDED, **parameters: Parameter) -> Any:
    """Run a task of luigi_tasks/pipeline.py with its parameters; its report, as JSON has it.

    None, False and empty texts are left out. Raises AeroError naming what is not ready, or Failed.
    """
    run_id = _new_run_id()
    _run_luigi(task, needed, run_id, parameters)
    return _report(run_id, task)


def run_increments(months: Sequence[Month], source: str, family: str | None) -> dict[Month, LoadReport | None]:
    """Take these months through Kafka, in one process and so in one Spark application.

    Returns for each month the report of its MonthlyIncrement, None where it failed, which keeps none
    of the others back. Raises AeroError naming what is not ready.
    """
    run_id = _new_run_id()
    parameters: dict[str, Parameter] = {
        "months": json.dumps([str(month) for month in months]),
        "source": source,
        "family": family,
    }
    try:
        _run_luigi("MonthlyIncrements", (*NEEDED, "kafka"), run_id, parameters)
    except Failed as failed:  # A month that failed has no report.
        failed.show()
    return {month: _report_if_any(f"{run_id}-{month}", "MonthlyIncrement") for month in months}


def _new_run_id() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def _run_luigi(task: str, needed: tuple[str, ...], run_id: str, parameters: Mapping[str, Parameter]) -> None:
    settings = load_settings()
    _wait_until_ready(settings, needed)
    writes = {lease.WHAT: _in_words(task, parameters)} if task in WRITERS else {}
    if writes:
        lease.refuse_if_held(settings)
    given = {"run_id": run_id} | {
        name: "" if value is True else str(value)
        for name, value in parameters.items()
        if not (value is None or value is False or value == "")
    }
    given |= {name: os.path.abspath(given[name]) for name in PATHS if os.path.exists(given.get(name, ""))}
    environment = surroundings.variables() | services.environment(settings) | writes | {run_log.RUN_ID: run_id}
    code = _logged(
        settings, run_id, f"{task}: {_in_words(task, parameters)}", command(settings, task, given), environment
    )
    if code:
        raise Failed(task, code) if code > 0 else Killed(task, -code)


def _logged(settings: Settings, run_id: str, what: str, words: list[str], environment: Mapping[str, str]) -> int:
    """Run Luigi; its exit code. The run's log says before and after it what it is and how it ended."""
    began = time.monotonic()
    try:
        run_log.note(settings, run_id, f"{BEGINS}{what}")
        code = subprocess.run(words, env=environment).returncode
    except BaseException as end:
        run_log.note(settings, run_id, f"{ENDED}stopped by {type(end).__name__}", logging.ERROR)
        raise
    how = "done" if code == 0 else f"failed with {code}" if code > 0 else f"ended by {signal.Signals(-code).name}"
    level = logging.ERROR if code else logging.INFO
    run_log.note(settings, run_id, f"{ENDED}{how} after {time.monotonic() - began:.1f} s", level)
    return code


def _wait_until_ready(settings: Settings, needed: tuple[str, ...]) -> None:
    """Raises AeroError where one does not run, or is not ready after READY_SECONDS."""
    until, before = time.monotonic() + READY_SECONDS, ""
    while waiting := _waiting(settings, needed):
        processes = Supervisor(settings).processes()
        if not all(name in processes and processes[name].alive for name in waiting):
            raise AeroError(f"These services are not ready: {', '.join(waiting)}.", "Start them: aero up")
        words = ", ".join(f"{name} waits for {what}" for name, what in waiting.items())
        if time.monotonic() > until:
            raise AeroError(
                f"They run and are not ready after {READY_SECONDS} s: {words}.",
                f"See: aero logs {next(iter(waiting))}. To start anew: aero down {' '.join(waiting)}; aero up",
            )
        if words != before:
            print(f"It waits: {words}.", file=sys.stderr, flush=True)
        before = words
        time.sleep(PAUSE_SECONDS)


def _waiting(settings: Settings, needed: tuple[str, ...]) -> dict[str, str]:
    """What those wait for that are not ready."""
    waits = answers.waits(settings, [services.BY_NAME[name] for name in needed], LOOK_SECONDS)
    return {name: what for name, what in waits.items() if what}


def command(settings: Settings, task: str, given: Mapping[str, str]) -> list[str]:
    """Luigi with a task and its parameters. The password for luigid is no part of it: luigi_tasks/__main__.py."""
    return [
        sys.executable, "-m", "luigi_tasks", "--module", "luigi_tasks.pipeline", task,
        *(part for name, value in given.items() for part in _option(name, value)),
        "--scheduler-host", settings.host("LUIGID"), "--scheduler-port", str(settings.port("LUIGID")),
    ]  # fmt: skip


def _option(name: str, value: str) -> list[str]:
    """The option of a parameter; that of one which is true has no value."""
    option = f"--{name.replace('_', '-')}"
    return [option, value] if value else [option]


def _in_words(task: str, parameters: Mapping[str, Parameter]) -> str:
    """What a run does, for those who wait for it: `a load of 2013-01 to 2013-12`."""
    what = "a rebuild" if parameters.get("rebuild") else WRITERS.get(task, "a run")
    if "months" in parameters:
        return f"{what} of {', '.join(json.loads(str(parameters['months'])))}"
    start, end = parameters.get("start"), parameters.get("end")
    return f"{what} of {in_words(start, end)}" if isinstance(start, Month) and isinstance(end, Month) else what


def _report(run_id: str, task: str) -> Any:
    return webhdfs.read_json(connections.webhdfs(), run_reports.path(run_id, REPORTS[task]))


def _report_if_any(run_id: str, task: str) -> Any:
    is_there = webhdfs.exists(connections.webhdfs(), run_reports.path(run_id, REPORTS[task]))
    return _report(run_id, task) if is_there else None
