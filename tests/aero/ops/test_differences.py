"""What two loads of a month differ in: on ORC folders of two loads, asked of Spark."""

from datetime import date
from types import SimpleNamespace

import pytest

from aero.errors import AeroError
from aero.month import Month
from aero.ops import differences

MONTH = Month(2013, 2)
KEPT = ["aaaa-1", "abcd-1", "abcd-1-r2026"]
COLUMNS = (
    "flight_date DATE, airline_id STRING, flight_number STRING, origin_id STRING, destination_id STRING,"
    " scheduled_departure_local STRING, departure_local STRING, arrival_delay_minutes INT, tail_number STRING,"
    " diversions ARRAY<STRUCT<airport_id: STRING>>, source_line INT, load_id STRING"
)


def flight(number, scheduled="06:00", departure="06:05", delay=5, tail="N1", diversions=None):
    return date(2013, 2, 1), "AA", number, "JFK", "LAX", scheduled, departure, delay, tail, diversions


@pytest.fixture
def between(spark, tmp_path, monkeypatch):
    """A function that compares two loads of these flights; each row has another line and load in each."""
    monkeypatch.setattr(
        differences, "FLIGHTS", SimpleNamespace(name="x", load_path=lambda one, *_: f"{tmp_path}/{one}")
    )

    class Cursor:
        def execute(self, statement):
            self.frame = spark.sql(statement)

        @property
        def description(self):
            return [(name,) for name in self.frame.columns]

        def fetchall(self):
            return self.frame.collect()

    def compared(before, after, **columns):
        for load_id, flights in (("before", before), ("after", after)):
            rows = [(*one, line, load_id) for line, one in enumerate(flights, len(load_id))]
            frame = spark.createDataFrame(rows, COLUMNS)
            frame.drop(*columns.get(f"not_{load_id}", ())).write.orc(f"{tmp_path}/{load_id}")
        return differences.between(Cursor(), MONTH, "before", "after")

    return compared


def test_rows_are_added_gone_and_changed_and_null_is_a_value(between):
    same = [flight("1"), flight("5", tail=None)]
    found = between(
        [*same, flight("2"), flight("3", tail=None), flight("4"), flight("6", "07:00")],
        [*same, flight("2", delay=9, tail="N2"), flight("3"), flight("6", "08:00"), flight("7")],
    )
    assert (found.rows_before, found.rows_after) == (6, 6)
    assert (found.added, found.gone, found.changed) == (2, 2, 2)
    assert found.by_column == {"arrival_delay_minutes": 1, "tail_number": 2}
    assert found.only_before == found.only_after == []


def test_flights_without_a_schedule_are_told_apart_by_when_they_left(between):
    found = between(
        [flight("1", None, "06:05"), flight("1", None, "09:05"), flight("2", None, None)],
        [flight("1", None, "06:05", delay=1), flight("1", None, "09:05"), flight("2", None, None, tail="N2")],
    )
    assert (found.added, found.gone, found.by_column) == (0, 0, {"arrival_delay_minutes": 1, "tail_number": 1})


def test_lists_are_compared_and_columns_of_one_load_alone_are_named(between):
    found = between(
        [flight("1", diversions=[("DEN",)]), flight("2", diversions=[("DEN",)])],
        [flight("1", diversions=[("DEN",)], delay=9), flight("2", diversions=[("ORD",)], delay=9)],
        not_before=["arrival_delay_minutes"],
        not_after=["tail_number"],
    )
    assert (found.changed, found.by_column) == (1, {"diversions": 1})
    assert (found.only_before, found.only_after) == (["tail_number"], ["arrival_delay_minutes"])


def test_loads_are_known_by_the_beginnings_of_their_ids_and_are_by_default_the_last_two():
    assert differences.chosen(MONTH, KEPT, []) == ("abcd-1", "abcd-1-r2026")
    assert differences.chosen(MONTH, KEPT, ["abcd-1", "aa"]) == ("abcd-1", "aaaa-1")


@pytest.mark.parametrize(
    ("kept", "given", "problem"),
    [
        (KEPT, ["aa", "ab"], "may be abcd-1 or abcd-1-r2026"),
        (KEPT, ["aa", "x"], "Load x of 2013-02 is not kept"),
        (KEPT[:1], [], "no two loads of 2013-02"),
    ],
)
def test_a_load_that_is_not_one_is_named(kept, given, problem):
    with pytest.raises(AeroError, match=problem):
        differences.chosen(MONTH, kept, given)
