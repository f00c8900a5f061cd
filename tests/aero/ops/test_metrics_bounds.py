"""However much there is, there are few series, and few labels."""

import os

import pytest

from aero import datasets, run_log
from aero.cluster import probes, services
from aero.cluster.supervision import Process
from aero.datasets import CHECKS, FLIGHTS, FRESHNESS, MONTHS, Dataset
from aero.month import Month
from aero.ops import checks, freshness, java_metrics, metrics, months, schedule, server_metrics, tables
from aero.ops.alerts import events, rules
from aero.ops.doctor.finding import Look
from aero.ops.gates import CheckOutcome, CheckRow, Verdict
from aero.settings import load_settings
from tests.aero.ops.alerts.samples import NOW, by_id, event
from tests.hdfs_in_memory import HdfsInMemory

LABELS = {"service", "state", "outcome", "table", "rule", "severity"}
YEARS = [Month(year, month) for year in range(1988, 2027) for month in range(1, 13)]
BATCH = {"kafka_lag": "7", "batch_milliseconds": "1500", "started_at": "2026-11-27 12:00:00.000"}


class Hbase:
    def close(self):
        pass


@pytest.fixture
def settings(monkeypatch, tmp_path):
    """Of a root that holds as much as there can be: each run failed otherwise, each service said all there is."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    settings = load_settings()
    (tmp_path / "run" / "metrics").mkdir(parents=True)
    said = "".join(f"{name.removeprefix('aero_')} 1\n" for name in java_metrics.HELP)
    for service in services.BY_NAME:
        (tmp_path / "run" / "metrics" / service).write_text(said)
    for number in range(30):
        run_log.note(settings, f"202611{number:02}T000000.000000Z", f"run ended: failed with {number} after {number} s")
    wrong = [event(f"{rule.name}-{about}", rule.name) for rule in rules.read() for about in range(100)]
    events.write(settings, by_id(*wrong), NOW)
    schedule.write_report(settings, {"ran_at": NOW.isoformat()})
    return settings


@pytest.fixture
def _servers(monkeypatch):
    """What the servers are asked for: the ledger, the verdicts and the freshness of all months and tables."""
    lake = HdfsInMemory()
    monkeypatch.setattr(metrics.connections, "webhdfs", lambda: lake)
    monkeypatch.setattr(metrics.store.connections, "hbase", Hbase)
    monkeypatch.setattr(metrics.store, "batches", lambda *_: [BATCH])
    everything = dict.fromkeys((*server_metrics._HDFS.values(), *server_metrics._YARN.values()), 1)
    monkeypatch.setattr(probes, "bean", lambda *_: everything)
    monkeypatch.setattr(probes, "json_page", lambda *_: {"clusterMetrics": everything})
    tables.replace(lake, MONTHS, [months.failed(months.empty(month), f"refused {month}") for month in YEARS])
    verdicts = [Verdict(check, CheckOutcome.PASSED, 1) for check in checks.of()]
    judged = [CheckRow.judged(one, FLIGHTS, month, f"{month}-1", NOW) for month in YEARS for one in verdicts]
    tables.add(lake, CHECKS, "20261127T000000.000000Z", judged)
    every = [one.name for one in vars(datasets).values() if isinstance(one, Dataset)]
    tables.replace(lake, FRESHNESS, [freshness.judged(name, NOW, NOW, "load", 6, NOW) for name in every])


@pytest.mark.usefixtures("_servers")
def test_where_all_is_told_there_are_fewer_than_a_thousand_series_of_few_labels(settings):
    running = {name: Process(name, "RUNNING", os.getpid(), 1) for name in services.BY_NAME}
    told = list(metrics.samples(Look(settings, running, dict.fromkeys(running))))
    assert {one.name for one in told} == metrics.HELP.keys()
    assert len({(one.name, *sorted(one.labels.items())) for one in told}) == len(told) < 1000
    assert {label for one in told for label in one.labels} == LABELS
