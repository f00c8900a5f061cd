"""Running Spark jobs: plans (aero/load_plan.py) go in as files, what the jobs print comes out as it is.

All jobs of one process share one Spark application on YARN (jobs/application.py). It starts with the first of them,
or a little before, and ends with the process.
"""

import atexit
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from aero import load_plan, run_log
from aero.cluster import sizes, spark, spark_events
from aero.errors import AeroError
from aero.json_record import JsonRecord
from aero.settings import Settings, load_settings


class _Application:
    """One process of jobs/application.py, with as many `cores` at most."""

    def __init__(self) -> None:
        settings = load_settings()
        size = sizes.of_load(sizes.ask(settings))
        self.cores = int(size[sizes.PARALLELISM])
        run_id = run_log.run_id_of_this_process()
        conf = spark.SHORT_LIVED | size | spark_events.written(settings, run_id)
        command, environment = spark.application(settings, "application", conf, run_id)
        environment = spark.ending_without_memory(environment)
        with _log_of(settings) as log:
            self._log = Path(log.name)
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdin and self._process.stdout
        self._input, self._output = self._process.stdin, self._process.stdout

    def run(self, task: dict[str, str]) -> dict[str, str]:
        """How a job ended. Where the application has ended that is a fault too, with its log as the words."""
        try:
            self._input.write(json.dumps(task) + "\n")
            self._input.flush()
        except BrokenPipeError:
            return self._fault()
        for line in self._output:
            if line.startswith(spark.JOB_ENDED):
                return json.loads(line.removeprefix(spark.JOB_ENDED))
            run_log.say("spark", line.rstrip())
            if not line.startswith(spark.APPLICATION):
                sys.stderr.write(line)
                sys.stderr.flush()
        return self._fault()

    def _fault(self) -> dict[str, str]:
        code = self._process.wait()
        return {"fault": self._log.read_text(errors="replace") or f"Error: it ended with {code}"}

    def end(self) -> None:
        """End the application. Its log stays where it is a run's."""
        with suppress(BrokenPipeError):  # What it did not read is written once more.
            # The end of its input may never come: a process that was forked from this one has it open too.
            self._input.write("\n")
            self._input.close()
        self._process.wait()
        if run_log.run_id_of_this_process() is None:
            self._log.unlink(missing_ok=True)


def _log_of(settings: Settings) -> Any:
    """An open file for what Spark's driver writes: one more of this run's, or a temporary one."""
    run_id = run_log.run_id_of_this_process()
    own = run_log.folder(settings, run_id) if run_id else None
    if own and own.is_dir():
        return (own / f"spark-{len(list(own.glob('spark-*.log'))) + 1}.log").open("x")
    return tempfile.NamedTemporaryFile(prefix="spark-", suffix=".log", delete=False)


_applications: list[_Application] = []


def begin() -> None:
    """Start this process' application unless it has one: it is ready some 15 s later."""
    if not _applications:
        _applications.append(_Application())


def cores() -> int:
    """The cores that this process' application may come to have."""
    begin()
    return _applications[0].cores


def run(job: str, plan: Sequence[JsonRecord], **arguments: str) -> str:
    """Run `jobs/<job>.py` on YARN for every entry of `plan`.

    Returns an empty string, or the message of a job that failed: parts of the plan may be done all the same. Raises
    AeroError where YARN or Spark failed.
    """
    begin()
    with tempfile.TemporaryDirectory(prefix=f"{job}-") as scratch:
        plan_file = Path(scratch) / "plan.json"
        load_plan.write(plan_file, plan)
        how = _applications[0].run({"job": job, "plan": str(plan_file), **arguments})
    if how:
        end()  # What failed may have lost its Spark.
    run_log.say("spark", f"{job}: {how.get('fault') or how.get('error') or 'done'}")
    if "fault" in how:
        telling = [line for line in how["fault"].splitlines() if "Exception: " in line or "Error: " in line]
        first = "\n    ".join(telling[:3] or how["fault"].splitlines()[-5:])
        raise AeroError(f"Spark failed in {job}:\n    {first}", f"All that it said: {_how_to_see()}")
    return how.get("error", "")


def _how_to_see() -> str:
    run_id = run_log.run_id_of_this_process()
    return f"aero logs --run {run_id}" if run_id else "YARN's page, aero status"


@atexit.register
def end() -> None:
    """End this process' application, if there is one. The next job starts another."""
    while _applications:
        _applications.pop().end()
