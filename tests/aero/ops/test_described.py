"""The rows of aero_ops.tables and aero_ops.columns are what the `.hql` files say, written where one changes."""

import os

import pytest

from aero import hql
from aero.datasets import COLUMNS, FLIGHTS, REPOSITORY, TABLES
from aero.ops import catalog, described, tables
from aero.ops.described import DescribedColumn, DescribedTable
from tests.hdfs_in_memory import HdfsInMemory


@pytest.fixture
def lake():
    return HdfsInMemory()


@pytest.fixture
def rows(lake):
    """What readers have of both tables, once they are published; no line is damaged."""
    described.Description().publish(lake)
    found, damages = zip(tables.read(lake, TABLES, DescribedTable), tables.read(lake, COLUMNS, DescribedColumn))
    assert damages == ([], [])
    return found


def test_there_is_a_row_for_each_column_that_a_create_file_declares(rows):
    files = sorted(REPOSITORY.glob("hive/aero_*/*/create.hql"))
    declared = {
        (f"{file.parts[-3]}.{file.parts[-2]}", place, column.name, column.type)
        for file in files
        for place, column in enumerate(hql.columns(file), 1)
    }
    assert {(one.table_name, one.place, one.column_name, one.column_type) for one in rows[1]} == declared
    assert len(rows[1]) == len(declared) and len(rows[0]) == len(files)


def test_a_table_and_a_column_are_told_as_the_catalog_tells_them(rows):
    of_flights = catalog.table(FLIGHTS)
    [flights] = [one for one in rows[0] if one.table_name == FLIGHTS.name]
    assert (flights.written_by, flights.read_by, flights.stale_after_hours) == ("CleanFlights", "reader", 107 * 24)
    assert (flights.purpose, flights.grain) == (of_flights.purpose, of_flights.grain)
    columns = {one.column_name: one for one in rows[1] if one.table_name == FLIGHTS.name}
    delay = columns["departure_delay_minutes"]
    assert (delay.unit, delay.what) == ("minutes", "Minutes, negative when early")
    assert delay.null_means == "NULL if it did not depart"
    assert columns["flight_date"].null_means is columns["airline_id"].unit is None
    assert columns["month"].is_partition and not columns["origin_id"].is_partition


@pytest.mark.parametrize(
    ("name", "kind", "unit"),
    [("departure_at", "TIMESTAMP", "UTC"), ("told_at", "MAP<STRING, BIGINT>", None), ("late_share", "DOUBLE", "0 to 1"),
     ("distance_miles", "INT", "statute miles"), ("longitude", "DOUBLE", "degrees"), ("tail_number", "STRING", None)],
)  # fmt: skip
def test_a_unit_is_what_a_name_ends_in(rows, name, kind, unit):
    assert {(one.column_type, one.unit) for one in rows[1] if one.column_name == name} == {(kind, unit)}


def test_files_are_written_again_only_where_a_create_file_has_changed(lake, monkeypatch):
    description = described.Description()
    description.publish(lake)
    lake.files.clear()
    description.publish(lake)
    assert not lake.files
    changed = TABLES.hql("create")
    before, stat = changed.stat(), type(changed).stat
    later = os.stat_result([*before[:8], before.st_mtime + 1_000_000, before[9]])
    monkeypatch.setattr(type(changed), "stat", lambda path, **how: later if path == changed else stat(path, **how))
    description.publish(lake)
    assert set(lake.files) == {tables.path(TABLES), tables.path(COLUMNS)}


def test_a_fault_of_hdfs_is_made_up_for_the_next_time(lake, monkeypatch):
    description = described.Description()
    with monkeypatch.context() as away:
        away.setattr(lake, "_rename", None)
        with pytest.raises(TypeError):
            description.publish(lake)
    description.publish(lake)
    assert len(tables.read(lake, TABLES, DescribedTable)[0]) == len(catalog.datasets_of())
