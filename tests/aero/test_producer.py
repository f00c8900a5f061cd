import json
import logging
import socket
import threading
import uuid
from contextlib import suppress

import pytest
from kafka import TopicPartition
from kafka.admin import NewTopic

from aero import kafka_clients
from aero.connections import kafka_bootstrap
from aero.datasets import TOPIC_LIVE
from aero.errors import AeroError
from aero.kafka_clients import ADMIN
from aero.live.replay.delivery_log import DeliveryLog, read_lines
from aero.live.replay.faults import Faults
from aero.live.replay.replay import AS_FAST_AS_POSSIBLE, Replay
from aero.producer import Producer

PARTITIONS = 4


class Proxy:
    """A proxy between the producer and Kafka (HTTP CONNECT) that can be cut, as if Kafka were gone, and mended."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._is_cut = threading.Event()
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        self._is_cut.set()
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self._is_cut.clear()

    def close(self):
        self.cut()
        self._listener.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with suppress(OSError), client:
            request = client.recv(4096).decode()
            if self._is_cut.is_set():
                return
            host, port = request.split()[1].rsplit(":", 1)
            with socket.create_connection((host, int(port))) as broker:
                self._open += [client, broker]
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_pump, args=(broker, client), daemon=True)
                back.start()
                _pump(client, broker)
                back.join()


def _pump(source, target):
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


class Heard(logging.Handler):
    """Remembers the lines of the producer's log, and says when one that contains a text has come."""

    def __init__(self):
        super().__init__()
        self.lines = []
        self._changed = threading.Condition()

    def emit(self, record):
        with self._changed:
            self.lines.append(record.getMessage())
            self._changed.notify_all()

    def wait_for(self, text):
        with self._changed:
            assert self._changed.wait_for(lambda: any(text in line for line in self.lines), timeout=60), self.lines


@pytest.fixture
def heard():
    handler = Heard()
    logger = logging.getLogger("aero.producer")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.fixture
def proxy():
    between = Proxy()
    yield between
    between.close()


@pytest.fixture
def topic():
    """A topic of its own, deleted afterwards."""
    name = f"test.live.{uuid.uuid4().hex[:8]}"
    admin = kafka_clients.admin()
    admin.create_topics([NewTopic(name=name, num_partitions=PARTITIONS, replication_factor=1)], wait_for_metadata=True)
    yield name
    admin.delete_topics([name])
    admin.close()


def records(topic):
    """Everything in the topic, by partition and offset."""
    consumer = kafka_clients.consumer(ADMIN, auto_offset_reset="earliest")
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    found = []
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for batch in consumer.poll(timeout_ms=1000).values():
            found += batch
    consumer.close()
    return sorted(found, key=lambda record: (record.partition, record.offset))


def test_no_kafka_is_said_with_its_address(monkeypatch):
    monkeypatch.setenv("BROKER_DOOR", "open")  # There is no password: nothing was started.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(AeroError, match=f"Kafka at {address} does not answer.*\n.*aero up kafka"):
        Producer(address, TOPIC_LIVE, bootstrap_timeout_ms=200)


@pytest.mark.cluster
def test_a_topic_that_is_not_there_is_named():
    with pytest.raises(AeroError, match="no topic test.live.nowhere"):
        Producer(kafka_bootstrap(), "test.live.nowhere", account=ADMIN, max_block_ms=500)


@pytest.mark.cluster
def test_a_flights_events_stay_in_one_partition_in_order(topic, event):
    acknowledged = []
    with Producer(kafka_bootstrap(), topic, account=ADMIN) as producer:
        for gate in range(50):
            for flight_id in ("DL1", "UA2", "AA3", "WN4"):
                update = event(flight_id=flight_id, departure_gate=str(gate))
                producer.send(update.key, update.to_json(), acknowledged.append)
        assert producer.flush()
        assert (producer.sent, producer.acked, producer.failed, producer.pending) == (200, 200, 0, 0)
    found = records(topic)
    gates = {key: [] for key in (b"DL1", b"UA2", b"AA3", b"WN4")}
    for record in found:
        gates[record.key].append(int(json.loads(record.value)["departure_gate"]))
    assert all(numbers == list(range(50)) for numbers in gates.values())
    places = sorted((record.partition, record.offset) for record in found)
    assert sorted((metadata.partition, metadata.offset) for metadata in acknowledged) == places


