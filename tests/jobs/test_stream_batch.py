"""Micro-batches by Spark and its Python workers, on an HBase in memory that they ask over the network."""

import json
from datetime import UTC, datetime
from threading import Thread

import pytest
import stream_log
from forecast_corrections import Horizon
from stream_batch import FlightBatches
from stream_cells import Cell, Put
from stream_flights import MODULES
from stream_forecasts import Renewal
from stream_hbase import Address, put
from stream_topic import Beginning, Origin
from thriftpy2.protocol import TCyBinaryProtocolFactory
from thriftpy2.rpc import make_server
from thriftpy2.transport import TCyBufferedTransportFactory

from aero.datasets import HBASE_DELAY_FORECASTS, REPOSITORY, TOPIC_LIVE
from aero.errors import AeroError
from aero.hbase_thrift2 import _declared
from aero.live import delay_forecasts
from aero.live.event import FIELDS
from tests.hbase_in_memory import HBaseInMemory
from tests.jobs.live_events import KEY, LANDED, LEFT, event
from tests.ports import free_port

RECORDS = "key binary, value binary, topic string, partition int, offset bigint, timestamp timestamp"
FORECAST = {"late_probability": "0.5", "model_name": "logistic", "training_id": "t1"}
CORRECTIONS = {one: {"coefficients": [1.0, 0, 0, 0, 0, 0, 6.0], "intercept": -1.0} for one in Horizon}
ADDED = ("departure_delay_minutes", "delay_category")  # By the stream, to the event of a source.


class Kafka:
    """The two that ask Kafka: whether the topic is still the same, and how far behind the stream is."""

    def __init__(self):
        self.topic_id = "one"

    def check(self, topic_id):
        if topic_id != self.topic_id:
            raise AeroError("flights.live was made anew while the stream ran.", "Start the stream again.")

    def behind(self, positions):
        return 100 - sum(positions.values())


class Batches(FlightBatches):
    """What is sent stays here, for there is no Kafka."""

    def _send(self, session, read):
        self.sent = [one.topic for one in read.collect()]


@pytest.fixture
def hbase():
    memory, port = HBaseInMemory(), free_port()
    transport = {
        "proto_factory": TCyBinaryProtocolFactory(decode_response=False),
        "trans_factory": TCyBufferedTransportFactory(),
    }
    server = make_server(_declared.THBaseService, memory, "127.0.0.1", port, **transport)
    Thread(target=server.serve, daemon=True).start()
    memory.address = Address("127.0.0.1", port)
    yield memory
    server.close()


@pytest.fixture
def batches(hbase, spark):
    for module in MODULES:
        spark.sparkContext.addPyFile(str(REPOSITORY / "jobs" / f"{module}.py"))
    kafka = Kafka()
    return Batches("", hbase.address, kafka, kafka, Beginning(Origin("one", first_batch=7)))


def records(spark, *events):
    """A batch of Spark's source: each event at the offset of its place, and behind them one that is none."""
    known = [dict.fromkeys(field.name for field in FIELDS) | one for one in events]
    values = [({name: one[name] for name in one if name not in ADDED}) for one in known]
    rows = [(one["flight_id"].encode(), json.dumps(one).encode()) for one in values] + [(b"", b"none")]
    now = datetime.now(UTC)
    return spark.createDataFrame([(*row, TOPIC_LIVE, 0, at, now) for at, row in enumerate(rows)], RECORDS)


def test_a_batch_writes_states_and_sums_sends_and_says_so_in_the_log(spark, batches, hbase):
    batches(records(spark, event(), event(**LEFT)), 0)
    assert hbase.texts("aero:flight_state")[KEY]["departure_at"] == "2013-07-10 22:50:00.000"
    assert hbase.texts("aero:delays_hourly")["airport-JFK-2013071022"]["departures"] == "1"
    assert batches.sent == ["flights.processed", "flights.processed", "flights.rejected"]
    [row] = hbase.texts("aero:stream_log").values()
    assert [row[name] for name in ("batch_id", "rows_in", "rows_rejected", "kafka_lag")] == ["7", "3", "1", "97"]


def test_a_batch_renews_the_forecasts_of_its_flights_once_their_states_are_written(spark, batches, hbase):
    """By its own connection, of the driver; a state that was not written yet would not tell of the departure."""
    put(hbase, [Put(HBASE_DELAY_FORECASTS, KEY, name, Cell(text)) for name, text in FORECAST.items()])
    delay_forecasts.keep_corrections(hbase, "t1", "logistic", CORRECTIONS)
    batches(records(spark, event(**LEFT)), 0)
    assert "renewed_horizon" not in hbase.texts(HBASE_DELAY_FORECASTS)[KEY]  # Nobody asked for it.
    batches.renewal = Renewal()
    batches(records(spark, event(**LEFT)), 1)
    told = hbase.texts(HBASE_DELAY_FORECASTS)[KEY]
    assert (told["renewed_horizon"], told["renewed_as_of_at"]) == ("departure", "2013-07-10 22:50:00.000")
    assert 0.5 < float(told["renewed_probability"]) < 1


def test_a_batch_goes_on_from_the_one_before_of_this_process_or_from_the_log(spark, batches, hbase, monkeypatch):
    asked, read = [], stream_log.read
    monkeypatch.setattr(stream_log, "read", lambda address, number: asked.append(number) or read(address, number))
    batches(records(spark, event()), 0)
    batches(records(spark, event(**LEFT)), 1)
    assert asked == [6] and batches.logged.watermark_at == "2013-07-10 16:20:00.000"
    batches.logged = None  # As after a start.
    batches(records(spark, event(**LANDED)), 2)
    assert asked == [6, 8] and batches.logged.watermark_at == "2013-07-10 22:40:00.000"


def test_of_a_topic_made_anew_nothing_is_summed_up_sent_or_logged(spark, batches, hbase):
    batches.broker.topic_id = "another"
    with pytest.raises(AeroError, match="made anew"):
        batches(records(spark, event(**LEFT)), 0)
    assert not hbase.texts("aero:flight_state") and not hbase.texts("aero:delays_hourly")
    assert not hbase.texts("aero:stream_log") and not hasattr(batches, "sent")


def test_a_batch_that_could_not_send_is_not_logged(spark, batches, hbase, monkeypatch):
    def refuse(*_):
        raise OSError("Kafka is away")

    monkeypatch.setattr(batches, "_send", refuse)
    with pytest.raises(OSError, match="Kafka is away"):
        batches(records(spark, event(**LEFT)), 0)
    assert not hbase.texts("aero:stream_log") and batches.logged is None
