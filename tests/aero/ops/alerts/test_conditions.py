"""What the rules' own conditions find, and that they find nothing beside it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from aero import audit
from aero.audit import Outcome
from aero.cluster.supervision import Process
from aero.datasets import FRESHNESS, MONTHS
from aero.instants import utc_now
from aero.month import Month
from aero.ops import freshness, months, schedule, tables, track
from aero.ops.alerts import conditions
from aero.ops.doctor.finding import Look
from aero.settings import load_settings
from tests.aero.ops.doctor.looks import look
from tests.hdfs_in_memory import HdfsInMemory

READY = {"namenode": None, "datanode": None}
FEBRUARY = Month(2013, 2)


@pytest.fixture
def lake(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    made = HdfsInMemory()
    monkeypatch.setattr(conditions.connections, "webhdfs", lambda: made)
    return made


def _about(findings):
    return [one.about for one in findings]


def test_a_month_that_failed_is_one_and_a_served_month_is_none(lake):
    refused = months.failed(months.empty(FEBRUARY), "not published: rows_as_expected")
    tables.replace(lake, MONTHS, [refused, months.empty(Month(2013, 3))])
    [found] = conditions.months_failed(look(**READY), {})
    assert found.about == "2013-02" and "rows_as_expected" in found.what and "aero checks 2013-02" in found.do
    assert conditions.months_failed(look(namenode=None), {}) == []


def test_a_share_of_refused_lines_above_the_limit_is_one(lake):
    counts = {"rows_in": 1000, "rows_clean": 980, "rows_quarantined": 20}
    served = months.published(months.empty(FEBRUARY), "aaaaaaaaaaaa-1", tables.now(), **counts)
    tables.replace(lake, MONTHS, [served])
    assert conditions.quarantine(look(**READY), {"percent": 2}) == []
    [found] = conditions.quarantine(look(**READY), {"percent": 1.9})
    assert found.about == "2013-02" and "2.0 %" in found.what


def test_months_of_the_schedule_that_are_not_there_are_late_once_it_has_looked(lake):
    settings, today = load_settings(), utc_now().date()
    schedule.change(settings, months_back=6)
    expected = months.expected(today)[-1]
    served = replace(months.empty(expected.plus(-1)), is_served=True)
    tables.replace(lake, MONTHS, [served])
    assert conditions.months_late(look(**READY), {}) == []
    schedule.write_report(settings, {"ran_at": "2026-01-01T00:00:00+00:00", "ended_at": "2026-01-01T00:01:00+00:00"})
    late = _about(conditions.months_late(look(**READY), {}))
    assert str(expected) in late and str(expected.plus(-1)) not in late
    assert str(Month.of(today).plus(-6)) in late and str(Month.of(today).plus(-7)) not in late
    schedule.change(settings, is_paused=True)
    assert conditions.months_late(look(**READY), {}) == []


def test_a_stale_table_of_history_is_one_and_a_live_one_none(lake):
    old = tables.now() - timedelta(hours=9)
    rows = [freshness.judged(name, old, old, "load", 6, tables.now())
            for name in ("aero_batch.route_delays_monthly", "aero_live.log")]  # fmt: skip
    fresh = freshness.judged("aero_clean.flights", old, old, "load", 10, tables.now())
    tables.replace(lake, FRESHNESS, [*rows, fresh])
    assert _about(conditions.tables_stale(look(**READY), {})) == ["aero_batch.route_delays_monthly"]


def test_a_forecast_that_drifts_on_the_last_day_that_was_judged_is_one(lake):
    assert conditions.forecast_drift(look(**READY), {}) == []
    day = {"model_name": "logistic", "training_id": "t1", "arrived_flights": 500, "expected_late_flights": 100.0,
           "squared_error": 60.0, "baseline_squared_error": 70.0}  # fmt: skip
    track.write(lake, FEBRUARY, [day | {"flight_date": date(2013, 2, 27), "late_flights": 100}])
    assert conditions.forecast_drift(look(**READY), {}) == []
    track.write(lake, FEBRUARY.next, [day | {"flight_date": date(2013, 3, 1), "late_flights": 400}])
    [found] = conditions.forecast_drift(look(**READY), {})
    assert found.about == "2013-03-01" and found.evidence == ("400 of 500 late, 100 expected",)
    assert conditions.forecast_drift(look(namenode=None), {}) == []


def test_sign_ins_that_fail_from_one_address_are_counted_within_the_minutes(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    for address, times in (("10.0.0.9", 3), ("10.0.0.8", 2)):
        for _ in range(times):
            audit.write(tmp_path, "hiveserver2", "ada", address, "", Outcome.NOT_SIGNED_IN)
    audit.write(tmp_path, "hiveserver2", "ada", "10.0.0.8", 'said "not signed in"', Outcome.SIGNED_IN)
    limits = {"times": 3, "minutes": 10}
    [found] = conditions.sign_ins(look(), limits)
    assert found.about == "10.0.0.9" and found.evidence == ("ada at hiveserver2: 3",)
    now = utc_now()
    monkeypatch.setattr(conditions, "utc_now", lambda: now + timedelta(minutes=11))
    assert conditions.sign_ins(look(), limits) == []


def _processes(waits=(), **known):
    """A Look at processes by name: the supervisor's word, and when they were started."""
    found = {name: Process(name, state, 1, int(at)) for name, (state, at) in known.items()}
    return Look(load_settings(), found, dict.fromkeys(waits))


