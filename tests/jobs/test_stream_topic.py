"""From where the stream goes on: its checkpoint beside the topic, on an HBase in memory and files of this machine."""

import json
from collections import Counter
from datetime import UTC, datetime

import load_folders
import pytest
import stream_hbase
import stream_log
import stream_topic
from stream_batch import FlightBatches
from stream_hbase import Address
from stream_log import Entry, Lag
from stream_parts import PartitionResult
from stream_topic import Beginning, Broker, Origin, Topic

from aero.errors import AeroError
from tests.hbase_in_memory import HBaseInMemory

HBASE = Address("localhost", 9090)
NOW = datetime(2026, 1, 12, 8, 30, tzinfo=UTC)
NEWEST = "2013-07-10 22:50:00.000"
READ = {0: 120, 1: 80}


@pytest.fixture
def hbase(monkeypatch):
    memory = HBaseInMemory()
    monkeypatch.setattr(stream_hbase, "connect", memory)
    return memory


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "checkpoints" / "flights"


@pytest.fixture
def begin(spark, folder, hbase):
    return lambda topic: stream_topic.begin(spark, str(folder), HBASE, topic)


@pytest.fixture
def committed(folder):
    """A function that leaves what Spark leaves behind batch 7, and its row in the Live Log."""

    def leave(origin=None, positions=READ):
        for name in ("offsets", "commits"):
            (folder / name).mkdir(parents=True)
        offsets = json.dumps({"flights.live": {str(at): offset for at, offset in positions.items()}})
        (folder / "offsets" / "7").write_text(f'v1\n{{"batchWatermarkMs":0}}\n{offsets}')
        (folder / "offsets" / "8").write_text("v1\n{}\nbegun, and not committed")
        (folder / "commits" / "7").write_text('v1\n{"nextBatchWatermarkMs":0}')
        (folder / "commits" / ".7.crc").touch()
        first = 0
        if origin:
            (folder / stream_topic.ORIGIN).write_text(json.dumps(vars(origin)))
            first = origin.first_batch
        stream_log.write(HBASE, Entry(first + 7, newest_event_at=NEWEST, positions=positions), NOW, 5)

    return leave


def topic(topic_id="a", begins=None, ends=None):
    return Topic("flights.live", topic_id, begins or {0: 0, 1: 0}, ends or READ)


def kept(folder):
    return Origin(**json.loads((folder / stream_topic.ORIGIN).read_text()))


def newest_row(hbase):
    [(_, row), *_] = sorted(hbase.texts("aero:stream_log").items())
    return row


def test_the_first_start_keeps_the_topics_id_and_writes_no_row(begin, folder, hbase):
    assert begin(topic()) == begin(topic()) == Beginning(Origin("a"))
    assert kept(folder) == Origin("a")
    assert not hbase.tables["aero:stream_log"]


def test_a_checkpoint_of_the_same_topic_is_gone_on_from(begin, committed, hbase):
    committed(Origin("a", 40))
    assert begin(topic(ends={0: 500, 1: 80})) == Beginning(Origin("a", 40), 8)
    assert len(hbase.tables["aero:stream_log"]) == 1


def test_a_checkpoint_of_before_takes_the_id_of_its_topic(begin, committed, folder):
    committed()
    assert begin(topic()) == Beginning(Origin("a"), 8)
    assert kept(folder) == Origin("a")


@pytest.mark.parametrize(
    ("origin", "ends", "why"),
    [
        # As many records as before: only the id tells it.
        (Origin("old"), {0: 900, 1: 900}, "its id is a, not old"),
        (None, {0: 20, 1: 90}, "partition 0 ends at 20 and was read up to 120"),
        (Origin("a"), {0: 200}, "partition 1 ends at 0 and was read up to 80"),
    ],
)
def test_a_topic_made_anew_is_read_from_its_first_record_and_the_log_says_so(
    begin, committed, folder, hbase, caplog, origin, ends, why
):
    committed(origin)
    begins = dict.fromkeys(ends, 5)
    assert begin(topic(begins=begins, ends=ends)) == Beginning(Origin("a", 9))
    note = f"flights.live is read from its first record: it is not the topic of the checkpoint: {why}"
    row = newest_row(hbase)
    assert (row["batch_id"], row["note"], row["newest_event_at"]) == ("8", note, NEWEST)
    assert int(row["kafka_lag"]) == sum(ends.values()) - 5 * len(ends)
    assert int(row["rows_missing"]) == 5 * len(ends)
    assert json.loads(row["positions"]) == {str(at): 5 for at in ends}
    assert note in caplog.text
    assert [path.name for path in folder.iterdir() if not path.name.startswith(".")] == [stream_topic.ORIGIN]
    assert (folder.with_name("flights.before") / "commits" / "7").exists()


def test_begun_anew_and_killed_before_the_first_commit_it_goes_on_without_another_row(begin, committed, hbase):
    committed(Origin("old"))
    first = begin(topic())
    assert begin(topic()) == first
    assert len(hbase.tables["aero:stream_log"]) == 2


