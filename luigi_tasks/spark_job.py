"""Running one Spark application for a list of partitions: its plan goes in as a file, its lines come out as they are."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from aero import settings, spark
from aero.errors import AeroError


def run(job: str, plan: list[dict], *arguments: str, conf: dict[str, str] | None = None) -> str:
    """Run `jobs/<job>.py` on YARN for every entry of `plan`. `conf` adds to Spark's defaults.

    Returns an empty string, or what the job said when it failed: parts of the plan may be done all the same. Raises
    AeroError where YARN or Spark did not let it start.
    """
    here = settings.load()
    with tempfile.TemporaryDirectory(prefix=f"{job}-") as scratch:
        plan_file = Path(scratch) / "plan.json"
        plan_file.write_text(json.dumps(plan, indent=1))
        errors = Path(scratch) / "errors"
        with errors.open("w") as error_file:
            application = subprocess.Popen(
                spark.submit(here, job, "--plan", str(plan_file), *arguments, conf=conf),
                env=os.environ | spark.environment(here),
                cwd=scratch,
                stdout=subprocess.PIPE,
                stderr=error_file,
                text=True,
            )
            said = _passed_on(application.stdout)
        if application.wait() == 0:
            return ""
        return _reason(job, said, errors.read_text(errors="replace"))


def _passed_on(lines: Iterable[str]) -> str:
    """What the job says, passed on line by line until it comes to an error. spark-submit mixes a Python job's two
    outputs into one.
    """
    said, is_error = [], False
    for line in lines:
        said.append(line)
        is_error = is_error or line.startswith(("Traceback (", "Error: "))
        if not is_error:
            sys.stderr.write(line)
            sys.stderr.flush()
    return "".join(said)


def _reason(job: str, said: str, errors: str) -> str:
    """The job's own words where it ended by its own error, else Spark's or YARN's first ones."""
    _, own_error, own = f"\n{said}".rpartition("\nError: ")
    if own_error:
        return own.strip()
    telling = [line for line in f"{said}{errors}".splitlines() if "Exception: " in line or "Error: " in line]
    first = "\n    ".join(telling[:3] or f"{errors}{said}".splitlines()[-5:])
    raise AeroError(f"The Spark application {job} did not run:\n    {first}", "YARN's page shows its log: aero status")