@pytest.mark.cluster
def test_while_kafka_is_gone_nothing_is_lost_nor_doubled_and_it_says_so_once(topic, proxy, heard):
    producer = Producer(
        kafka_bootstrap(),
        topic,
        account=ADMIN,
        away_after=0.5,
        proxy_url=proxy.url,
        request_timeout_ms=5_000,
    )
    for number in range(100):
        producer.send(b"before", str(number).encode())
    assert producer.flush()
    proxy.cut()
    for number in range(200):
        producer.send(b"during", str(number).encode())
    heard.wait_for("does not answer")
    assert producer.is_away
    assert not producer.flush(timeout=0.5)
    proxy.mend()
    assert producer.flush(timeout=60)
    producer.send(b"after", b"0")
    assert producer.close() == 0
    values = {b"before": [], b"during": [], b"after": []}
    for record in records(topic):
        values[record.key].append(int(record.value))
    assert values == {b"before": list(range(100)), b"during": list(range(200)), b"after": [0]}
    assert [("away" if "does not answer" in line else "back") for line in heard.lines] == ["away", "back"]


@pytest.mark.cluster
def test_records_that_wait_are_limited(topic, proxy, heard):
    producer = Producer(kafka_bootstrap(), topic, account=ADMIN, max_pending=10, away_after=0.5, proxy_url=proxy.url)
    proxy.cut()
    sender = threading.Thread(target=lambda: [producer.send(b"key", b"value") for _ in range(30)])
    sender.start()
    heard.wait_for("10 now")
    assert (producer.pending, sender.is_alive()) == (10, True)
    proxy.mend()
    sender.join(timeout=60)
    assert producer.flush(timeout=60)
    assert producer.close() == 0
    assert len(records(topic)) == 30


@pytest.mark.cluster
def test_an_end_without_kafka_says_how_many_are_unacknowledged(topic, proxy, heard):
    producer = Producer(kafka_bootstrap(), topic, account=ADMIN, proxy_url=proxy.url)
    proxy.cut()
    for _ in range(3):
        producer.send(b"key", b"value")
    stop = threading.Event()
    stop.set()
    assert producer.flush(stop) is False
    assert producer.close(timeout=0.2) == 3
    assert any("3 events were not acknowledged" in line for line in heard.lines)


@pytest.mark.cluster
def test_a_record_that_kafka_refuses_stops_what_follows(topic):
    producer = Producer(kafka_bootstrap(), topic, account=ADMIN, max_request_size=10_000_000)
    producer.send(b"key", b"x" * 3_000_000)
    with pytest.raises(AeroError, match=f"refused an event for {topic}.*TooLarge"):
        producer.flush()
    with pytest.raises(AeroError, match="refused an event"):
        producer.send(b"key", b"small")
    assert producer.close() == 1


@pytest.mark.cluster
def test_a_replay_is_in_the_topic_as_its_delivery_log_says(topic, flight, tmp_path):
    flights = [flight(flight_number=str(number)) for number in range(1, 101)]
    log = DeliveryLog(tmp_path, {"seed": 7})
    faults = Faults(late=0.1, duplicate=0.1, shuffled=0.1, corrupt=0.1)
    with Producer(kafka_bootstrap(), topic, account=ADMIN) as producer:
        replay = Replay(flights, producer, log, threading.Event(), AS_FAST_AS_POSSIBLE, faults, seed=7)
        assert replay.run()
    found = {(record.partition, record.offset): record for record in records(topic)}
    assert len(found) == log.counts["deliveries"]
    noted = [line for line in read_lines(tmp_path) if line["line"] == "fault"]
    assert noted
    for line in noted:
        assert found[line["partition"], line["offset"]].key.decode() == line["flight_id"]
