"""The snippets of docs/connect/files.md, as they stand there, on months that were exported."""

import io
import re
from datetime import date

import pyarrow as pa
import pytest
from pyarrow import orc

from aero.datasets import FLIGHTS
from aero.month import Month
from aero.ops import export
from tests import snippets
from tests.hdfs_in_memory import HdfsInMemory

SNIPPETS = snippets.of("files.md")
SHELL = SNIPPETS["The shell: is the file the one of the manifest?"]
FLOWN = {"flight_date": date(2013, 2, 3), "airline_id": "DL", "origin_id": "JFK", "arrival_delay_minutes": 20,
         "is_cancelled": False}  # fmt: skip
CANCELLED = FLOWN | {"arrival_delay_minutes": None, "is_cancelled": True}
OF_UNITED = FLOWN | {"airline_id": "UA", "origin_id": "EWR", "arrival_delay_minutes": -7}


@pytest.fixture
def folder(tmp_path):
    file = io.BytesIO()
    orc.write_table(pa.Table.from_pylist([FLOWN, CANCELLED, OF_UNITED]), file)
    lake = HdfsInMemory()
    for month in (Month(2013, 1), Month(2013, 2)):
        load = FLIGHTS.load_path("aaaaaaaaaaaa-1", *month)
        lake.files[f"{load}/part-0.orc"] = file.getvalue()
        export.month(lake, month, load, "parquet", tmp_path / "flights")
    return tmp_path


@pytest.mark.parametrize(
    ("tool", "shown"),
    [
        ("DuckDB", r"DL\W+2\W+20\.0.*UA\W+2\W+-7\.0"),
        ("pandas", r"EWR +-7\.0\s+JFK +20\.0"),
        ("Arrow", r"^2$"),
    ],
)
def test_a_snippet_of_python_answers_from_the_exported_files(folder, tool, shown):
    ran = snippets.run(folder, SNIPPETS[tool])
    assert re.search(shown, ran.stdout.strip(), re.DOTALL), ran.stdout + ran.stderr


def test_the_shell_tells_whether_a_file_is_the_manifest_s(folder):
    ran = snippets.run(folder, SHELL)
    assert ran.returncode == 0 and ran.stdout.count(": OK") == 2, ran.stderr
    (folder / "flights" / "flights-2013-02.parquet").write_bytes(b"cut")
    assert snippets.run(folder, SHELL).returncode != 0


def test_the_snippets_name_columns_that_there_are():
    text = FLIGHTS.hql("create").read_text()
    named = set(re.findall(r"\b(?:\w+_id|is_\w+|\w+_minutes)\b", str(SNIPPETS)))
    assert named == {"airline_id", "origin_id", "is_cancelled", "arrival_delay_minutes"}
    assert all(re.search(rf"^  {name} ", text, re.MULTILINE) for name in named)
