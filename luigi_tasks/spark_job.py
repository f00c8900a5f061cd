"""Running one Spark application for a list of partitions: its plan goes in as a file, its lines come out as they are."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from aero import settings, spark
from aero.errors import AeroError


def run(job: str, plan: list[dict]) -> str:
    """Run `jobs/<job>.py` on YARN for every entry of `plan`.

    Returns an empty string, or what the job said when it failed: parts of the plan may be done all the same. Raises
    AeroError where YARN or Spark did not let it start.
    """
    here = settings.load()
    with tempfile.TemporaryDirectory(prefix=f"{job}-") as scratch:
        plan_file = Path(scratch) / "plan.json"
        plan_file.write_text(json.dumps(plan, indent=1))
        application = subprocess.Popen(
            spark.submit(here, job, "--plan", str(plan_file)),
            env=os.environ | spark.environment(here),
            cwd=scratch,
            stderr=subprocess.PIPE,
            stdout=sys.stderr,
            text=True,
        )
        said = application.stderr.read()
        if application.wait() == 0:
            return ""
    return _reason(job, said)


def _reason(job: str, said: str) -> str:
    """The job's own words where it ended by its own error, else Spark's or YARN's first ones."""
    own = said.rpartition("\nError: ")[2] if "\nError: " in said else ""
    if own:
        return own.strip()
    telling = [line for line in said.splitlines() if "Exception: " in line or " ERROR " in line]
    first = "\n    ".join(telling[:3] or said.splitlines()[-5:])
    raise AeroError(f"The Spark application {job} did not run:\n    {first}", "YARN's page shows its log: aero status")
