"""Departures and batches that are too old leave HBase: written by the stream's steps, in memory and in a real one."""

import contextlib
import itertools
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import stream_hbase
import stream_log
from stream_cells import Cell, Put
from stream_hbase import Address, on_hbase
from stream_log import Entry
from stream_parts import judge, write_states
from stream_windows import sum_up

from aero.datasets import HBASE_DELAYS_FIVE_MINUTES, HBASE_DELAYS_HOURLY, HBASE_DEPARTURES
from aero.live import old_hours, old_states, row_keys, store
from aero.settings import load_settings
from tests import lone_hbase
from tests.hbase_in_memory import HBaseInMemory
from tests.jobs.live_events import LANDED, LEFT, event
from tests.jobs.test_stream_parts import records

NOW = datetime(2013, 8, 20, 6, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
# Of the live flights' clock: when the hour of 22 o'clock has ended.
ENDED = datetime(2013, 7, 10, 23, tzinfo=UTC)
NEXT_HOUR = {"departure_at": "2013-07-10T23:10:00.000Z", "departure_delay_minutes": 40}
NUMBERS = itertools.count(10)


@pytest.fixture(scope="module", params=["in memory", "real"])
def server(request, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "real":
            with lone_hbase.running(tmp_path_factory.mktemp("hbase")):
                yield
            return
        memory = HBaseInMemory()
        patch.setattr(stream_hbase, "connect", memory)
        patch.setattr(store, "opened", lambda: contextlib.nullcontext(memory))
        patch.setattr(old_states, "connected", lambda: memory)
        yield


class Stream:
    """A stream of one test: the flights of an airport and an airline of its own, out of which nobody else's are."""

    def __init__(self, hbase, thrift2):
        self.hbase, self.thrift2 = hbase, thrift2
        number = next(NUMBERS)
        self.codes = {"origin_id": f"A{number:02}", "airline_id": f"{number}"}
        self.hours = {f"airport-A{number:02}-2013071022", f"airline-{number}-2013071022"}
        settings = load_settings()
        self.address = Address(settings.host("HBASE_THRIFT2"), settings.port("HBASE_THRIFT2"))

    def key(self, number):
        return f"{self.codes['origin_id']}-201307102230-{self.codes['airline_id']}{number}-ATL"

    def judge(self, *events):
        """The first step of a micro-batch: departures are written. Returns the batch, and the windows to sum up."""
        batch = records([event(**one | self.codes) for one in events])
        [result] = judge(self.address, "", batch)
        return batch, result.windows

    def tell(self, *events):
        """A whole micro-batch."""
        batch, windows = self.judge(*events)
        on_hbase(self.address, partial(sum_up, windows=windows))
        write_states(self.address, batch)

    def look(self, later=0 * HOUR, before=ENDED):
        """The scheduler's look for what is too old."""
        return old_hours.delete_departures(self.hbase, self.thrift2, before, NOW + later)

    def rows(self, table):
        own = self.codes.values()
        return {
            key.decode(): {name.decode()[2:]: value.decode() for name, value in cells.items()}
            for key, cells in self.hbase.table(table).scan()
            if any(part in own for part in key.decode().split("-"))
        }

    def counts(self):
        """How many departures each window counts."""
        return {key: int(row["departures"]) for key, row in self.rows(HBASE_DELAYS_HOURLY).items()}


@pytest.fixture
def stream(server):
    with store.opened() as hbase:
        thrift2 = old_states.connected()
        yield Stream(hbase, thrift2)
        thrift2.close()


def test_departures_of_an_hour_go_when_it_has_been_closed_for_a_while_and_its_sums_stay(stream):
    stream.tell(event(**LEFT), event(**LEFT | NEXT_HOUR, flight_number="7"))
    before = stream.counts()
    for later in (0 * HOUR, HOUR / 2):
        stream.look(later)
        assert stream.hours < set(stream.rows(HBASE_DEPARTURES))
    assert stream.look(HOUR) == 2
    left = {hour[:-1] + "3" for hour in stream.hours}
    assert set(stream.rows(HBASE_DEPARTURES)) == left
    assert stream.counts() == before == dict.fromkeys(stream.hours | left, 1)
    assert stream.look(HOUR) == 0


def test_what_is_told_of_a_closed_hour_changes_no_sum(stream):
    stream.tell(event(**LEFT))
    before = stream.rows(HBASE_DELAYS_HOURLY)
    for later in (0 * HOUR, HOUR):
        stream.look(later)
        stream.tell(event(**LEFT, flight_number="7"), event(**LANDED), event(**LEFT | NEXT_HOUR))
        assert stream.counts() == dict.fromkeys(stream.hours, 1)
    after = stream.rows(HBASE_DELAYS_HOURLY)
    assert {row.pop("closed_at") for row in after.values()} == {"2013-08-20 06:15:00"}
    assert after == before


def test_an_hour_that_has_not_ended_stays_open(stream):
    stream.tell(event(**LEFT))
    stream.look(before=ENDED - timedelta(seconds=1))
    stream.tell(event(**LEFT, flight_number="7"))
    assert stream.counts() == dict.fromkeys(stream.hours, 2)


def test_an_hour_that_no_batch_has_summed_up_stays_open(stream):
    """The stream was killed before it did, and will."""
    stream.judge(event(**LEFT))
    for later in (0 * HOUR, HOUR):
        stream.look(later)
    stream.tell(event(**LEFT), event(**LEFT, flight_number="7"))
    assert stream.counts() == dict.fromkeys(stream.hours, 2)


def test_five_minutes_go_a_day_after_they_were_written(server, request):
    if "real" not in request.node.name:
        return  # It is HBase that lets them go.
    settings = load_settings()
    address = Address(settings.host("HBASE_THRIFT2"), settings.port("HBASE_THRIFT2"))
    now = round(datetime.now(UTC).timestamp() * 1000)
    written = {f"{age}-hours": Cell("1", now - age * 3_600_000) for age in (23, 25)}
    kept = {}
    for table in (HBASE_DELAYS_FIVE_MINUTES, HBASE_DELAYS_HOURLY):
        cells = [Put(table, key, "departures", cell) for key, cell in written.items()]
        on_hbase(address, partial(stream_hbase.put, puts=cells))
        kept[table] = sorted(on_hbase(address, partial(stream_hbase.read, table=table, keys=written)))
    assert list(kept.values()) == [["23-hours"], ["23-hours", "25-hours"]]


def test_notes_of_archived_flights_go_when_nothing_more_can_be_told_of_them(stream):
    told_late = {"event_at": "2013-08-01T00:00:00.000Z"}
    stream.tell(event(**LEFT), event(**LEFT | told_late, flight_number="7"))
    old_states.delete(stream.thrift2, old_states.read(stream.hbase, datetime(2013, 8, 3, tzinfo=UTC)))
    notes = {row_keys.archived(stream.key(number)) for number in (1234, 7)}
    for before, left in ((25, notes), (26, {row_keys.archived(stream.key(7))})):
        old_hours.delete_notes(stream.hbase, stream.thrift2, datetime(2013, 7, before, tzinfo=UTC))
        assert _notes(stream) == left
    assert stream.hours <= set(stream.rows(HBASE_DEPARTURES))


def _notes(stream):
    return {key for key in stream.rows(HBASE_DEPARTURES) if key.startswith("flight-")}


def test_the_log_forgets_old_batches_but_never_the_newest(stream):
    for batch in range(store.CLOCK_BATCHES + 3):
        stream_log.write(stream.address, Entry(batch), NOW + batch * HOUR, 812)
    for before, count in ((0, 0), (2, 2), (1000, 1)):
        assert old_hours.delete_batches(stream.hbase, stream.thrift2, NOW + before * HOUR) == count
    left = [int(row["batch_id"]) for row in store.batches(stream.hbase, 1000)]
    assert left == list(range(store.CLOCK_BATCHES + 2, 2, -1))
