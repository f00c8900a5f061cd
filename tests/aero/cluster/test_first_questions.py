"""The first questions of the Spark Thrift Server after its start."""

from contextlib import contextmanager

import pytest
from pyhive import exc

from aero import connections
from aero.cluster import readiness, services
from aero.settings import load_settings


class Spark:
    """Answers every statement, or none."""

    def __init__(self, error=None):
        self.error, self.asked, self.read = error, [], 0

    @contextmanager
    def cursor(self):
        yield self

    @contextmanager
    def connected(self):
        yield self

    def execute(self, statement):
        self.asked.append(statement)
        if self.error:
            raise self.error

    def fetchall(self):
        self.read += 1


@pytest.mark.parametrize(
    ("waits_for", "error", "asked", "read"),
    [
        (None, None, 2, 2),
        (None, exc.OperationalError("no table yet"), 2, 0),
        ("the master's page to answer", None, 0, 0),
    ],
)
def test_live_and_history_are_asked_where_hbase_runs_and_no_error_ends_the_start(
    monkeypatch, waits_for, error, asked, read
):
    spark = Spark(error)
    monkeypatch.setattr(connections, "spark", spark.connected)
    monkeypatch.setattr(readiness, "hbase", lambda _settings: waits_for)
    service = services.BY_NAME["spark-thrift"]
    service.provision(load_settings(), {})
    assert (len(spark.asked), spark.read) == (asked, read)
    assert all("aero_live.flight_state" in one and "aero_clean.flights" in one for one in spark.asked)
    assert set(service.provision_after) == {"hbase-thrift", "hiveserver2"}
