import json

import pytest
from click.testing import CliRunner

from aero.cli import main
from luigi_tasks import inspection
from luigi_tasks.landing import looking
from tests.luigi_tasks.bts_files import csv_bytes, month_zip, row
from tests.luigi_tasks.exports import EXPORTS, rows_of, written
from tests.printed import printed as as_schema
from tests.samples import DATA

FLIGHTS = rows_of(DATA / "bts" / "reporting_2019_11.csv")


def _inspected(folder, **files: bytes) -> dict[str, dict]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    records = inspection.inspected(list(looking.looks(folder, whole=True)))
    assert [record["file"] for record in records] == sorted(f"{folder}/{name}" for name in files)
    return {record["file"].rpartition("/")[2]: record for record in records}


def test_each_file_is_told_with_its_rows_months_columns_and_what_a_load_does(tmp_path):
    found = _inspected(
        tmp_path,
        **{
            "january.zip": month_zip(2013, 1),
            "2008.csv": csv_bytes([row(2008, 5), row(2008, 6)], "dataexpo"),
            "form.csv": written(EXPORTS["web form, some columns"], FLIGHTS),
            "many.csv": csv_bytes([row(2012, 1), row(2012, 3)]),
            "readme.md": b"# Flights",
            "404.csv": b"<html>not here</html>",
        },
    )
    names = ("verdict", "layout", "rows", "months", "columns", "full", "would")
    told = {file: tuple(record[name] for name in names) for file, record in found.items() if "rows" in record}
    assert told == {
        "january.zip": ("flights", "reporting", 3, {"2013-01": 3}, 109, 109, "lands as 2013-01"),
        "2008.csv": (
            "flights", "dataexpo", 2, {"2008-05": 1, "2008-06": 1}, 29, 109, "lands as the year 2008"
        ),
        "form.csv": (
            "flights", "reporting", 54, {"2019-11": 54}, 9, 109,
            "lands as 2019-11, written anew in the layout reporting",
        ),
        "many.csv": (
            "flights", "reporting", 2, {"2012-01": 1, "2012-03": 1}, 109, 109,
            "lands as 2012-01, 2012-03, split into 2 files",
        ),
    }  # fmt: skip
    assert len(found["form.csv"]["missing"]) == 100 and "TaxiOut" in found["form.csv"]["missing"]
    assert {file: record["verdict"] for file, record in found.items() if file not in told} == {
        "readme.md": "left alone",
        "404.csv": "refused",
    }


def test_files_of_one_month_are_left_alone_where_they_are_equal_and_else_refused(tmp_path):
    same, other = csv_bytes([row(2013, 1)]), csv_bytes([row(2013, 2)])
    found = _inspected(
        tmp_path,
        **{"a.csv": same, "b.csv": same, "c.csv": other, "d.csv": other.replace(b"-1.00", b"7.00")},
    )
    way_out = "; give the one that is meant with --source, or move the others away"
    assert {name: record["would"].replace(f"{tmp_path}/", "") for name, record in found.items()} == {
        "a.csv": "lands as 2013-01",
        "b.csv": "left alone: it holds the same as a.csv",
        "c.csv": f"refused for 2013-02: d.csv says something else{way_out}",
        "d.csv": f"refused for 2013-02: c.csv says something else{way_out}",
    }


def test_rows_that_tell_no_month_are_counted(tmp_path):
    content = csv_bytes([row(2013, 1), row(2013, 1), row(2013, 1, FlightDate="?", Month="?")])
    [found] = _inspected(tmp_path, **{"a.csv": content}).values()
    assert found["would"].endswith("in the layout reporting; 1 rows tell no month, and will be refused")


def test_of_many_that_differ_the_first_are_named(tmp_path):
    flights = csv_bytes([row(2013, 2)])
    found = _inspected(
        tmp_path, **{f"{name}.csv": flights.replace(b"-1.00", b"%d.00" % late) for late, name in enumerate("abcdef", 2)}
    )
    words = found["f.csv"]["would"].replace(f"{tmp_path}/", "")
    assert words.startswith("refused for 2013-02: a.csv, b.csv, c.csv and 2 more say something else; give the one")


@pytest.fixture
def printed(tmp_path):
    """A function that runs aero inspect on the folder; its output."""

    def run(*options: str) -> str:
        result = CliRunner().invoke(inspection.main, [*options, str(tmp_path)])
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_it_prints_a_record_of_each_for_people_and_for_scripts(tmp_path, printed):
    (tmp_path / "form.csv").write_bytes(written(EXPORTS["Kaggle 2019 to 2023"], FLIGHTS))
    (tmp_path / "x\x1b[31m.csv").write_bytes(b"")
    shown = printed()
    assert "reporting: 30 of 109 columns; csv, utf-8, comma, LF" in shown
    assert ", DivDistance, 40 of diversions (Div1… to Div5…)\n" in shown
    assert "54 rows: 2019-11 54" in shown and "not used: AIRLINE, AIRLINE_DOT" in shown
    assert shown.endswith("1 flights, 1 refused\n") and "\x1b" not in shown
    assert [record["verdict"] for record in as_schema("inspect", printed("--json"))] == ["flights", "refused"]


def test_the_command_hands_its_options_on_and_ends_as_it_does(tmp_path, capfd):
    content = written(EXPORTS["Kaggle 2015"], FLIGHTS).split(b"\n", 1)
    (tmp_path / "names.txt").write_bytes(content[0] + b",MOOD\n")
    (tmp_path / "rows.csv").write_bytes(content[1].replace(b"\n", b",good\n"))
    options = ("--header-from", str(tmp_path / "names.txt"), "--json", str(tmp_path / "rows.csv"))
    assert CliRunner().invoke(main, ["inspect", *options]).exit_code == 0
    [refused] = json.loads(capfd.readouterr().out)
    assert refused["verdict"] == "refused" and "unknown columns: MOOD\n  Give --ignore-columns" in refused["message"]
    assert CliRunner().invoke(main, ["inspect", "--ignore-columns", "mood", *options]).exit_code == 0
    [flights] = json.loads(capfd.readouterr().out)
    assert (flights["rows"], flights["unused"]) == (54, ["MOOD"])


def test_a_column_to_be_ignored_that_no_file_has_is_told_once_with_the_nearest(tmp_path, capfd):
    flights = written(EXPORTS["Kaggle 2015"], FLIGHTS).replace(b"\n", b",good\n").replace(b",good", b",MOOD", 1)
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_bytes(flights)
    asks = ["inspect", "--json", str(tmp_path), "--ignore-columns", "mood,moood,taxi out,qqq"]
    assert CliRunner().invoke(main, asks).exit_code == 0
    out, told = capfd.readouterr()
    assert [record["verdict"] for record in json.loads(out)] == ["flights", "flights"]
    assert told == (
        "--ignore-columns moood: no file of flights has such a column\n  The nearest is MOOD.\n"
        "--ignore-columns qqq: no file of flights has such a column\n"
    )
