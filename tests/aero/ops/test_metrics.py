"""Prometheus' text has what is known, and leaves out what is not."""

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from aero import run_log
from aero.cli import main
from aero.cluster import services
from aero.datasets import CHECKS, FLIGHTS, FRESHNESS, MONTHS
from aero.month import Month
from aero.ops import checks, freshness, metrics, months, schedule, tables
from aero.ops.alerts import events
from aero.ops.gates import CheckOutcome, CheckRow, Verdict
from aero.ops.metrics import Sample
from aero.settings import load_settings
from tests.aero.ops.alerts.samples import NOW, by_id, event
from tests.aero.ops.doctor.looks import look
from tests.hdfs_in_memory import HdfsInMemory

LINE = re.compile(r'(# (HELP|TYPE) )?aero_\w+( \S.*|(\{(\w+="[^"\n]*",?)+\})? -?[\d.e+-]+)')


@pytest.fixture
def settings(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    return load_settings()


def _known(seen):
    """The samples' values by name and labels."""
    return {(one.name, *one.labels.values()): one.value for one in metrics.samples(seen)}


def test_where_nothing_runs_no_service_is_ready_and_nothing_else_is_made_up(settings):
    known = _known(look())
    assert {value for name, value in known.items() if name[0] == "aero_service_ready"} == {False}
    assert len([name for name in known if name[0] == "aero_service_running"]) == len(services.BY_NAME)
    assert not {name for name, *_ in known} & {"aero_months", "aero_table_stale", "aero_stream_lag_records"}


def test_months_tables_alerts_and_the_schedule_are_told(settings, monkeypatch):
    lake = HdfsInMemory()
    monkeypatch.setattr(metrics.connections, "webhdfs", lambda: lake)
    counts = {"rows_in": 100, "rows_clean": 97, "rows_quarantined": 3}
    served = months.published(months.empty(Month(2013, 2)), "aaaaaaaaaaaa-1", tables.now(), **counts)
    tables.replace(lake, MONTHS, [served, months.failed(months.empty(Month(2013, 3)), "refused")])
    old = tables.now() - timedelta(hours=9)
    tables.replace(lake, FRESHNESS, [freshness.judged("aero_batch.a", old, old, "load", 6, tables.now())])
    events.write(settings, by_id(event("kafka"), event()), NOW)
    schedule.write_report(settings, {"ran_at": NOW.isoformat()})
    known = _known(look(namenode=None, datanode=None))
    assert known["aero_months", "published"] == known["aero_months", "failed"] == 1
    assert (known["aero_rows_served",], known["aero_rows_quarantined",]) == (97, 3)
    assert (known["aero_table_age_hours", "aero_batch.a"], known["aero_table_stale", "aero_batch.a"]) == (9, True)
    assert known["aero_alerts", "service-down", "error"] == 2
    assert known["aero_alerts_looked_timestamp_seconds",] == known["aero_schedule_ran_timestamp_seconds",]
    assert known["aero_service_ready", "datanode"] and not known["aero_service_ready", "kafka"]


def _row(outcome):
    """A verdict of some check."""
    return CheckRow.judged(Verdict(checks.of()[0], outcome, None), FLIGHTS, Month(2013, 2), "aaaaaaaaaaaa-1", NOW)


def test_runs_are_told_by_how_they_ended_and_of_gates_the_newest_run_s_alone(settings, monkeypatch):
    lake, gone = HdfsInMemory(), "2026-11-27T12:00:00.000Z"
    monkeypatch.setattr(metrics.connections, "webhdfs", lambda: lake)
    for day, ended in enumerate(("done after 1 s", "failed with 1 after 1 s", "ended by SIGKILL after 1 s",
                                 "stopped by KeyboardInterrupt", "done after 2 s", None), 1):  # fmt: skip
        file = run_log.folder(settings, f"2026112{day}T000000.000000Z") / "run.log"
        file.parent.mkdir(parents=True)
        long = f"{gone} x - luigi INFO {'x' * 100}\n" * 1000
        end = f"2026-11-27T12:00:0{day}.000Z x - aero INFO run ended: {ended}\n" if ended else ""
        file.write_text(f"{gone} x - aero INFO run begins: LoadFlights: a load\n{long}{end}")
    passed, skipped, failed = map(_row, (CheckOutcome.PASSED, CheckOutcome.SKIPPED, CheckOutcome.FAILED))
    tables.add(lake, CHECKS, "20261126T000000.000000Z", [failed])
    tables.add(lake, CHECKS, "20261127T000000.000000Z", [passed, passed, skipped])
    known = _known(look(namenode=None, datanode=None))
    runs = {labels[0]: value for (name, *labels), value in known.items() if name == "aero_runs"}
    assert runs == {"done": 2, "failed": 1, "killed": 1, "stopped": 1, "open": 1}
    ended = {labels[0]: value - NOW.timestamp() for (name, *labels), value in known.items()
             if name == "aero_run_ended_timestamp_seconds"}  # fmt: skip
    assert ended == {"done": 5, "failed": 2, "killed": 3, "stopped": 4}
    gates = {labels[0]: value for (name, *labels), value in known.items() if name == "aero_gates"}
    assert gates == {"passed": 2, "warned": 0, "failed": 0, "accepted": 0, "skipped": 1}
    assert known["aero_gates_judged_timestamp_seconds",] == NOW.timestamp()


def test_the_stream_s_last_batch_is_told_and_one_that_fails_is_left_out(settings, monkeypatch):
    class Connection:
        def close(self):
            pass

    row = {"kafka_lag": "7", "batch_milliseconds": "1500", "started_at": "2026-11-27 12:00:00.000"}
    monkeypatch.setattr(metrics.store.connections, "hbase", Connection)
    monkeypatch.setattr(metrics.store, "batches", lambda *_: [row])
    known = _known(look(hbase_thrift=None))
    assert known["aero_stream_lag_records",] == 7 and known["aero_stream_batch_seconds",] == 1.5
    assert known["aero_stream_batch_timestamp_seconds",] == NOW.timestamp()

    def away(*_):
        raise OSError("away")

    monkeypatch.setattr(metrics.store, "batches", away)
    assert ("aero_stream_lag_records",) not in _known(look(hbase_thrift=None))


def test_samples_of_a_gauge_stand_together_and_labels_are_escaped():
    shown = metrics.text([Sample("aero_months", 2, {"state": 'a"\\\n'}), Sample("aero_disk_free_bytes", 2.0**40),
                          Sample("aero_months", True, {"state": "b"})])  # fmt: skip
    free, state = metrics.HELP["aero_disk_free_bytes"], metrics.HELP["aero_months"]
    assert shown == (
        f"# HELP aero_disk_free_bytes {free}\n# TYPE aero_disk_free_bytes gauge\naero_disk_free_bytes 1099511627776\n"
        f"# HELP aero_months {state}\n# TYPE aero_months gauge\n"
        'aero_months{state="a\\"\\\\\\n"} 2\naero_months{state="b"} 1\n'
    )


def test_the_file_is_replaced_whole_and_others_may_read_it(settings, tmp_path):
    path = tmp_path / "textfiles" / "aero.prom"
    for _ in range(2):
        assert CliRunner().invoke(main, ["metrics", "--to", str(path)]).exit_code == 0
    assert [one.name for one in path.parent.iterdir()] == ["aero.prom"] and path.stat().st_mode & 0o777 == 0o644
    shown = CliRunner().invoke(main, ["metrics"]).output
    assert len(shown.splitlines()) > 40 and [line for line in shown.splitlines() if not LINE.fullmatch(line)] == []
