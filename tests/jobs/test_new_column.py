"""The recipe of docs/changing.md, “A new BTS column”, followed to the letter in a copy of the repository."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from aero import bts, hql
from aero.datasets import FLIGHTS, FLIGHTS_REPORTING, REPOSITORY
from aero.errors import AeroError
from tests.jobs.bts_rows import header, line

pytestmark = pytest.mark.long

# A header of the reporting family with one more column at its end, as a file of 2027 might have it.
NEW_HEADER = f"{header()}Emissions,"
NEW_COLUMN = "emissions_kilograms"


def _edit(path, pattern, replacement):
    text, edits = re.subn(pattern, replacement, path.read_text(), count=1, flags=re.DOTALL)
    assert edits == 1, f"{path} has no {pattern}"
    path.write_text(text)


def _hql(repository, dataset):
    return repository / dataset.hql("create").relative_to(REPOSITORY)


@pytest.fixture
def changed(tmp_path):
    """The repository after the recipe's steps."""
    for folder in ("aero", "jobs", "hive"):
        unneeded = shutil.ignore_patterns("__pycache__", "target")
        shutil.copytree(REPOSITORY / folder, tmp_path / "repository" / folder, ignore=unneeded)
    copy = tmp_path / "repository"
    reporting = r'( {8}Layout\(\n {12}")reporting(".*?\*_DIVERSIONS,\n)(.*?\n {8}\),\n)'
    _edit(copy / "aero/bts.py", reporting, r'\1reporting\2\3\1reporting_2027\2                "Emissions",\n\3')
    _edit(copy / "aero/bts.py", r"( +diversion_distance_miles .*?\n)", rf"\1  {NEW_COLUMN} integer Emissions\n")
    _edit(_hql(copy, FLIGHTS), r"'\n\)\n", rf"',\n  {NEW_COLUMN} INT COMMENT 'NULL before 2027'\n)\n")
    _edit(_hql(copy, FLIGHTS_REPORTING), r"'\n\)\n", r"',\n  emissions STRING COMMENT 'Kilograms'\n)\n")
    return copy


def _clean(repository, tmp_path, **files):
    """Run the copy's job on files of June and July 2013, by layout; the folder it writes below."""
    plan = []
    for month, (layout, lines) in enumerate(files.items(), 6):
        path = tmp_path / f"{layout}.csv"
        path.write_text("".join(f"{text}\n" for text in lines))
        raw = {"year": 2013, "month": month, "path": path.as_uri(), "file": path.name}
        plan.append(raw | {"family": "reporting", "layout": layout, "load_id": "load-1"})
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    lake = tmp_path / "lake"
    spark = "--master local[1] --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=1 pyspark-shell"
    subprocess.run(
        [
            sys.executable,
            repository / "jobs/clean_flights.py",
            "--plan",
            tmp_path / "plan.json",
            "--prefix",
            lake.as_uri(),
        ],
        env=os.environ | {"PYTHONPATH": str(repository), "PYSPARK_SUBMIT_ARGS": spark},
        # Python would import what lies in the folder that it is started in before all else.
        cwd=repository,
        check=True,
    )
    return lake


def test_a_new_file_fills_the_new_column_and_an_old_file_loads_as_before(spark, tmp_path, changed):
    june = {"Month": "6", "FlightDate": "2013-06-15"}
    lake = _clean(
        changed,
        tmp_path,
        reporting=[header(), line(**june)],
        reporting_2027=[NEW_HEADER, line() + "18000.00,", line(Origin='"BOS"') + ","],
    )
    rows = spark.read.orc(f"{lake}{FLIGHTS.path}/year=2013/month=*/load=load-1")
    declared = [column.name for column in hql.columns(_hql(changed, FLIGHTS))]
    assert rows.columns == declared[: -len(FLIGHTS.partitions)] and declared[-3] == NEW_COLUMN
    found = rows.orderBy("flight_date", "source_line").select("source_layout", "tail_number", NEW_COLUMN).collect()
    assert [tuple(row) for row in found] == [
        ("reporting", "N338AA", None),
        ("reporting_2027", "N338AA", 18000),
        ("reporting_2027", "N338AA", None),
    ]


def test_the_raw_table_has_the_new_column_in_its_place_of_the_header(changed):
    columns = [column.name for column in hql.columns(_hql(changed, FLIGHTS_REPORTING))]
    assert columns[bts.header_columns(NEW_HEADER).index("Emissions")] == "emissions"


def test_before_the_change_the_error_points_to_the_recipe():
    with pytest.raises(AeroError, match="unknown: Emissions") as refused:
        bts.recognise(NEW_HEADER, "july.csv")
    file, section = re.search(r"(docs/\w+\.md) .*“(.+)”", refused.value.fix).groups()
    assert f"## {section}\n" in (REPOSITORY / file).read_text()
