import json
import math
import threading
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from aero.errors import AeroError
from aero.live.event import from_json
from aero.live.replay.delivery_log import DeliveryLog, read_lines
from aero.live.replay.faults import Faults
from aero.live.replay.history import events_in_order
from aero.live.replay.replay import AS_FAST_AS_POSSIBLE, Pace, Replay

FAULTS = Faults(late=0.2, duplicate=0.2, shuffled=0.2, corrupt=0.2)


class Topic:
    """Stands in for Kafka: keeps what is published, acknowledges it at `flush`, and can stop the replay or fail."""

    def __init__(self, stop=None, stop_after=math.inf, fail_after=math.inf):
        self.records = []
        self._stop, self._stop_after, self._fail_after = stop, stop_after, fail_after
        self._unacknowledged = []

    def send(self, key, value, on_ack=None):
        if len(self.records) >= self._fail_after:
            raise AeroError("Kafka is gone")
        self.records.append((key, value))
        self._unacknowledged.append((on_ack, SimpleNamespace(partition=0, offset=len(self.records) - 1)))
        if len(self.records) >= self._stop_after:
            self._stop.set()

    def flush(self, stop=None, timeout=math.inf):
        if len(self.records) >= self._fail_after:
            raise AeroError("Kafka is gone")
        for on_ack, record in self._unacknowledged:
            if on_ack:
                on_ack(record)
        self._unacknowledged.clear()
        return True


@pytest.fixture
def flights(flight):
    return [
        flight(flight_number=str(number), departure_at=datetime(2013, 7, 10, 22, 30) + timedelta(minutes=number))
        for number in range(1, 31)
    ]


@pytest.fixture
def play(flights, tmp_path):
    """Plays the flights into a topic; `folder` is that of the delivery log."""

    def played(topic, stop=None, folder="log", restart=False, faults=FAULTS, seed=7, rows=flights, **options):
        log = DeliveryLog(tmp_path / folder, {"day": "2013-07-10", "seed": seed}, restart)
        speed = options.pop("speed", AS_FAST_AS_POSSIBLE)
        stop = stop or threading.Event()
        return Replay(rows, topic, log, stop, speed=speed, faults=faults, seed=seed, **options).run()

    return played


def lines(tmp_path, folder="log"):
    return list(read_lines(tmp_path / folder))


def test_the_delivery_log_tells_what_must_be_there(play, tmp_path):
    topic = Topic()
    assert play(topic)
    *_, end = lines(tmp_path)
    faults = [line for line in lines(tmp_path) if line["line"] == "fault"]
    corrupt = [line for line in faults if line["fault"].startswith("corrupt")]
    assert end["line"] == "end"
    assert end["flights"] == {"landed": 30, "not_playable": 0}
    assert end["counts"]["deliveries"] == len(topic.records)
    assert end["counts"]["events"] == 90
    assert end["counts"]["corrupt"] == len(corrupt)
    assert end["counts"]["deliveries"] == 90 + end["counts"]["corrupt"] + end["counts"]["duplicate"]
    assert sum(end["counts"][name] for name in ("late", "shuffled", "duplicate", "corrupt")) == len(faults)


def test_a_fault_is_found_in_the_topic_by_its_offset(play, tmp_path):
    topic = Topic()
    play(topic)
    faults = [line for line in lines(tmp_path) if line["line"] == "fault"]
    assert {line["fault"].partition(":")[0] for line in faults} == {"late", "duplicate", "shuffled", "corrupt"}
    for line in faults:
        assert line["offset"] == line["position"]
        assert topic.records[line["offset"]][0].decode() == line["flight_id"]
    broken = [line for line in faults if line["fault"] == "corrupt:broken_json"]
    for line in broken:
        with pytest.raises(json.JSONDecodeError):
            json.loads(topic.records[line["offset"]][1])


def test_a_stopped_replay_goes_on_where_it_stopped(play, tmp_path):
    whole = Topic()
    play(whole, folder="whole")
    stop = threading.Event()
    first = Topic(stop, stop_after=40)
    assert not play(first, stop)
    rest = Topic()
    assert play(rest)
    assert first.records + rest.records == whole.records
    assert {"line": "resumed", "position": 40} in lines(tmp_path)
    assert lines(tmp_path)[-1] == lines(tmp_path, "whole")[-1]


def test_after_kafka_went_the_replay_goes_on_behind_the_last_acknowledged_event(play):
    whole = Topic()
    play(whole, folder="whole")
    with pytest.raises(AeroError, match="Kafka is gone"):
        play(Topic(fail_after=40))
    rest = Topic()
    play(rest)
    assert rest.records == whole.records


def test_a_replay_at_its_end_sends_nothing_more_unless_restarted(play, tmp_path):
    first, again, restarted = Topic(), Topic(), Topic()
    assert play(first) and play(again)
    assert again.records == []
    assert [line["line"] for line in lines(tmp_path)].count("end") == 1
    assert play(restarted, restart=True)
    assert restarted.records == first.records
    assert [line["line"] for line in lines(tmp_path)].count("start") == 1


def test_a_delivery_log_of_another_replay_is_refused(play):
    play(Topic(), seed=7)
    with pytest.raises(AeroError, match="another replay, with another seed"):
        play(Topic(), seed=8)


def test_a_broken_position_is_named(play, tmp_path):
    play(Topic())
    (tmp_path / "log" / "position.json").write_text("{", encoding="utf-8")
    with pytest.raises(AeroError, match="position.json"):
        play(Topic())


def test_flights_that_cannot_be_played_are_counted(play, flight, tmp_path):
    play(Topic(), rows=[flight(), flight(scheduled_departure_local=None, scheduled_departure_at=None)])
    assert lines(tmp_path)[-1]["flights"] == {"landed": 1, "not_playable": 1}


class Clock:
    """Real time that passes only while somebody waits; also the event that stops nobody."""

    def __init__(self):
        self.seconds = 0.0
        self.waits = []

    def __call__(self):
        return self.seconds

    def wait(self, seconds):
        self.waits.append(seconds)
        self.seconds += seconds
        return False

    def is_set(self):
        return False


@pytest.mark.parametrize("speed", [1, 600])
def test_events_are_sent_when_the_clock_shows_their_time(play, flights, speed):
    clock = Clock()
    sent_at = []

    class Timed(Topic):
        def send(self, key, value, on_ack=None):
            sent_at.append(clock.seconds)
            super().send(key, value, on_ack)

    topic = Timed()
    play(topic, stop=clock, clock=clock, speed=speed, faults=Faults())
    event_times = [event.event_at for event in events_in_order(flights)]
    due = [(event_at - event_times[0]).total_seconds() / speed for event_at in event_times]
    assert sent_at == pytest.approx(due)
    assert [from_json(value).event_at for _, value in topic.records] == event_times


def test_as_fast_as_possible_never_waits(play):
    clock = Clock()
    play(Topic(), stop=clock, clock=clock, speed=AS_FAST_AS_POSSIBLE)
    assert clock.waits == []


def test_before_a_long_pause_what_was_sent_is_checkpointed(play, tmp_path):
    positions = []

    class Watched(Clock):
        def wait(self, seconds):
            if seconds > 1:
                positions.append(json.loads((tmp_path / "log" / "position.json").read_text())["position"])
            return super().wait(seconds)

    clock = Watched()
    topic = Topic()
    play(topic, stop=clock, clock=clock, speed=1, faults=Faults())
    # All thirty land at one instant, behind the last pause.
    assert positions[-1] == len(topic.records) - 30


def test_time_does_not_stand_still():
    with pytest.raises(AeroError, match="--speed 0"):
        Pace(0)
