"""What provisioning does with a Hive table that is there already."""

from pathlib import Path

import pytest

from aero import hql
from aero.cluster import provision
from aero.datasets import FLIGHTS, LIVE_FLIGHT_STATE, LIVE_LOG, MONTHS

CREATE = FLIGHTS.hql("create")
COLUMNS = [(column.name, column.type.replace(" ", "").lower()) for column in hql.columns(CREATE)]
OWN, PARTITIONS = COLUMNS[:-2], COLUMNS[-2:]


class Cursor:
    """A table with these columns, described as Hive does."""

    def __init__(self, columns):
        self.columns = columns
        self.statements = []

    def execute(self, statement):
        self.statements.append(statement)

    def fetchall(self):
        rows = [*self.columns, ("", None), ("# Partition Information", None), ("# col_name", "data_type"), *PARTITIONS]
        return [(name, kind, "") for name, kind in rows]


def _drift(columns, create: Path = CREATE):
    cursor = Cursor(columns)
    return provision._column_drift(cursor, "aero_clean.flights", create), cursor.statements[1:]


def test_columns_that_a_file_has_more_at_its_end_are_added():
    drift, statements = _drift(OWN[:-2] + PARTITIONS)

    added = [f"{column.name} {column.type} COMMENT '{column.comment}'" for column in hql.columns(CREATE)[-4:-2]]
    assert statements == [f"ALTER TABLE aero_clean.flights ADD COLUMNS ({', '.join(added)}) CASCADE"]
    assert drift == []


def test_columns_are_added_to_a_table_without_partitions():
    """Hive 4.0.1 refuses that with CASCADE, which failed `aero up` over the data of a version with fewer columns."""
    months = MONTHS.hql("create")
    columns = [(column.name, column.type.lower()) for column in hql.columns(months)]
    cursor = Cursor(columns)
    cursor.fetchall = lambda: [(name, kind, "") for name, kind in columns[:-1]]
    assert provision._column_drift(cursor, MONTHS.name, months) == []
    [_, added] = cursor.statements
    assert added.startswith(f"ALTER TABLE {MONTHS.name} ADD COLUMNS ({columns[-1][0]} ") and added.endswith("')")


def test_a_table_over_hbase_is_made_again_with_its_new_columns():
    log = LIVE_LOG.hql("create")
    columns = [(column.name, column.type.lower()) for column in hql.columns(log)]
    cursor = Cursor(columns[:-1])
    cursor.fetchall = lambda: [(name, kind, "") for name, kind in columns[:-1]]
    assert provision._column_drift(cursor, LIVE_LOG.name, log) == []
    described, drop, create = cursor.statements
    assert (described, drop) == ("DESCRIBE aero_live.log", "DROP TABLE aero_live.log")
    assert create.startswith("CREATE EXTERNAL TABLE IF NOT EXISTS aero_live.log") and "d:note" in create
    assert "'external.table.purge' = 'false'" in create


@pytest.mark.parametrize(
    ("properties", "statements"),
    [
        ([("EXTERNAL", "TRUE")], ["DESCRIBE", "SHOW", "DROP", "CREATE"]),
        ([("aero.day.of.key", "flight_date")], ["DESCRIBE", "SHOW"]),
    ],
)
def test_a_table_over_hbase_that_lacks_a_property_is_made_again(properties, statements):
    states = LIVE_FLIGHT_STATE.hql("create")
    columns = [(column.name, column.type.lower(), "") for column in hql.columns(states)]
    cursor = Cursor([])
    cursor.fetchall = lambda: properties if "SHOW" in cursor.statements[-1] else columns
    assert provision._column_drift(cursor, LIVE_FLIGHT_STATE.name, states) == []
    assert [statement.split()[0] for statement in cursor.statements] == statements


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (OWN[1:] + PARTITIONS, "column 1 is quarter int, its file says flight_date date"),
        ([*OWN, ("more", "int"), *PARTITIONS], f"column {len(OWN) + 1} is more int, its file says year int"),
        ([*OWN[:-2], OWN[-1], *PARTITIONS], f"column {len(OWN) - 1} is "),
    ],
)
def test_any_other_difference_is_named_and_left(columns, found):
    drift, statements = _drift(columns)

    assert [message.startswith(f"aero_clean.flights {found}") for message in drift] == [True]
    assert statements == []


def test_a_table_like_its_file_is_left():
    assert _drift(COLUMNS) == ([], [])
