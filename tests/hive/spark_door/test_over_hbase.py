"""Hive's tables over HBase as the Spark Thrift Server answers them: rows, ranges of keys, and to whom."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest

from aero import hbase_thrift2, hql
from aero.datasets import REPOSITORY
from aero.hbase_thrift2 import TColumnValue, TPut
from aero.settings import load_settings
from tests import lone_hbase
from tests.hive.spark_door.conftest import running

pytestmark = pytest.mark.long

LIVE = {
    "flight_state": "aero:flight_state", "flight_days": "aero:flight_days", "delays_hourly": "aero:delays_hourly",
    "delays_five_minutes": "aero:delays_five_minutes", "log": "aero:stream_log",
}  # fmt: skip
WHOLE = ("flight_days", "delays_hourly", "delays_five_minutes", "log")
# A text for each type, and the value that it is.
TEXTS = {
    "STRING": ("ä, 'b'", "ä, 'b'"),
    "BIGINT": ("-3", -3),
    "DOUBLE": ("40.5", 40.5),
    "DATE": ("2013-07-10", "2013-07-10"),
    "TIMESTAMP": ("2013-07-10 22:30:00.125", datetime(2013, 7, 10, 22, 30, 0, 125000)),
}
# Flights out of two airports, in four of the table's five regions; the last has no delay.
DELAYS = {
    "ATL-201307102230-DL1-JFK": "0",
    "JFK-201307102230-DL2-ATL": "12",
    "JFK-201307102300-DL3-ATL": "-1",
    "JFK-201307110000-DL4-ATL": "many",
    "PHX-201307102230-DL5-ATL": "7",
    "SFO-201307102230-DL6-ATL": None,
}
FROM_JFK = [key for key in DELAYS if key.startswith("JFK")]
ASKED = {
    "row_key = 'JFK-201307102300-DL3-ATL'": FROM_JFK[1:2],
    "row_key = 'JFK'": [],
    "row_key >= 'JFK-' AND row_key < 'JFK.'": FROM_JFK,
    "row_key > 'JFK-201307102230-DL2-ATL' AND row_key <= 'JFK-201307110000-DL4-ATL'": FROM_JFK[1:],
    "row_key BETWEEN 'JFK-201307102230-DL2-ATL' AND 'JFK-201307102300-DL3-ATL'": FROM_JFK[:2],
    "row_key LIKE 'JFK-%'": FROM_JFK,
    "row_key > 'Z' AND row_key < 'A'": [],
    "row_key < ''": [],
    "row_key >= 'P' AND departure_delay_minutes IS NULL": ["SFO-201307102230-DL6-ATL"],
}
# Flights by their key, with their day: the first and the last minutes that are of 10 July somewhere, and those beside.
DAYS = {
    "TAL-201307091000-DL1-ATL": "2013-07-10",
    "TAL-201307100959-DL2-ATL": "2013-07-09",
    "TAL-201307101200-DL3-ATL": "2013-07-10",
    "TAL-201307111159-DL4-ATL": "2013-07-10",
    "TAL-201307111200-DL5-ATL": "2013-07-11",
    "TALX-201307102359-DL6-ATL": "2013-07-10",
    "TBN-201308102359-DL7-ATL": "2013-08-10",
    # These can't be: one who reads all flights would find them.
    "TAL-201307090959-DL8-ATL": "2013-07-10",
    "TAL-201307111200-DL9-ATL": "2013-07-10",
}
ON_THE_TENTH = ["DL1", "DL3", "DL4", "DL6"]
ASKED_OF_DAYS = {
    "flight_date = DATE '2013-07-10'": ON_THE_TENTH,
    "CAST(flight_date AS STRING) = '2013-07-10'": ON_THE_TENTH,
    "CAST(flight_date AS STRING) IN ('2013-07-10')": ON_THE_TENTH,
    "CAST(flight_date AS STRING) IN ('2013-07-10', '2013-07-09')": ["DL8", "DL1", "DL2", "DL3", "DL4", "DL6"],
    "flight_date BETWEEN DATE '2013-07-10' AND DATE '2013-07-11'": ["DL1", "DL3", "DL4", "DL5", "DL9", "DL6"],
    "flight_date > DATE '2013-07-09' AND flight_date < DATE '2013-07-11'": ON_THE_TENTH,
    "flight_date = DATE '2013-07-10' AND row_key >= 'TAL-20130710' AND row_key < 'TALX'": ["DL3", "DL4"],
    "flight_date = DATE '2013-07-10' AND flight_date = DATE '2013-07-12'": [],
    "flight_date = DATE '2013-07-10' OR flight_date IS NULL": ["DL8", "DL1", "DL3", "DL4", "DL9", "DL6"],
    "flight_date >= DATE '2013-07-10'": ["DL8", "DL1", "DL3", "DL4", "DL5", "DL9", "DL6", "DL7"],
    "CAST(flight_date AS STRING) LIKE '2013-08%'": ["DL7"],
    "CAST(flight_date AS STRING) >= '2013-08'": ["DL7"],
}


def _declared(table: str) -> list[str]:
    """The statements that make a table of hive/aero_live in Spark, which knows no STORED BY."""
    text = re.sub(r"--[^\n]*", "", (REPOSITORY / "hive" / "aero_live" / table / "create.hql").read_text())
    text = text.replace("EXTERNAL TABLE", "TABLE").replace("TBLPROPERTIES", "STORED AS TEXTFILE TBLPROPERTIES")
    text = re.sub(
        r"STORED BY '([\w.]+)'", "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'", text
    )
    return [text.strip().rstrip(";"), _over_hbase(f"aero_live.{table}")]


def _over_hbase(table: str) -> str:
    return f"ALTER TABLE {table} SET TBLPROPERTIES ('storage_handler' = 'aero.hive.HBaseTableHandler')"


def _mapped(table: str, columns: str, mapping: str) -> list[str]:
    return [
        f"CREATE TABLE {table} ({columns}) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'"
        f" WITH SERDEPROPERTIES ('hbase.columns.mapping' = '{mapping}') STORED AS TEXTFILE"
        " TBLPROPERTIES ('hbase.table.name' = 'aero:flight_state')",
        _over_hbase(table),
    ]


def _columns(table: str) -> list[hql.Column]:
    return hql.columns(REPOSITORY / "hive" / "aero_live" / table / "create.hql")


def _put(table: str, rows: dict[str, dict[str, str | None]]) -> None:
    settings = load_settings()
    client = hbase_thrift2.connect(settings.host("HBASE_THRIFT2"), settings.port("HBASE_THRIFT2"))
    cells = {
        key: [TColumnValue(b"d", name.encode(), text.encode()) for name, text in row.items() if text is not None]
        for key, row in rows.items()
    }
    client.putMultiple(table.encode(), [TPut(key.encode(), columns) for key, columns in cells.items()])
    client.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with lone_hbase.running(tmp_path_factory.mktemp("hbase")):
        flights = {key: {"flight_id": key[-7:], "departure_delay_minutes": text} for key, text in DELAYS.items()}
        _put("aero:flight_state", flights)
        of_days = {key: {"flight_id": key[-7:-4], "flight_date": day} for key, day in DAYS.items()}
        _put("aero:flight_state", of_days)
        for table in WHOLE:
            whole = {column.name: TEXTS[column.type][0] for column in _columns(table)[1:]}
            _put(LIVE[table], {"whole": whole, "bare": {"not_of_hive": "x"}})
        tables = ["CREATE DATABASE aero_live", *(statement for table in LIVE for statement in _declared(table))]
        tables += _mapped("aero_raw.over_hbase", "row_key STRING, flight_id STRING", ":key, d:flight_id")
        tables += _mapped("aero_live.log_of_bytes", "row_key STRING, delay BIGINT", ":key,d:delay#b")
        with running(tmp_path_factory.mktemp("spark"), *tables) as started:
            yield started


@pytest.mark.parametrize("table", WHOLE)
def test_each_cell_is_a_value_of_its_columns_type_and_none_is_null(server, table):
    whole = tuple(TEXTS[column.type][1] for column in _columns(table)[1:])
    rows = server.ask("rita", f"SELECT * FROM aero_live.{table} ORDER BY row_key")
    assert rows == [("bare", *(None for _ in whole)), ("whole", *whole)]


def test_numbers_dates_and_places_are_as_hive_reads_them(server):
    _put("aero:flight_state", {"ZZZ-1": {"flight_date": "2013-07-10", "latitude": "40.5", "event_at": "soon"}})
    question = "SELECT flight_date, latitude, event_at, status FROM aero_live.flight_state WHERE row_key = 'ZZZ-1'"
    [(day, latitude, *nothing)] = server.ask("rita", question)
    assert (str(day), latitude, nothing) == (str(date(2013, 7, 10)), 40.5, [None, None])


def test_a_row_without_the_column_asked_for_is_not_left_out(server):
    asked = "FROM aero_live.flight_state WHERE row_key < 'T'"
    rows = server.ask("rita", f"SELECT departure_delay_minutes {asked} ORDER BY row_key")
    assert rows == [(0,), (12,), (-1,), (None,), (7,), (None,)]
    assert server.ask("rita", f"SELECT count(*), count(departure_delay_minutes) {asked}") == [(6, 4)]


@pytest.mark.parametrize(("asked", "keys"), ASKED.items())
def test_a_range_of_keys_has_its_rows(server, asked, keys):
    rows = server.ask("rita", f"SELECT row_key FROM aero_live.flight_state WHERE ({asked}) AND row_key < 'T'")
    assert [key for [key] in rows] == keys


@pytest.mark.parametrize(("asked", "flights"), ASKED_OF_DAYS.items())
@pytest.mark.parametrize("columns", ["flight_id", "flight_id, *"])
def test_of_days_the_flights_are_looked_up_in_hbase(server, asked, flights, columns):
    rows = server.ask("rita", f"SELECT {columns} FROM aero_live.flight_state WHERE ({asked}) AND row_key LIKE 'T%'")
    assert [row[0] for row in rows] == flights


def test_who_asks_of_a_day_at_the_same_time_gets_each_its_own_columns(server):
    names = [column.name for column in _columns("flight_state")]
    asked = [*names, "flight_id, flight_date", "row_key, status, flight_id", "*", "count(*)"] * 2

    def ask(columns):
        return server.ask("rita", f"SELECT {columns} FROM aero_live.flight_state WHERE flight_date = DATE '2013-07-10'")

    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(ask, asked))
    keys = [key for key, day in DAYS.items() if key[-7:-4] in ON_THE_TENTH]
    whole = [(key, key[-7:-4], None, None, None, "2013-07-10", *[None] * (len(names) - 6)) for key in keys]
    alone = {name: [(row[place],) for row in whole] for place, name in enumerate(names)} | {
        "flight_id, flight_date": [(row[1], row[5]) for row in whole],
        "row_key, status, flight_id": [(row[0], None, row[1]) for row in whole],
        "*": whole,
        "count(*)": [(len(whole),)],
    }
    assert at_once == [alone[columns] for columns in asked]


def test_a_range_of_keys_and_columns_are_looked_up_in_hbase(server):
    question = "SELECT status FROM aero_live.flight_state WHERE row_key BETWEEN 'JFK-' AND 'JFK.'"
    [[plan]] = server.ask("rita", f"EXPLAIN {question}")
    assert "HBase aero:flight_state, keys [JFK-, JFK.\0), days all, columns status" in plan and "Filter " not in plan


def test_a_small_table_is_sent_to_the_rows_it_is_joined_with(server):
    """Where its size is not known both sides would be sorted."""
    question = """
        SELECT COUNT(*) FROM aero_live.flight_state AS state
        JOIN aero_live.flight_days AS days ON days.flight_date = state.flight_date
    """
    [[plan]] = server.ask("rita", f"EXPLAIN {question}")
    assert "BroadcastHashJoin" in plan and "SortMergeJoin" not in plan


def test_live_and_history_are_joined_in_one_question(server):
    question = """
        SELECT live.row_key, history.flights FROM aero_live.flight_state AS live
        JOIN aero_batch.daily AS history ON history.day = live.departure_delay_minutes + 2
        ORDER BY live.row_key
    """
    assert server.ask("rita", question) == [("ATL-201307102230-DL1-JFK", 20), ("JFK-201307102300-DL3-ATL", 10)]


def test_only_who_may_read_a_table_reads_it_from_hbase(server):
    refused = "rita may not read aero_raw.over_hbase"
    for question in ("SELECT * FROM", "DESCRIBE", "SHOW COLUMNS IN"):
        assert refused in server.reason("rita", f"{question} aero_raw.over_hbase")
    plan = str(server.ask("rita", "EXPLAIN SELECT * FROM aero_raw.over_hbase"))
    assert refused in plan and "flight_id" not in plan
    assert len(server.ask("ana-1", "SELECT * FROM spark_catalog.aero_raw.over_hbase WHERE row_key < 'T'")) == 6


@pytest.mark.parametrize("statement", ["INSERT INTO aero_live.log VALUES ('x')", "DROP TABLE aero_live.log"])
def test_nobody_writes_to_hbase_by_spark(server, statement):
    assert "otto may not say" in server.reason("otto", statement)


def test_a_client_is_told_of_the_tables_and_columns(server):
    assert ("aero_live", "log", False) in server.ask("rita", "SHOW TABLES IN aero_live")
    names = [name for name, *_ in server.ask("rita", "DESCRIBE aero_live.flight_state")]
    assert names == [column.name for column in _columns("flight_state")]


def test_a_column_that_is_no_text_is_named(server):
    assert "aero_live.log_of_bytes.delay, BIGINT of d:delay#b" in server.reason(
        "otto", "SELECT * FROM aero_live.log_of_bytes"
    )
