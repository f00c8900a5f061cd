"""The tables over HBase: what they show is what the stream writes."""

import re
import tomllib
from dataclasses import fields

import pytest
import stream_delays
from stream_log import Entry

from aero import hql
from aero.datasets import REPOSITORY
from aero.live.event import FIELDS

TABLES = {
    "flight_state": "aero:flight_state", "flight_days": "aero:flight_days", "delays_hourly": "aero:delays_hourly",
    "delays_five_minutes": "aero:delays_five_minutes", "log": "aero:stream_log",
}  # fmt: skip


def create(table):
    return REPOSITORY / "hive" / "aero_live" / table / "create.hql"


def names(table):
    return [column.name for column in hql.columns(create(table))]


@pytest.mark.parametrize("table", TABLES)
def test_each_column_is_the_qualifier_of_its_name(table):
    [mapping] = re.findall(r"'hbase.columns.mapping' = '([^']+)'", create(table).read_text())
    assert re.split(r",\s*", mapping.strip()) == [":key", *(f"d:{name}" for name in names(table)[1:])]


@pytest.mark.parametrize(("table", "hbase_table"), TABLES.items())
def test_the_table_is_one_of_hbase(table, hbase_table):
    declared = tomllib.loads((REPOSITORY / "hbase" / "tables.toml").read_text())["table"]
    assert f"'hbase.table.name' = '{hbase_table}'" in create(table).read_text()
    assert hbase_table in [one["name"] for one in declared]


def test_a_state_has_the_columns_of_an_event_and_its_delay():
    kept = [field for field in FIELDS if field.name != "schema_version"]
    columns = hql.columns(create("flight_state"))[1:]
    assert [(column.name, column.type) for column in columns] == [
        *((field.name, field.sql_type) for field in kept),
        ("departure_delay_minutes", "BIGINT"),
        ("delay_category", "STRING"),
    ]


def test_a_window_has_the_columns_that_are_summed_up():
    assert names("delays_hourly") == ["row_key", "kind", "code", "hour_at", *stream_delays.sums([])]
    assert names("delays_five_minutes") == ["row_key", "airport_id", "slot_at", *stream_delays.sums([])]


def test_the_log_has_the_columns_of_an_entry():
    assert set(names("log")) == {
        "row_key", "query", "started_at", "batch_milliseconds", *(field.name for field in fields(Entry)),
    }  # fmt: skip
