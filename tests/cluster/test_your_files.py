"""Files of some kinds that people have, loaded from one folder on the running services, and again.

Every kind is landed by tests/luigi_tasks/test_kinds_of_files.py and cleaned by tests/jobs/test_kinds_of_files.py. Those
here are what the services tell apart: columns that are told or lacking, files of which several make a month, or one
makes several."""

import pytest

from aero.month import Month
from tests.cluster.months import all_in_ledger, in_ledger
from tests.command import aero, sql
from tests.luigi_tasks.kinds_of_files import FIRST, FLIGHTS, LAST, LEFT_ALONE, REFUSED, lay, lay_bad
from tests.luigi_tasks.kinds_of_files import KINDS as ALL_KINDS

pytestmark = [pytest.mark.cluster, pytest.mark.long]

OURS = """
75_columns.csv
expo/2006.csv
no_schedule/1997.csv
kaggle_2009.csv
by_spark.orc
by_polars.feather
spark
duckdb
told_twice
cat.csv
two.csv.bz2
all.tar.gz
twice/On_Time_Performance_2015_12 (1).zip
"""
BY_NAME = {kind.name: kind for kind in ALL_KINDS}
KINDS = [BY_NAME[name] for name in OURS.strip().splitlines()]
MONTHS = sorted(month for kind in KINDS for month in kind.months)
OF_OURS = " or ".join(f"(year = {month.year} and month = {month.month})" for month in MONTHS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kinds")


@pytest.fixture(scope="module")
def loaded(cluster, folder):
    """The account of a load of the folder with what can be loaded, and what is to be left alone."""
    lay(folder, KINDS)
    return _load(folder, "--json").json


def _load(folder, *options: str, fails: bool = False):
    return aero("load", "--from", str(FIRST), "--to", str(LAST), "--source", str(folder), *options, fails=fails)


def _served() -> dict:
    """What readers see of each month: its load."""
    ledger = all_in_ledger()
    return {month: ledger[month]["served_load_id"] for month in MONTHS}


def _flights() -> list[dict]:
    """Of each month the flights, and sums that every kind of file tells alike."""
    return sql(
        "select year, month, count(*) as flights, count(distinct origin_id, destination_id) as routes,"
        " sum(cast(flight_number as int)) as numbers, sum(arrival_delay_minutes) as delays,"
        f" count(distinct source_file) as files from aero_clean.flights where {OF_OURS} group by year, month"
        " order by year, month"
    )


def test_every_kind_is_loaded_and_tells_the_same_flights(loaded):
    assert loaded["steps"]["landing"]["landed"] == len(MONTHS) and "failed" not in loaded["steps"]["landing"]
    assert loaded["steps"]["cleaning"] == {"cleaned": len(MONTHS)}
    rows = len(MONTHS) * len(FLIGHTS)
    assert loaded["rows"] == {"in": rows, "clean": rows, "quarantined": 0}
    found = _flights()
    assert [Month(row["year"], row["month"]) for row in found] == MONTHS
    told = {tuple(row[name] for name in ("flights", "routes", "numbers", "delays", "files")) for row in found}
    assert len(told) == 1 and {row["flights"] for row in found} == {len(FLIGHTS)}


def test_months_say_which_columns_their_files_lack(loaded):
    ledger = all_in_ledger()
    for kind in KINDS:
        for month in kind.months:
            told = ledger[month]["raw_columns"]
            assert told == (None if kind.columns == 109 else f"{kind.columns} of 109 columns"), kind.name


def test_a_second_load_changes_nothing(loaded, folder):
    before, flights = _served(), _flights()
    again = _load(folder, "--json").json
    assert again["steps"]["landing"]["unchanged"] == len(MONTHS) and again["steps"]["cleaning"] == {
        "unchanged": len(MONTHS)
    }
    assert (_served(), _flights()) == (before, flights)


def test_a_folder_of_good_and_bad_ends_with_an_account_of_each(loaded, folder):
    before = _served()
    lay_bad(folder)
    answer = _load(folder, fails=True)
    words = " ".join(answer.err.split())
    assert answer.code == 1 and "Traceback" not in answer.err
    for name, (_, said) in (REFUSED | LEFT_ALONE).items():
        assert f"{folder}/{name}: " in words and said in words, name
    assert words.count("holds the same as") == 2
    assert _served() == before


def test_a_file_without_header_loads_where_one_is_named(loaded, folder):
    file, when = str(folder / "bad" / "no_header.csv"), Month(2012, 1)
    load = ("load", "--from", str(when), "--to", str(when), "--source", file)
    refused = aero(*load, fails=True)
    assert refused.code == 1 and "--header-from dataexpo" in refused.err
    assert aero(*load, "--header-from", "dataexpo", "--json").json["rows"]["clean"] == len(FLIGHTS)
    assert in_ledger(when)["raw_columns"] == "29 of 109 columns"
