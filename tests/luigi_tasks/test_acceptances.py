"""Months that a gate refuses and somebody accepts, killed before any write: on an HDFS and a metastore in memory."""

import csv
import json
import math
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from aero import metastore
from aero.datasets import ACCEPTANCES, CHECKS, FLIGHTS, FLIGHTS_QUARANTINE
from aero.errors import AeroError
from aero.load_plan import RawMonth
from aero.month import Month
from aero.ops import acceptances, checks, months, tables
from aero.ops.checks import Check
from aero.ops.gates import CheckRow
from aero.ops.months import MonthState
from aero.ops.profile import PROFILE
from luigi_tasks.publication import Publication
from tests.luigi_tasks.test_publication import FLIGHTS_OF_MONTH, GATE, MONTH, REPORT, Killed, Lake

SHA256 = "b" * 64
REFUSED, REBUILT = "bbbbbbbbbbbb-2", "bbbbbbbbbbbb-2-r20261127T201500"
OTHERS = ("cccccccccccc-2", "bbbbbbbbbbbb-3")
ROWS_GATE = Check("rows_as_expected", "as many flights as ever", "fail", rows_where="true", lowest=100)
BAD = {"delayed_share": 0.01, "rows_as_expected": 500}
WORSE = {"delayed_share": 0.01, "rows_as_expected": 2}


@pytest.fixture
def load(monkeypatch, tmp_path):
    """A function that judges and publishes one load of the month; why it was refused, or nothing."""
    monkeypatch.setattr(checks, "of", lambda dataset=FLIGHTS: (GATE, ROWS_GATE))
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    seconds = count()  # A load takes a second at least.
    monkeypatch.setattr(tables, "now", lambda: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=next(seconds)))

    def run(lake, load_id, run_id, measures=BAD, rows=None):
        monkeypatch.setattr(metastore, "locations", lake.locations)
        lake.files[f"{FLIGHTS.load_path(load_id, *MONTH)}/{PROFILE}"] = json.dumps(asdict(FLIGHTS_OF_MONTH)).encode()
        known = months.read(lake)[MONTH]
        if known.raw_file is None:
            landed = {"raw_file": "february.csv", "raw_sha256": SHA256, "family": "marketing"}
            months.change(lake, {MONTH: lambda entry: months.landed(entry, **landed)})
        publication = Publication(lake, run_id)
        raw = RawMonth(*MONTH, "unused", "february.csv", "reporting", "reporting", load_id, rows=rows)
        refusal = publication.accept(raw, REPORT | {"measures": measures})
        publication.publish(lake)
        return refusal

    return run


