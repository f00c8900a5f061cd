"""A platform of its own for a measurement: its data in a folder that goes with it, its ports beside the user's."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aero import connections, pipeline, webhdfs
from aero.datasets import BATCH, CLEAN, FLIGHTS, RUN_REPORTS, Folder
from aero.errors import AeroError
from aero.ops.months import MonthState
from aero.settings import load_settings
from bench.performance.memory import Watch
from bench.performance.sizes import STOOD_STILL, Months

AERO = Path(sys.executable).parent / "aero"
PORT_OFFSET = 14_000
SERVICES = (*pipeline.NEEDED, "spark-thrift")
RAW = Folder("raw")
# The reports of a load's tasks, in the order in which they end.
REPORTS = ("landing", "cleaning", "views", "load")
# `aero status` ends with it where a service that was not asked for does not run.
NOT_ALL_READY = 3


class Cluster:
    """The platform whose data are in `home`, with these services. All of this process, PyHive too, is turned to it. A
    command that takes more than `limit_seconds` hangs."""

    def __init__(
        self,
        home: Path,
        services: tuple[str, ...] = SERVICES,
        port_offset: int = PORT_OFFSET,
        limit_seconds: float | None = None,
    ):
        self.home, self.services, self.limit_seconds = home, services, limit_seconds
        os.environ |= {"AERO_HOME": str(home), "AERO_PORT_OFFSET": str(port_offset)}

    def aero(self, *words: str, may_end_with: int = 0) -> str:
        """What a command of `aero` printed. Raises AeroError with the end of what it said where it failed."""
        try:
            result = subprocess.run([AERO, *words], capture_output=True, text=True, timeout=self.limit_seconds)
        except subprocess.TimeoutExpired:
            fix = f"Logs: {self.home}/logs"
            raise AeroError(f"aero {' '.join(words)} has not ended in {self.limit_seconds} s.", fix) from None
        if result.returncode not in (0, may_end_with):
            said = "\n".join((result.stdout + result.stderr).splitlines()[-15:])
            raise AeroError(
                f"aero {' '.join(words)} ended with {result.returncode}:\n{said}", f"Logs: {self.home}/logs"
            )
        return result.stdout

    def up(self) -> None:
        """Start what does not run of its services."""
        self.aero("up", *self.services)

    def down(self) -> None:
        """Stop all; nothing is lost."""
        self.aero("down")

    def wipe(self) -> None:
        """Stop all, and throw away all that it holds."""
        if self.home.exists():
            self.down()
            shutil.rmtree(self.home)

    def load(self, months: Months, source: Path) -> dict[str, Any]:
        """Load months of a folder: seconds in all, seconds until each task was done, rows, and memory by tenths."""
        began = time.monotonic()
        words = ("load", "--from", str(months.first), "--to", str(months.last), "--source", str(source), "--json")
        with Watch(load_settings()) as memory:
            rows = self._loaded(words, months)
        seconds = time.monotonic() - began
        return {"seconds": seconds, "stages": _stages(), "rows": rows, "memory_mb": memory.tenths_mb()}

    def _loaded(self, words: Sequence[str], months: Months) -> dict[str, int]:
        """The rows of a load. Where the gates refuse STOOD_STILL alone, it is accepted, as a person would, and the load
        done again; what else they refuse is a finding."""
        try:
            return json.loads(self.aero(*words))["rows"]
        except AeroError:
            entries = json.loads(self.aero("months", "--json"))
            known = {(entry["year"], entry["month"]): entry["state"] for entry in entries}
            if [month for month in months.every if known.get(month) == MonthState.FAILED] != [STOOD_STILL]:
                raise
            self.aero("accept", str(STOOD_STILL), "--because", "The airlines stood still.")
        return json.loads(self.aero(*words))["rows"]

    def seconds_of(self, *words: str) -> float:
        """How long a command of `aero` takes."""
        began = time.monotonic()
        self.aero(*words, may_end_with=NOT_ALL_READY)
        return time.monotonic() - began

    def memory_mb(self) -> dict[str, int]:
        """Resident memory of each service that runs, in MiB."""
        states = json.loads(self.aero("status", "--json", may_end_with=NOT_ALL_READY))
        return {state["name"]: state["memory_mb"] for state in states if state["memory_mb"]}


def disk_bytes() -> dict[str, int]:
    """Bytes of each layer in HDFS, as one copy, and of the flights alone."""
    client = connections.webhdfs()
    folders = {"raw": RAW, "clean": CLEAN, "batch": BATCH, "flights": FLIGHTS}
    return {name: client.content(folder.path)["length"] for name, folder in folders.items()}


def _stages() -> dict[str, float]:
    """Seconds that each task of the newest run took, by when HDFS has it that their reports were written."""
    client = connections.webhdfs()
    run_id = max(webhdfs.names(client, RUN_REPORTS.path))
    written = {
        name: status["modificationTime"] / 1000 for name, status in client.list(f"{RUN_REPORTS.path}/{run_id}", True)
    }
    began = datetime.strptime(run_id, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC).timestamp()
    stages = {}
    for name in REPORTS:
        ended = written[f"{name}.json"]
        stages[name], began = round(ended - began, 3), ended
    return stages


def must_have_room(folder: Path, size: int) -> None:
    """Raises AeroError where the disk of a folder has less room than `size` bytes."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise AeroError(
            f"The disk of {folder} has {free / 1e9:.0f} GB free, and this needs {size / 1e9:.0f} GB.",
            "Free some, or name a folder of another disk: --folder",
        )


def machine() -> dict[str, Any]:
    """What it is measured on: model and count of processors, memory, system, Java and Python."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": ", ".join(sorted(models)) or os.uname().machine,
        "processors": os.cpu_count(),
        "memory_gib": round(pages / 2**30),
        "system": f"Linux {os.uname().release.split('-')[0]}",
        "python": sys.version.split()[0],
    }