@pytest.mark.parametrize("step", ["move", "write_text"])
def test_killed_while_it_begins_anew_it_begins_anew(begin, committed, folder, hbase, monkeypatch, step):
    committed(Origin("old", 3))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):

        def killed(*_arguments):
            raise KeyboardInterrupt

        patch.setattr(load_folders, step, killed)
        begin(topic())
    beginning = begin(topic())
    row = newest_row(hbase)
    assert beginning.origin == kept(folder) == Origin("a", int(row["batch_id"]) + 1)
    assert row["note"].startswith("flights.live is read from its first record: ")


def test_where_the_checkpoint_is_gone_the_log_counts_on(begin, hbase):
    stream_log.write(HBASE, Entry(7, newest_event_at=NEWEST, positions=READ), NOW, 5)
    assert begin(topic()) == Beginning(Origin("a", 9))
    assert newest_row(hbase)["note"] == "flights.live is read from its first record: its checkpoint is gone"


def test_a_topic_made_anew_before_any_batch_was_committed_is_found_too(begin, folder, hbase):
    begin(topic("old"))
    assert begin(topic()) == Beginning(Origin("a", 1))
    assert newest_row(hbase)["batch_id"] == "0"


def test_records_that_were_deleted_before_they_were_read_are_counted_in_the_first_batch(begin, committed, caplog):
    committed(Origin("a", 40))
    begins = {0: 150, 1: 70}
    beginning = begin(topic(begins=begins, ends={0: 150, 1: 90}))
    assert beginning == Beginning(Origin("a", 40), 8, begins, lost=30)
    note = "30 records were deleted by Kafka's retention before they were read"
    assert note in caplog.text
    # Partition 0 has no record left that a batch could tell the loss by; partition 1 has its ten.
    result = PartitionResult(Counter({1: 10}), {1: 90})
    entry = entry_of(beginning, 8, result)
    assert (entry.batch_id, entry.rows_missing, entry.note) == (48, 30, note)
    assert entry.positions == {0: 150, 1: 90}
    stream_log.write(HBASE, entry, NOW, 5)
    later = entry_of(beginning, 9, PartitionResult(Counter({0: 2}), {0: 152}))
    assert (later.batch_id, later.rows_missing, later.note) == (49, 0, "")


def test_behind_a_topic_made_anew_nothing_is_missing_and_no_lag_negative(begin, committed):
    committed(Origin("old"))
    entry = entry_of(begin(topic(ends={0: 20, 1: 0})), 0, PartitionResult(Counter({0: 20}), {0: 20}))
    assert (entry.batch_id, entry.rows_missing, entry.kafka_lag, entry.note) == (9, 0, 0, "")
    assert entry.positions == {0: 20, 1: 0}


def entry_of(beginning, batch_id, result):
    batches = FlightBatches("", HBASE, lag_of({0: 20, 1: 0}), None, beginning)
    before = batches._before(batch_id)
    lag = batches.lag.behind({**before.positions, **result.positions})
    return batches._entry(batch_id, result, before, "", lag)


def lag_of(ends):
    lag = Lag.__new__(Lag)
    lag._topic, lag._consumer = "flights.live", Consumer({0: 0, 1: 0}, ends)
    return lag


class Consumer:
    """Kafka as a consumer sees a topic."""

    def __init__(self, begins, ends):
        self.begins, self.ends = begins, ends

    def partitions_for_topic(self, _topic):
        return set(self.ends)

    def end_offsets(self, partitions):
        return {at: self.ends[at.partition] for at in partitions}

    def beginning_offsets(self, partitions):
        return {at: self.begins[at.partition] for at in partitions}


def test_a_lag_is_never_negative():
    assert lag_of({0: 20, 1: 9}).behind({0: 120, 1: 5}) == 4


class Admin:
    """Kafka as an admin client sees it."""

    def __init__(self, topic_id, partitions=2):
        self.topic_id, self.partitions = topic_id, partitions

    def describe_topics(self, _names):
        found = [{"partition_index": number} for number in range(self.partitions)]
        return [{"topic_id": self.topic_id, "partitions": found}]


def broker(admin):
    made = Broker.__new__(Broker)
    made._name, made._admin, made._consumer = "flights.live", admin, Consumer({0: 3, 1: 0}, {0: 9, 1: 1})
    return made


def test_the_broker_tells_id_and_offsets():
    assert broker(Admin("a")).topic() == Topic("flights.live", "a", {0: 3, 1: 0}, {0: 9, 1: 1})
    with pytest.raises(AeroError, match=r"no topic flights.live(.|\n)*aero up kafka"):
        broker(Admin("a", 0)).topic()


def test_a_topic_made_anew_under_the_running_stream_ends_it():
    broker(Admin("a")).check("a")
    broker(Admin("b", 0)).check("a")
    with pytest.raises(AeroError, match="made anew while the stream ran"):
        broker(Admin("b")).check("a")
