"""The line that a flight was made from: in the raw version of its load, not in the newest one."""

import gzip
import io
import json
from dataclasses import asdict

import pytest

from aero.datasets import FLIGHTS_REPORTING
from aero.errors import AeroError
from aero.ops import lineage
from aero.raw_versions import Manifest

FLIGHT = {"source_layout": "reporting", "year": 2013, "month": 1, "source_line": 3, "load_id": "aaaaaaaaaaaa-1"}
FOLDER = FLIGHTS_REPORTING.partition_path(2013, 1)
OLD, NEW = f"{FOLDER}/landed=20261122T122500Z-aaaaaaaa", f"{FOLDER}/landed=20261123T122500Z-bbbbbbbb"


def _manifest(version, sha256, file):
    return Manifest(
        *("flights_reporting", "reporting", "reporting", 2013, 1, (1,), 2, True),
        file=file,
        original=file,
        size=1,
        sha256=sha256 * 64,
        landed_at="2026-11-22T12:25:00+00:00",
        version=version,
    )


class Client:
    """An HDFS with two raw versions of January."""

    def __init__(self):
        old, new = _manifest(OLD, "a", "january.csv.gz"), _manifest(NEW, "b", "january.csv")
        self.files = {
            f"{OLD}/_manifest.json": json.dumps(asdict(old)).encode(),
            old.path: gzip.compress(b"Year,Month\r\n2013,1\r\n2013,01\r\n"),
            f"{NEW}/_manifest.json": json.dumps(asdict(new)).encode(),
            new.path: b"Year,Month\n2013,1\n2013,1\n",
        }

    def list(self, folder):
        return sorted({path[len(folder) + 1 :].split("/")[0] for path in self.files if path.startswith(f"{folder}/")})

    def read(self, path):
        return io.BytesIO(self.files[path])


def test_a_flight_s_line_is_that_of_the_version_its_load_was_made_from():
    found = lineage.raw_line(Client(), FLIGHT)
    assert (found.path, found.number, found.header, found.text) == (f"{OLD}/january.csv.gz", 3, "Year,Month", "2013,01")
    assert asdict(found)["manifest"]["sha256"] == "a" * 64


def test_a_load_whose_version_is_gone_is_named():
    with pytest.raises(AeroError, match=f"hdfs:{FOLDER} has no file that load cccccccccccc-1 was made from"):
        lineage.raw_line(Client(), FLIGHT | {"load_id": "cccccccccccc-1"})
