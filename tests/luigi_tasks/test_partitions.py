"""What is asked of HiveServer2 to publish loads, on a cursor that answers as it does."""

import pytest

from aero.datasets import AIRLINE_DELAYS_MONTHLY, FLIGHTS
from aero.errors import AeroError
from luigi_tasks import partitions


class Cursor:
    """A table with these partitions, by their names. `done` are the statements that changed it."""

    def __init__(self, partitions: dict[str, str]):
        self._partitions = partitions
        self._answer = []
        self.done = []

    def execute(self, statement: str) -> None:
        if statement.startswith("SHOW PARTITIONS"):
            self._answer = [(name,) for name in self._partitions]
        elif statement.startswith("DESCRIBE FORMATTED"):
            name = statement.partition("(")[2].rstrip(")").replace(", ", "/")
            place = f"hdfs://localhost:8020{self._partitions[name]}"
            self._answer = [("# col_name", "data_type"), (None, None), ("Location:           ", place)]
        else:
            self.done.append(statement)

    def fetchall(self) -> list[tuple]:
        return self._answer


class Client:
    """An HDFS in which every folder has just been made."""

    def status(self, path: str) -> dict:
        return {"modificationTime": 10**15}


def test_new_partitions_come_in_one_statement_moved_ones_each_in_its_own_and_the_same_in_none():
    cursor = Cursor(
        {"year=2013/month=1": "/a/load=1", "year=2013/month=2": "/b/load=1", "year=2012/month=12": "/c/load=1"}
    )
    loads = {(2013, 1): "/a/load=1", (2013, 2): "/b/load=2", (2013, 3): "/d/load=1", (2013, 12): "/e/load=1"}
    partitions.publish(cursor, Client(), FLIGHTS, loads)
    added = "PARTITION (year=2013, month=3) LOCATION '/d/load=1' PARTITION (year=2013, month=12) LOCATION '/e/load=1'"
    assert cursor.done == [
        f"ALTER TABLE aero_clean.flights ADD {added}",
        "ALTER TABLE aero_clean.flights PARTITION (year=2013, month=2) SET LOCATION '/b/load=2'",
    ]


def test_a_table_by_year_has_partitions_of_years():
    cursor = Cursor({"year=2013": "/a/load=1"})
    assert partitions.locations(cursor, AIRLINE_DELAYS_MONTHLY, [(2012,), (2013,)]) == {(2013,): "/a/load=1"}
    partitions.publish(cursor, Client(), AIRLINE_DELAYS_MONTHLY, {(2012,): "/b/load=1"})
    table = "aero_batch.airline_delays_monthly"
    assert cursor.done == [f"ALTER TABLE {table} ADD PARTITION (year=2012) LOCATION '/b/load=1'"]


def test_a_folder_that_could_end_its_statement_is_refused_before_any():
    cursor = Cursor({})
    with pytest.raises(AeroError, match='The folder of a load of aero_clean.flights is "/a/load=o\'x"'):
        partitions.publish(cursor, Client(), FLIGHTS, {(2013, 1): "/b/load=1", (2013, 2): "/a/load=o'x"})
    assert cursor.done == []
