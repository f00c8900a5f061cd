"""Rebuilds that have not ended: what a killed one was to do, so that the same command goes on with it."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import hdfs

from aero import airports, bts, run_reports, webhdfs
from aero.datasets import FLIGHTS, REPOSITORY
from aero.month import Month

# A range of months, both ends included.
Range = tuple[Month, Month]


@dataclass(frozen=True)
class Rebuild:
    """One rebuild: `stamp` is part of its loads' names, `jobs` the hash of the code and tables that make them."""

    stamp: str
    ranges: list[Range]
    jobs: str


def begun(client: hdfs.Client, name: str, ranges: list[Range]) -> tuple[Rebuild, bool]:
    """The rebuild of this name, and whether it goes on with one that was killed, or had failed months: then it is the
    same, of the same months. It is a new one, of these `ranges`, where there is none, or jobs/ was changed since.
    """
    path, jobs = _path(name), _jobs()
    if webhdfs.exists(client, path):
        known = webhdfs.read_json(client, path)
        if known["jobs"] == jobs:
            return Rebuild(known["stamp"], [(Month(*one), Month(*last)) for one, last in known["ranges"]], jobs), True
    rebuild = Rebuild(datetime.now(UTC).strftime("%Y%m%dT%H%M%S"), ranges, jobs)
    webhdfs.replace(client, path, webhdfs.to_json(asdict(rebuild)))
    return rebuild, False


def ended(client: hdfs.Client, name: str) -> None:
    """Forget the rebuild of this name: the next one is new."""
    client.delete(_path(name))


def _path(name: str) -> str:
    return run_reports.path(f"rebuild-{name}", "unfinished")


def _jobs() -> str:
    """Hash of jobs/ and what it cleans by, columns and airports: what these make is no load of another's."""
    cleaned_by = [Path(bts.__file__), Path(airports.__file__), airports.SUPPLEMENT, FLIGHTS.hql("create")]
    sources = [*sorted((REPOSITORY / "jobs").glob("*.py")), *cleaned_by]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