def judged(lake):
    """The rows of aero_ops.checks, as Hive gives them."""
    texts = [data.decode() for path, data in sorted(lake.files.items()) if path.startswith(f"{CHECKS.path}/")]
    lines = csv.reader("".join(texts).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [dict(zip(CheckRow.__dataclass_fields__, line, strict=True)) for line in lines]


def outcomes(lake, run_id):
    text = lake.files[f"{CHECKS.path}/{run_id}.tsv"].decode()
    return {line.split("\t")[5]: line.split("\t")[8] for line in text.splitlines()}


def accept(lake, *gates, by="ann"):
    plan = acceptances.planned(lake, MONTH, judged(lake), gates)
    acceptances.keep(lake, plan, by, "strike of the controllers [all week]")
    return plan


def words(lake):
    entry = months.read(lake)[MONTH]
    return acceptances.in_words(acceptances.of_served(acceptances.read(lake), entry))


def test_killed_before_any_write_and_run_again_the_month_is_published_and_says_by_whom_it_was_accepted_once(load):
    for writes in count():
        lake = Lake()
        assert "delayed_share" in load(lake, REFUSED, "before")
        lake.writes_left = writes
        try:
            accept(lake)
            assert load(lake, REFUSED, "first") == ""
        except Killed:
            entry = months.read(lake)[MONTH]
            assert entry.state == MonthState.FAILED or entry.served_load_id == REFUSED
            if lake.served(FLIGHTS):
                assert words_of(lake) == {"delayed_share"}
        was_killed, lake.writes_left = not lake.writes_left, math.inf
        if months.read(lake)[MONTH].state == MonthState.FAILED:
            accept(lake, by="bob")
        assert load(lake, REFUSED, "second") == ""
        entry = months.read(lake)[MONTH]
        assert (entry.state, entry.served_load_id, entry.message) == (MonthState.PUBLISHED, REFUSED, None)
        assert lake.served(FLIGHTS_QUARANTINE) == FLIGHTS_QUARANTINE.load_path(REFUSED, *MONTH)
        assert len(acceptances.read(lake)) == 1
        assert words(lake) in {
            f"accepted by {who}: strike of the controllers [all week] (delayed_share)" for who in ("ann", "bob")
        }
        if not was_killed:
            break
    assert writes > 5


def words_of(lake):
    return {one.check_name for one in acceptances.read(lake)}


def test_the_check_says_that_it_failed_and_who_accepted_it(load):
    lake = Lake()
    load(lake, REFUSED, "before")
    accept(lake)
    load(lake, REFUSED, "after")
    [row] = [row for row in judged(lake) if row["outcome"] == "accepted"]
    assert (row["check_name"], row["value"], row["severity"]) == ("delayed_share", "0.01", "fail")
    assert row["message"] == "some are late: 0.01, at least 0.1; accepted by ann: strike of the controllers [all week]"
    assert outcomes(lake, "before")["delayed_share"] == "failed"
    [kept] = acceptances.read(lake, MONTH)
    assert (kept.load_id, kept.raw_sha256, kept.message) == (REFUSED, SHA256, "some are late: 0.01, at least 0.1")
    assert (kept.month_date, kept.table_name) == (MONTH.first_day, FLIGHTS.name)
    assert acceptances.read(lake, Month(2013, 12)) == []


def test_an_accepted_month_is_compared_with_but_by_the_gates_that_it_passed(load):
    lake = Lake()
    load(lake, REFUSED, "before")
    accept(lake)
    load(lake, REFUSED, "after")
    months.update(lake, MONTH, served_rows=400_000)
    march = RawMonth(2013, 3, "unused", "march.csv", "marketing", "marketing", "eeeeeeeeeeee-1")
    others = Publication(lake, "next")._others(march)
    assert (len(others.before), others.overruled) == (1, {MONTH: {"delayed_share"}})


@pytest.mark.parametrize("other", OTHERS)
def test_other_bytes_and_another_cleaning_are_judged_anew(load, other):
    lake = Lake()
    load(lake, REFUSED, "before")
    accept(lake)
    assert load(lake, REFUSED, "after") == ""
    assert "delayed_share" in load(lake, other, "other")
    assert lake.served(FLIGHTS) == FLIGHTS.load_path(REFUSED, *MONTH)
    assert outcomes(lake, "other")["delayed_share"] == "failed"


def test_a_rebuild_of_what_was_accepted_passes_and_another_gate_refuses_it(load):
    lake = Lake()
    load(lake, REFUSED, "before")
    accept(lake)
    assert "rows_as_expected" in load(lake, REBUILT, "worse", WORSE)
    assert outcomes(lake, "worse") == {
        "rows_as_landed": "skipped", "delayed_share": "accepted", "rows_as_expected": "failed"
    }  # fmt: skip
    assert load(lake, REBUILT, "rebuilt") == ""
    assert lake.served(FLIGHTS) == FLIGHTS.load_path(REBUILT, *MONTH)
    assert "accepted by ann" in words(lake)


def test_a_rebuild_that_was_refused_is_gone_on_with(load):
    lake = Lake()
    load(lake, REBUILT, "before")
    plan = accept(lake)
    assert (plan.load_id, plan.rebuild, plan.family) == (REBUILT, "20261127T201500", "marketing")
    assert load(lake, REBUILT, "after") == ""


def test_gates_are_named_one_after_the_other(load):
    lake = Lake()
    load(lake, REFUSED, "before", WORSE)
    first = accept(lake, "delayed_share")
    assert (first.new.keys(), first.known, first.left) == ({"delayed_share"}, [], ["rows_as_expected"])
    assert "rows_as_expected" in load(lake, REFUSED, "first", WORSE)
    second = accept(lake, by="bob")
    assert (second.new.keys(), [one.check_name for one in second.known]) == ({"rows_as_expected"}, ["delayed_share"])
    assert load(lake, REFUSED, "second", WORSE) == ""
    said = "strike of the controllers [all week]"
    assert words(lake) == f"accepted by ann: {said} (delayed_share); accepted by bob: {said} (rows_as_expected)"


def test_a_load_without_lines_of_its_file_is_never_published(load):
    lake = Lake()
    load(lake, REFUSED, "before", rows=4)
    with pytest.raises(AeroError, match="rows_as_landed cannot be overruled: 3 lines were cleaned, of 4 that landing"):
        accept(lake, "delayed_share")
    assert not any(path.startswith(ACCEPTANCES.path) for path in lake.files)
    load(lake, REFUSED, "counted", rows=3)
    accept(lake)
    assert "rows_as_landed" in load(lake, REFUSED, "miscounted", rows=4)
    assert lake.served(FLIGHTS) is None


def test_what_did_not_refuse_the_month_cannot_be_named_and_those_that_did_are(load):
    lake = Lake()
    load(lake, REFUSED, "before", WORSE)
    with pytest.raises(AeroError, match="speed did not refuse 2013-02") as error:
        accept(lake, "speed", "delayed_share")
    assert error.value.fix == "These gates did: delayed_share, rows_as_expected"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"state": MonthState.PUBLISHED}, "2013-02 is published: no gate refused it last"),
        ({"pinned_load_id": "aaaaaaaaaaaa-2", "pinned_by": "bob", "pinned_because": "x"}, "pinned .* aero unpin 2013"),
        ({"load_id": None, "message": "404 Not Found"}, "No gate refused 2013-02: 404 Not Found"),
        ({"raw_file": None}, "The raw file of 2013-02 is there no longer"),
    ],
)
def test_a_month_that_is_pinned_or_that_no_gate_refused_is_said(load, changes, problem):
    lake = Lake()
    load(lake, REFUSED, "before")
    months.update(lake, MONTH, **changes)
    with pytest.raises(AeroError, match=problem):
        accept(lake)
    with pytest.raises(AeroError, match="2013-03 is missing"):
        acceptances.planned(lake, Month(2013, 3), judged(lake))


def test_a_load_that_did_not_publish_what_was_accepted_is_no_success(load):
    lake = Lake()
    load(lake, REFUSED, "before")
    plan = accept(lake)
    with pytest.raises(AeroError, match=f"did not publish {REFUSED}"):
        acceptances.published(lake, plan)
    load(lake, REFUSED, "after")
    assert acceptances.published(lake, plan).served_rows == 2
