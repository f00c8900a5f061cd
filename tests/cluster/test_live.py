"""A day of BTS played as live traffic on the running services: what HBase holds at the end, whatever happens before."""

import os

import pytest
import requests

from aero import connections, hql, http_door, process_state
from aero.cluster.supervision import Supervisor
from aero.datasets import HBASE_DEPARTURES, HBASE_FLIGHT_STATE, REPOSITORY
from aero.settings import load_settings
from tests.cluster import live_tables as live
from tests.command import aero, sql
from tests.waiting import until

pytestmark = pytest.mark.cluster

DAY = ("--day", "2013-07-10")
FAULTS = ("--late", "5%", "--duplicate", "5%", "--shuffle", "5%", "--corrupt", "1%", "--seed", "7")
# Each takes a start of Spark on YARN.
KILLS = int(os.environ.get("AERO_TEST_KILLS", "3"))
DAY_IN_BTS = "year = 2013 AND month = 7 AND flight_date = DATE '2013-07-10'"


@pytest.fixture(scope="module")
def both_engines(year_2013):
    """The day, played once as fast as possible; what both SQL servers said of the live tables meanwhile and then."""
    aero("clean-slate", "--layer", "live", "--delete", "--confirm", "live")  # Tests before may have played, and more.
    aero("live", "start", *DAY)
    compared = []
    until(lambda: compared.extend(live.compared()) or live.replay_is_over())
    until(live.all_is_read)
    yield [*compared, *live.compared()]
    aero("live", "stop")


@pytest.fixture(scope="module")
def day(both_engines):
    """The day, played."""
    return live.final_state()


def test_spark_reads_each_cell_as_hive_does_while_a_day_is_played_and_then(both_engines):
    assert [(one.table, one.differing) for one in both_engines if one.differing] == []
    assert [one.table for one in both_engines[-len(live.TABLES) :] if one.rows] == [*live.TABLES]


def _hql(path, **parameters):
    assignments = [part for name, value in parameters.items() for part in ("--set", f"{name}={value}")]
    return aero("sql", str(REPOSITORY / "hive" / path), *assignments, "--format", "json").json


def test_states_per_status_are_what_bts_says(day):
    rows = _hql("aero_live/flight_state/by_status.hql", year=2013, month=7, day="2013-07-10")
    assert {row["status"]: row["live_flights"] for row in rows} == {"active": 33, "cancelled": 121, "landed": 850}
    assert all(row["live_flights"] == row["bts_flights"] for row in rows)
    assert aero("live", "status", "--json").json["states"] == {row["status"]: row["live_flights"] for row in rows}


def test_a_flight_without_the_value_asked_for_is_not_left_out(day):
    rows = sql("SELECT delay_category, count(*) AS n FROM aero_live.flight_state GROUP BY delay_category")
    assert {row["delay_category"]: row["n"] for row in rows}[None] == 121
    assert sum(row["n"] for row in rows) == 1004


def test_windows_count_what_bts_says(day):
    for kind, code in (("airport", "origin_id"), ("airline", "airline_id")):
        live_rows = sql(f"""
            SELECT code, cast(hour_at AS string) AS hour, departures, on_time_departures, departure_delay_minutes,
                   longest_departure_delay_minutes
            FROM aero_live.delays_hourly WHERE kind = '{kind}'
        """)
        bts_rows = sql(f"""
            SELECT {code} AS code, cast(floor(departure_at TO HOUR) AS string) AS hour, count(*) AS departures,
                   sum(if(departure_delay_minutes <= 0, 1, 0)) AS on_time_departures,
                   sum(departure_delay_minutes) AS departure_delay_minutes,
                   max(departure_delay_minutes) AS longest_departure_delay_minutes
            FROM aero_clean.flights WHERE {DAY_IN_BTS} AND departure_at IS NOT NULL
            GROUP BY {code}, floor(departure_at TO HOUR)
        """)
        assert _sorted(live_rows) == _sorted(bts_rows) and len(bts_rows) > 20


def test_five_minutes_count_what_bts_says(day):
    live_rows = sql("""
        SELECT airport_id AS code, cast(slot_at AS string) AS hour, departures, departure_delay_minutes
        FROM aero_live.delays_five_minutes
    """)
    minute = "lpad(cast(floor(minute(departure_at) / 5) * 5 AS string), 2, '0')"
    five_minutes = f"concat(date_format(departure_at, 'yyyy-MM-dd HH:'), {minute}, ':00')"
    bts_rows = sql(f"""
        SELECT origin_id AS code, {five_minutes} AS hour, count(*) AS departures,
               sum(departure_delay_minutes) AS departure_delay_minutes
        FROM aero_clean.flights WHERE {DAY_IN_BTS} AND departure_at IS NOT NULL GROUP BY origin_id, {five_minutes}
    """)
    assert _sorted(live_rows) == _sorted(bts_rows) and len(bts_rows) > 200


def _sorted(rows):
    return sorted(rows, key=lambda row: (row["code"], row["hour"]))


def test_live_and_history_answer_in_one_question(day):
    rows = _hql("aero_live/flight_state/history.hql", airport="JFK", year=2013)
    [live_rows] = sql("SELECT count(*) AS n FROM aero_live.flight_state WHERE origin_id = 'JFK'")
    assert len(rows) == live_rows["n"] > 300
    assert all(row["flights_before"] >= 1 and row["status"] for row in rows)


