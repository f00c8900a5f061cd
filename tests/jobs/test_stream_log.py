"""The Live Log and what the next batch takes from it."""

from datetime import UTC, datetime

import pytest
import stream_hbase
import stream_log
from stream_batch import missing, watermark
from stream_hbase import Address
from stream_log import Entry
from stream_parts import PartitionResult
from thriftpy2.transport import TTransportException

from tests.hbase_in_memory import HBaseInMemory

HBASE = Address("localhost", 9090)
ENTRY = Entry(7, rows_in=3, kafka_lag=None, newest_event_at="2013-07-10 22:50:00.000", positions={0: 5, 3: 10})


@pytest.fixture
def hbase(monkeypatch):
    memory = HBaseInMemory()
    monkeypatch.setattr(stream_hbase, "connect", memory)
    return memory


def test_the_next_batch_goes_on_from_the_entry_before(hbase):
    stream_log.write(HBASE, ENTRY, datetime(2026, 1, 12, 8, 30, tzinfo=UTC), 812)
    before = stream_log.read(HBASE, 7)
    assert (before.newest_event_at, before.positions) == (ENTRY.newest_event_at, ENTRY.positions)
    assert stream_log.read(HBASE, 6) == Entry(6)


def test_an_entry_is_one_row_however_often_it_is_written(hbase):
    for milliseconds in (812, 90):
        stream_log.write(HBASE, ENTRY, datetime(2026, 1, 12, 8, 30, tzinfo=UTC), milliseconds)
    [(key, row)] = hbase.texts("aero:stream_log").items()
    assert key == "flights-9999999992"
    assert row["started_at"] == "2026-01-12 08:30:00.000"
    assert (row["batch_id"], row["batch_milliseconds"], row["kafka_lag"]) == ("7", "90", "")


def test_the_watermark_is_ten_minutes_behind_the_newest_event():
    assert watermark("2013-07-10 22:05:00.000") == "2013-07-10 21:55:00.000"
    assert watermark("") == ""


def test_records_that_kafka_threw_away_are_counted():
    result = PartitionResult({0: 2, 1: 4}, {0: 12, 1: 4})
    assert missing(result, {0: 5, 2: 9}) == 5
    assert missing(result, {0: 10, 1: 0}) == 0


class Away(HBaseInMemory):
    """A Thrift server that answers at the third connection."""

    connections = 0

    def __call__(self, *address, **options):
        self.connections += 1
        if self.connections < 3:
            raise TTransportException(message="away")
        return self


def test_a_thrift_server_that_is_away_is_asked_again(monkeypatch, pauses):
    away = Away()
    monkeypatch.setattr(stream_hbase, "connect", away)
    assert stream_hbase.on_hbase(HBASE, lambda connection: connection) is away
    assert away.connections == 3 and len(pauses) == 2


def test_a_fault_of_the_work_itself_is_not_repeated(hbase):
    calls = []
    with pytest.raises(KeyError):
        stream_hbase.on_hbase(HBASE, lambda connection: calls.append(1) or {}["none"])
    assert calls == [1]
