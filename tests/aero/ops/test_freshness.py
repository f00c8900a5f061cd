"""Views are fresh by what they are built from, and a turn of the watch asks little of HDFS and the metastore."""

import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from aero import connections, metastore, process_state
from aero.datasets import BATCH_VIEWS, DELAY_FORECASTS, FLIGHTS, HBASE_STREAM_LOG, LIVE_VIEWS, MONTHS, WEATHER_HOURLY
from aero.live import row_keys, store
from aero.month import Month, month_range
from aero.ops import freshness, months, readers, tables, view_loads
from aero.settings import load_settings
from tests.hbase_in_memory import HBaseInMemory
from tests.hdfs_in_memory import HdfsInMemory

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
COUNTS = {"rows_in": 10, "rows_clean": 9, "rows_quarantined": 1}


class Tables:
    """Partitions of the flights and the views, as the metastore has them, and the ledger."""

    def __init__(self, span, at):
        self.asked, self.locked = Counter(), False
        self.ledger = {one: months.published(months.empty(one), "aaaaaaaaaaaa-1", at, **COUNTS) for one in span}
        self.flights = {tuple(one): FLIGHTS.load_path("aaaaaaaaaaaa-1", *one) for one in span}
        self.views = {view: {} for view in (*BATCH_VIEWS, DELAY_FORECASTS)}
        self.build()

    def build(self):
        for year in {year for year, _ in self.flights}:
            for load in view_loads.of_year(self.flights, year):
                self.views[load.view][load.partition] = load.location

    def locations(self, dataset, settings=None):
        assert not self.locked
        self.asked[dataset.name] += 1
        return dict(self.flights if dataset == FLIGHTS else self.views.get(dataset, {}))

    def publish(self, month, load_id, at):
        self.flights[tuple(month)] = FLIGHTS.load_path(load_id, *month)
        self.ledger[month] = months.published(self.ledger[month], load_id, at, **COUNTS)


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """A function that makes Tables of months and has them asked."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))

    def make(span, at=NOW - timedelta(days=30)):
        made = Tables(span, at)
        monkeypatch.setattr(metastore, "locations", made.locations)
        monkeypatch.setattr(tables, "now", lambda: NOW)
        monkeypatch.setattr(freshness, "_live", lambda *_: [])
        return made

    return make


def views_of(found):
    return {row.table_name: (row.state, row.age_hours) for row in found if row.table_name != FLIGHTS.name}


def test_a_view_is_fresh_where_it_is_built_from_what_readers_see_whenever_that_was(opened):
    year = month_range(Month(2013, 1), Month(2013, 12))
    lake = opened(year)
    assert set(views_of(freshness.found(load_settings(), lake.ledger)).values()) == {("fresh", 0.0)}
    lake.publish(year[3], "aaaaaaaaaaaa-1", NOW)  # Dropped by hand, and the same load added again.
    assert set(views_of(freshness.found(load_settings(), lake.ledger)).values()) == {("fresh", 0.0)}


def test_a_view_is_stale_since_the_publication_that_it_is_not_built_from(opened):
    year = month_range(Month(2013, 1), Month(2013, 12))
    lake = opened(year)
    lake.publish(year[3], "bbbbbbbbbbbb-1", NOW - timedelta(hours=5))
    assert set(views_of(freshness.found(load_settings(), lake.ledger)).values()) == {("fresh", 5.0)}
    lake.publish(year[3], "bbbbbbbbbbbb-2", NOW - timedelta(hours=7))
    assert set(views_of(freshness.found(load_settings(), lake.ledger)).values()) == {("stale", 7.0)}
    lake.build()
    assert set(views_of(freshness.found(load_settings(), lake.ledger)).values()) == {("fresh", 0.0)}


@pytest.mark.parametrize(("hours", "state"), [(5, "empty"), (7, "stale")])
def test_views_that_were_never_built_are_empty_for_as_long_as_a_load_may_take(opened, hours, state):
    lake = opened([Month(2013, 1)], at=NOW - timedelta(hours=hours))
    lake.views = {view: {} for view in lake.views}
    assert set(views_of(freshness.found(load_settings(), lake.ledger)).values()) == {(state, hours)}


@pytest.mark.parametrize(("days", "state"), [(107, "fresh"), (108, "stale")])
def test_the_flights_are_as_old_as_the_end_of_their_newest_month_whenever_it_was_loaded(
    opened, monkeypatch, days, state
):
    """What was loaded an hour ago may be of a year ago: 62 days until BTS has a month, 31 until the next, 14 late."""
    newest = Month(2013, 12)
    lake = opened([Month(2013, 11), newest], at=NOW)
    now = datetime(2014, 1, 1, tzinfo=UTC) + timedelta(days=days)
    monkeypatch.setattr(tables, "now", lambda: now)
    [row] = [row for row in freshness.found(load_settings(), lake.ledger) if row.table_name == FLIGHTS.name]
    assert (row.state, row.age_hours, row.newest_load_at) == (state, days * 24, NOW)


def test_forecasts_are_as_old_as_their_newest_month_and_missed_by_nobody_who_makes_none(opened):
    lake = opened([Month(2013, 12)])
    assert DELAY_FORECASTS.name not in views_of(freshness.found(load_settings(), lake.ledger))
    age = freshness.MONTHLY_HOURS + 24
    month = Month.of((NOW - timedelta(hours=age)).date())
    lake.views[DELAY_FORECASTS] = {(2012, 1): "old", tuple(month.previous): "new"}
    state, hours = views_of(freshness.found(load_settings(), lake.ledger))[DELAY_FORECASTS.name]
    assert state == "stale" and hours == (NOW - datetime(*month, 1, tzinfo=UTC)) / timedelta(hours=1)
    lake.views[DELAY_FORECASTS] = {tuple(Month.of(NOW.date()).previous): "newer"}
    assert views_of(freshness.found(load_settings(), lake.ledger))[DELAY_FORECASTS.name][0] == "fresh"


def test_a_view_with_rows_of_flights_that_are_gone_is_stale(opened):
    lake = opened([Month(2013, 12), Month(2014, 1)])
    del lake.flights[2014, 1], lake.ledger[Month(2014, 1)]
    assert {state for state, _ in views_of(freshness.found(load_settings(), lake.ledger)).values()} == {"stale"}


@pytest.mark.parametrize(
    ("stream", "minutes", "state"),
    [
        (process_state.RUNNING, 15, "fresh"),
        (process_state.RUNNING, 16, "stale"),
        (process_state.RUNNING, None, "empty"),
        (process_state.ENDED, 1, "idle"),
        (process_state.ENDED, None, "idle"),
    ],
)
def test_live_views_are_as_old_as_the_last_batch_and_idle_without_the_stream(
    monkeypatch, tmp_path, stream, minutes, state
):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    hbase, settings = HBaseInMemory(), load_settings()
    monkeypatch.setattr(store.connections, "hbase", lambda: hbase)
    process_state.write(process_state.file(settings, "stream"), stream)
    if minutes is not None:
        for batch, ago in enumerate((minutes + 60, minutes)):
            at = f"{NOW - timedelta(minutes=ago):%Y-%m-%d %H:%M:%S}.000"
            cells = {b"d:started_at": at.encode(), b"d:newest_event_at": b"2013-07-10 22:30:00.000"}
            hbase.table(HBASE_STREAM_LOG).put(row_keys.batch(store.QUERY, batch).encode(), cells)
    rows = freshness._live(settings, NOW)
    assert [(row.table_name, row.state) for row in rows] == [(view.name, state) for view in LIVE_VIEWS]
    assert {row.age_hours for row in rows} == {minutes and round(minutes / 60, 2)}


def test_where_hbase_is_away_live_views_are_idle_or_empty_and_the_history_is_judged(monkeypatch, tmp_path):
    def away():
        raise OSError("refused")

    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(store.connections, "hbase", away)
    assert {row.state for row in freshness._live(load_settings(), NOW)} == {"idle"}


class Recorder:
    """An HDFS in which every folder holds a file, and the ledger. It counts its calls, by whether under the lock."""

    def __init__(self, ledger):
        self.text = "".join(map(tables._line, ledger.values()))
        self.calls, self.locked, self.gone = Counter(), False, set()

    def _call(self):
        self.calls[self.locked] += 1

    def status(self, path, strict=True):
        self._call()
        return {"length": 1}

    def read(self, path, encoding=None):
        self._call()
        assert path == tables.path(MONTHS)
        return io.BytesIO(self.text.encode())

    def list(self, folder, status=False):
        self._call()
        return [] if folder in self.gone else [("part-0.orc", {"length": 1})]

    def content(self, folder, strict=True):
        self._call()
        return {"fileCount": 1000 - sum(one.startswith(folder) for one in self.gone)}

    def write(self, path, data):
        self._call()
        self.text = data.decode()

    def _rename(self, *_, **__):
        self._call()


def test_a_turn_of_the_watch_at_447_months_asks_little_and_nothing_slow_under_the_lock(opened, monkeypatch):
    span = months.expected(NOW.date())[:447]
    lake = opened(span)
    client = Recorder(lake.ledger)
    monkeypatch.setattr(readers.connections, "webhdfs", lambda: client)
    locked = tables.locked

    class Locked:
        def __enter__(self):
            self.lock = locked("months")
            self.lock.__enter__()
            client.locked = lake.locked = True

        def __exit__(self, *error):
            client.locked = lake.locked = False
            self.lock.__exit__(*error)

    monkeypatch.setattr(tables, "locked", lambda _name: Locked())
    folders = readers.FilledFolders(client)

    def turn():
        client.calls.clear()
        lake.asked.clear()
        folders.look()
        ledger = readers.reconcile(folders)
        freshness.found(load_settings(), ledger)
        return ledger

    turn()
    assert client.calls[False] <= 447 + 38 + 4 and client.calls[True] == 0
    turn()
    assert (
        client.calls == {False: 4}
        and set(lake.asked.values()) == {1, 2}
        and sum(lake.asked.values()) == 4 + len(BATCH_VIEWS)
    )
    client.gone.add(lake.flights[2013, 2])
    ledger = turn()
    assert ledger[2013, 2].state == "missing" and client.calls[False] <= 4 + 38 + 12 and client.calls[True] == 4


def test_where_hdfs_fails_in_the_middle_of_a_look_the_next_one_sees_what_went():
    client, folder = Recorder({}), FLIGHTS.load_path("aaaaaaaaaaaa-1", 2013, 2)
    folders, content = readers.FilledFolders(client), client.content
    folders.look()
    assert folders(folder)
    client.gone.add(folder)

    def fails(of, strict=True):
        if "year=" in of:
            raise OSError("the NameNode does not answer")
        return content(of)

    client.content = fails
    with pytest.raises(OSError):
        folders.look()
    client.content = content
    folders.look()
    assert not folders(folder)


def test_what_the_metastore_said_before_a_load_wrote_the_ledger_is_not_written_over_it(opened, monkeypatch):
    """The load switches the partition and writes the ledger while the watch looks: the watch's look is older."""
    month = Month(2013, 1)
    lake = opened([month])
    client = Recorder(lake.ledger)
    monkeypatch.setattr(readers.connections, "webhdfs", lambda: client)
    asked = metastore.locations

    def locations(dataset, settings=None):
        seen = asked(dataset)
        if lake.asked[FLIGHTS.name] == 1:
            lake.publish(month, "bbbbbbbbbbbb-1", NOW)
            client.text = "".join(map(tables._line, lake.ledger.values()))
        return seen

    monkeypatch.setattr(metastore, "locations", locations)
    client.gone.add(lake.flights[month])  # There is something to write: the first load's files are gone.
    assert readers.reconcile()[month] == months.read(client)[month] == lake.ledger[month]
    assert lake.asked[FLIGHTS.name] == 2


def test_the_weather_is_told_by_its_newest_hour_where_some_was_loaded(opened, monkeypatch):
    lake = opened([Month(2013, 1)])
    assert WEATHER_HOURLY.name not in views_of(freshness.found(load_settings(), lake.ledger))
    folders = {(2013, month): WEATHER_HOURLY.load_path("bbbbbbbbbbbb-1", 2013, month) for month in (1, 2)}
    lake.views[WEATHER_HOURLY] = folders
    told = {"newest_hour_at": "2026-11-25 12:00:00+00:00", "made_at": "2026-11-26T12:00:00+00:00"}
    files = HdfsInMemory({f"{folders[2013, 2]}/_report.json": json.dumps(told).encode()})
    monkeypatch.setattr(connections, "webhdfs", lambda: files)
    [row] = [one for one in freshness.found(load_settings(), lake.ledger) if one.table_name == WEATHER_HOURLY.name]
    assert (row.state, row.age_hours) == ("fresh", 48.0)
    assert row.newest_load_at == datetime(2026, 11, 26, 12, tzinfo=UTC)
    files.files.clear()
    [row] = [one for one in freshness.found(load_settings(), lake.ledger) if one.table_name == WEATHER_HOURLY.name]
    assert row.state == "empty"