def test_a_server_that_was_stopped_is_missed_and_one_that_was_never_started_is_not(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    seen = _processes(["kafka"], kafka=("RUNNING", 5), datanode=("STOPPED", 5), superset=("STOPPED", 0))
    assert _about(conditions.stopped(seen, {})) == ["datanode"]
    monkeypatch.setenv("AERO_PROFILE", "container")
    seen = _processes(["kafka"], kafka=("RUNNING", 0), datanode=("STOPPED", 0), replay=("STOPPED", 0))
    assert _about(conditions.stopped(seen, {})) == ["datanode"]


@pytest.mark.parametrize(("source", "found"), [("RUNNING", ["stream"]), ("EXITED", []), ("STOPPED", [])])
def test_a_stopped_stream_is_missed_while_a_source_sends(monkeypatch, tmp_path, source, found):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    waits = ["kafka", *(["opensky"] if source == "RUNNING" else [])]
    seen = _processes(waits, kafka=("RUNNING", 5), stream=("STOPPED", 5), opensky=(source, 5))
    assert _about(conditions.stopped(seen, {})) == found


def test_a_server_that_ended_by_itself_is_told_and_one_that_was_stopped_is_not(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "supervisord.log").write_text(
        "2026-11-27 13:00:00,100 WARN exited: datanode (terminated by SIGKILL; not expected)\n"
        "2026-11-27 13:00:01,200 INFO spawned: 'datanode' with pid 7\n"
        "2026-11-27 13:00:02,200 INFO stopped: kafka (terminated by SIGTERM)\n"
        "2026-11-27 13:00:03,200 INFO exited: replay (exit status 0; expected)\n"
        "2026-11-27 13:00:04,200 INFO spawned: 'kafka' with pid 8\n"
        "2026-11-27 13:00:04,200 INFO spawned: 'replay' with pid 9\n"
    )
    started = datetime(2026, 11, 27, 11, 0, 1, tzinfo=UTC).timestamp()  # The supervisor's zone is another.
    seen = _processes(["datanode", "kafka", "replay"], datanode=("RUNNING", started), kafka=("RUNNING", started + 3),
                      replay=("RUNNING", started + 3))  # fmt: skip
    monkeypatch.setattr(conditions, "utc_now", lambda: datetime(2026, 11, 27, 11, 5, tzinfo=UTC))
    limits = {"times": 1, "minutes": 10}
    [found] = conditions.ended_by_itself(seen, limits)
    assert found.about == "datanode" and "SIGKILL" in found.evidence[0]
    assert conditions.ended_by_itself(seen, limits | {"times": 2}) == []
    assert conditions.ended_by_itself(seen, limits | {"minutes": 4}) == []


def test_a_disk_that_fills_is_told_by_what_is_free_and_by_the_share(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    assert conditions.disk_filling(look(), {"free_gib": 0, "used_percent": 100}) == []
    assert conditions.disk_filling(look(), {"free_gib": 2**40, "used_percent": 100})
    assert conditions.disk_filling(look(), {"free_gib": 0, "used_percent": -1})


@pytest.mark.parametrize(("lag", "found"), [("100", []), ("101", ["stream"])])
def test_a_stream_that_leaves_records_behind_is_told(monkeypatch, tmp_path, lag, found):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(conditions.connections, "hbase", lambda: _Closed())
    monkeypatch.setattr(conditions.store, "batches", lambda *_: [{"kafka_lag": lag}])
    seen = look(hbase_thrift=None, stream=None)
    assert _about(conditions.stream_behind(seen, {"records": 100})) == found
    assert conditions.stream_behind(look(hbase_thrift=None), {"records": 0}) == []


class _Closed:
    def close(self):
        pass