def test_an_airports_board_is_read_by_a_range_of_keys(day):
    question = """
        SELECT row_key, status FROM aero_live.flight_state
        WHERE row_key >= 'JFK-201307102200' AND row_key < 'JFK-201307102300'
    """
    plan = " ".join(row["Explain"] for row in sql(f"EXPLAIN {question}"))
    assert "filterExpr" not in plan and "Filter Operator" not in plan
    rows = sql(question)
    assert rows and all(row["row_key"].startswith("JFK-2013071022") for row in rows)


def test_the_log_has_a_row_a_batch_and_no_event_is_lost(day):
    [log] = sql("""
        SELECT count(*) AS batches, max(batch_id) AS last_batch, sum(rows_in) AS rows_in,
               sum(rows_missing) AS missing, sum(rows_processed + rows_rejected) AS rows_out
        FROM aero_live.log
    """)
    assert log["batches"] == log["last_batch"] + 1
    assert log["rows_in"] == log["rows_out"] and log["missing"] == 0
    assert log["rows_in"] >= 2 * 1004


def test_the_board_shows_the_airports_own_time(day):
    board = aero("board", "JFK", "--once", "--at", "2013-07-10 18:00").out
    assert "Wednesday 10 July 2013, 18:00 EDT" in board
    assert "Departures (" in board and "Arrivals (0)" in board


def test_an_empty_board_says_where_flights_are(day):
    board = aero("board", "JFK", "--once", "--at", "2013-08-01 18:00").out
    assert "Departures (0)" in board and 'aero board JFK --at "2013-07-10 23:' in board
    assert "No live flight out of ANC is known." in aero("board", "ANC", "--once", "--at", "2013-08-01 18:00").out


def test_a_flight_is_found_by_its_number(day):
    with connections.hive() as hive:
        cursor = hive.cursor()
        hql.run(cursor, REPOSITORY / "hive/aero_clean/flights/day.hql", {"year": 2013, "month": 7, "day": "2013-07-10"})
        airline, number = cursor.fetchone()[1:3]
    legs = aero("flight", f"{airline}{number}", "--json").json
    assert {leg["airline_id"] + leg["flight_number"] for leg in legs} == {f"{airline}{number}"}
    assert aero("flight", f"{airline}{number}", "--day", "2013-07-10").out.count("2013-07-10") == len(legs)
    assert "No flight XX9999 is known" in aero("flight", "XX9999", fails=True).err


def test_status_shows_the_stream_and_its_source_as_services(day):
    rows = {row["name"]: row for row in aero("status", "--json", "--within", "60").json}
    assert rows["stream"]["ready"] and rows["stream"]["memory_mb"] > 100
    assert rows["opensky"]["state"] == "on demand"


def test_the_same_day_again_changes_no_cell(day):
    live.played(*DAY, "--again")
    assert live.final_state() == day


def test_late_double_shuffled_and_corrupt_events_change_no_cell(day):
    before = len(live.rejections())
    counts = live.played(*DAY, *FAULTS)
    assert live.final_state() == day
    rejected = live.rejections()
    assert counts["corrupt"] > 10 and len(rejected) - before == counts["corrupt"]
    assert all(value["reason"] for value in rejected.values())
    [log] = sql("SELECT sum(rows_late) AS late FROM aero_live.log")
    assert log["late"] > counts["late"]


def test_a_stream_that_is_stopped_while_events_come_is_told_once_and_withdrawn_when_it_runs_again(day, told):
    aero("live", "start", *DAY, "--again", "--speed", "60")
    Supervisor(load_settings()).stop_process("stream")
    told.until("new", "service-down:stream")
    aero("up", "stream")
    told.until("mended", "service-down:stream")
    assert told.times("new", "service-down:stream") == (1, 1)


@pytest.mark.kills
def test_killed_in_mid_batch_stream_thrift_and_kafka_leave_the_same_state(day):
    _forget_the_day()
    aero("live", "start", *DAY, *FAULTS, "--again", "--speed", "1800")
    cut = [live.kill_in_mid_batch("stream", after=number / 4) for number in range(KILLS)]
    assert any(cut), "each kill came behind the commit of its batch"
    for service in ("hbase-thrift2", "kafka"):
        live.kill_in_mid_batch(service)
    until(live.replay_is_over)
    until(live.all_is_read)
    assert live.final_state() == day


@pytest.mark.kills
def test_a_stream_that_yarn_ends_while_nothing_comes_starts_anew(day):
    pid = Supervisor(load_settings()).process("stream").pid
    apps = f"http://{load_settings().address('RESOURCEMANAGER_HTTP')}/ws/v1/cluster/apps"
    yarn = http_door.sign(requests.Session())
    running = yarn.get(apps, params={"states": "RUNNING"}, timeout=10).json()["apps"]["app"]
    [app] = [one for one in running if one["name"] == "stream_flights"]
    yarn.put(f"{apps}/{app['id']}/state", json={"state": "KILLED"}, timeout=10).raise_for_status()

    def has_begun():
        state = process_state.read(load_settings(), "stream")
        return state.get("state") == process_state.RUNNING and state["pid"] != pid

    until(has_begun)
    assert live.final_state() == day


def _forget_the_day():
    """Make the live tables anew, so that what is in them in the end was written by the stream that was killed.

    Deleting rows would not do: HBase's mark of a deletion is of now, and covers what is put under a time before it.
    """
    with live.store.opened() as hbase:
        for name in (HBASE_FLIGHT_STATE, *live.DERIVED, HBASE_DEPARTURES):
            hbase.delete_table(name, disable=True)
    aero("up", "hbase-thrift")
