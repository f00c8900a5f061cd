"""aero months and aero checks: messages as they are, each said once, and what somebody accepted."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from aero import connections, hql
from aero.cli import main
from aero.datasets import ACCEPTANCES
from aero.month import Month, month_range
from aero.ops import acceptances, months, readers, tables
from aero.ops.acceptances import Acceptance
from tests.hdfs_in_memory import HdfsInMemory
from tests.printed import printed

AT = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
MONTH = Month(2013, 2)
LOAD = "aaaaaaaaaaaa-2"
OFF = "https://bts.example/On_Time_{}_{}.zip: no connection: [Errno 111] refused (5 attempts) Try again later"
ROW = {"checked_at": "2026-11-23 06:15:00", "check_name": "late", "value": 0.01, "lowest": 0.1, "highest": None}
TOLD = {
    "table_name": "aero_clean.flights", "year": 2013, "month": 2, "load_id": LOAD, "what": "w", "severity": "fail",
    "outcome": "passed", "message": None,
}  # fmt: skip


@pytest.fixture
def lake(monkeypatch, tmp_path):
    """HDFS with one accepted month, and in `ledger` what `aero months` finds."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    lake = HdfsInMemory()
    served = months.published(months.empty(MONTH), LOAD, AT, rows_clean=2000)
    lake.ledger = {MONTH: served}
    gates = [
        Acceptance(AT, "aero_clean.flights", *MONTH, MONTH.first_day, load, "a" * 64, name, None, "ann", "a [strike]")
        for load, name in ((LOAD, "late"), (LOAD, "rows"), ("bbbbbbbbbbbb-2", "speed"))
    ]
    tables.add(lake, ACCEPTANCES, f"20261123-{MONTH}", gates)
    monkeypatch.setattr(connections, "webhdfs", lambda: lake)
    monkeypatch.setattr(readers, "reconciled", lambda: lake.ledger)
    return lake


def shown(*arguments):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def fail(lake, month, message, **changes):
    lake.ledger[month] = replace(months.failed(months.empty(month), message), **changes)


def test_a_month_that_somebody_accepted_says_by_whom_why_and_which_gates(lake):
    assert "2013-02 published, accepted by ann: a [strike] (late, rows)" in shown("months")
    [row] = printed("months", "\n".join(shown("months", "--json")))
    assert [(one["check_name"], one["accepted_by"]) for one in row["accepted"]] == [("late", "ann"), ("rows", "ann")]
    lake.ledger[MONTH] = replace(lake.ledger[MONTH], served_load_id="cccccccccccc-2")
    assert not any("accepted" in line for line in shown("months"))
    assert acceptances.in_words([]) == ""


def test_what_a_run_of_months_met_is_said_once(lake):
    for month in month_range(Month(2012, 11), Month(2013, 1)):
        fail(lake, month, months.LAST_LOOK + OFF.format(*month))
    lake.ledger = dict(sorted(lake.ledger.items()))
    for month in (Month(2013, 3), Month(2013, 5), Month(2013, 6)):
        fail(lake, month, "another")
    fail(lake, Month(2013, 7), "another", state=months.MonthState.MISSING)
    fail(lake, Month(2013, 8), "a third")
    assert [line for line in shown("months", "--failed") if "!" in line or "·" in line][:-1] == [
        f"2012-11 to 2013-01 ! failed  last look: {OFF.format(2012, 11)}",
        "2013-03 ! failed  another",
        "2013-05 to 2013-06 ! failed  another",
        "2013-07 · missing  another",
        "2013-08 ! failed  a third",
    ]


def test_numbers_that_are_not_the_months_own_keep_messages_apart(lake):
    lake.ledger = {}
    fail(lake, Month(2013, 1), "rows: 2013 of 10")
    fail(lake, Month(2013, 2), "rows: 2013 of 20")
    assert len([line for line in shown("months", "--failed") if "! failed  " in line]) == 2


def test_what_a_check_says_is_shown_as_text(lake, monkeypatch):
    """A message in brackets vanished, and one in a slash ended the command."""
    rows = [
        ROW | {"outcome": "failed", "message": "in [february.csv] [/a/b]", "what": "w"},
        ROW | {"outcome": "passed", "message": None, "what": "some [are] late"},
    ]
    monkeypatch.setattr(connections, "hive", opened)
    monkeypatch.setattr(hql, "rows", lambda _cursor: rows)
    tables.replace(lake, months.MONTHS, lake.ledger.values())
    lines = [line.rstrip() for line in shown("checks", "2013-02")]
    assert lines[1].endswith("in [february.csv] [/a/b]") and lines[2].endswith("some [are] late")
    assert lines[-1] == "2013-02 published, accepted by ann: a [strike] (late, rows)"


def test_scripts_have_what_each_check_of_the_newest_judgement_said(lake, monkeypatch):
    rows = [ROW | TOLD, ROW | TOLD | {"checked_at": datetime(2026, 11, 24, 6, 15), "value": None}]
    monkeypatch.setattr(connections, "hive", opened)
    monkeypatch.setattr(hql, "rows", lambda _cursor: rows)
    [said] = printed("checks", "\n".join(shown("checks", "2013-02", "--json")))
    assert said == ROW | TOLD | {"checked_at": "2026-11-24 06:15:00", "value": None}
    refused = CliRunner().invoke(main, ["checks", "2013-02", "--json", "--as-gx", "gx"])
    assert refused.exit_code == 2 and "goes without" in refused.output


def test_checks_are_written_as_suites_of_great_expectations(lake, monkeypatch, tmp_path):
    rows = [ROW | TOLD | {"check_name": name} for name in ("cancelled_share", "keys_unique", "rows_as_expected")]
    monkeypatch.setattr(connections, "hive", opened)
    monkeypatch.setattr(hql, "rows", lambda _cursor: rows)
    said = shown("checks", "2013-02", "--as-gx", str(tmp_path / "gx"))
    assert said[0] == f"{tmp_path}/gx/flights-2013-02.json  2 expectations"
    assert said[2] == f"{tmp_path}/gx/lines-2013-02.json  1 expectations"
    suite = json.loads((tmp_path / "gx" / "flights-2013-02.json").read_text())
    assert [one["meta"]["gate"] for one in suite["expectations"]] == ["cancelled_share", "load_id"]
    assert "rows_as_expected" in suite["meta"]["not_expectations"]
    rows.clear()
    refused = CliRunner().invoke(main, ["checks", "2013-02", "--as-gx", str(tmp_path / "gx")])
    assert refused.exit_code != 0 and "2013-02 was never judged" in refused.output


@contextmanager
def opened():
    yield SimpleNamespace(cursor=lambda: SimpleNamespace(execute=lambda _statement: None))


def test_months_of_files_that_lack_columns_say_how_many_they_have(lake):
    for month, lacks in ((1, "Quarter"), (3, "Quarter"), (4, "Quarter"), (5, None)):
        known = months.landed(months.empty(Month(2013, month)), raw_sha256="a" * 64)
        columns = lacks and "108 of 109 columns"
        lake.ledger[Month(2013, month)] = replace(known, raw_columns=columns, raw_lacks=lacks)
    lake.ledger = dict(sorted(lake.ledger.items()))
    said = [line for line in shown("months") if "columns" in line]
    assert said == ["2013-01  108 of 109 columns", "2013-03 to 2013-04  108 of 109 columns"]
    assert printed("months", "\n".join(shown("months", "--json")))[0]["raw_lacks"] == "Quarter"
