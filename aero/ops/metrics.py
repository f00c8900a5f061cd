"""What monitoring asks of the platform, in Prometheus' text format: services, months, tables, alerts, disk, stream.

What a server that is away would tell is left out, never made up: a series that is missing is not known.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import psutil

from aero import connections, webhdfs
from aero.cluster import services
from aero.datasets import CHECKS, FRESHNESS
from aero.errors import AeroError
from aero.live import store
from aero.ops import doctor, months, run_logs, schedule, server_metrics, tables
from aero.ops.alerts import events
from aero.ops.doctor.finding import Look
from aero.ops.freshness import Freshness, TableFreshness
from aero.ops.gates import CheckOutcome, CheckRow
from aero.ops.months import MonthState
from aero.ops.run_logs import Outcome

log = logging.getLogger("metrics")


class Sample(NamedTuple):
    """One value, with its labels."""

    name: str
    value: float
    labels: Mapping[str, str] = MappingProxyType({})


# The series, in the order in which they are shown. Labels have few values: services, tables, states, rules.
HELP = {
    "aero_service_running": "1 where the service has a process.",
    "aero_service_ready": "1 where it answers a real question.",
    "aero_service_memory_bytes": "Resident memory of its processes; of this machine alone.",
    "aero_service_started_timestamp_seconds": "When its process was started.",
    "aero_disk_free_bytes": "Free on the disk of the data root.",
    "aero_disk_size_bytes": "Size of the disk of the data root.",
    "aero_months": "Months of the ledger since October 1987, by state.",
    "aero_rows_served": "Flights that readers see.",
    "aero_rows_quarantined": "Lines that were refused, of the months that readers see.",
    "aero_runs": "Runs of the pipeline whose logs are kept, the newest 200, by how they ended.",
    "aero_run_ended_timestamp_seconds": "When the last one of each outcome ended.",
    "aero_gates": "Verdicts of the gates on what was judged last, by outcome.",
    "aero_gates_judged_timestamp_seconds": "When that was.",
    "aero_table_age_hours": "Age of a table's newest event or load, as aero freshness shows it.",
    "aero_table_expected_hours": "The age up to which it is fresh.",
    "aero_table_stale": "1 where it is older.",
    "aero_alerts": "What is the matter now, by rule.",
    "aero_alerts_looked_timestamp_seconds": "When the alerts were looked at last.",
    "aero_schedule_ran_timestamp_seconds": "When new months were looked for last.",
    "aero_stream_lag_records": "Records of the topic that the stream's last batch left behind.",
    "aero_stream_batch_seconds": "How long the last batch took.",
    "aero_stream_batch_timestamp_seconds": "When the last batch began.",
    **server_metrics.HELP,
}


def text(samples: Iterable[Sample]) -> str:
    """The samples as Prometheus reads them, those of a name together: a counter, where it ends in `_total`."""
    by_name: dict[str, list[Sample]] = {name: [] for name in HELP}
    for sample in samples:
        by_name[sample.name].append(sample)
    lines = []
    for name, some in by_name.items():
        kind = "counter" if name.endswith("_total") else "gauge"
        lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} {kind}"] if some else []
        lines += [f"{name}{_labels(one.labels)} {one.value:.17g}" for one in some]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Mapping[str, str]) -> str:
    escaped = {name: value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
               for name, value in labels.items()}  # fmt: skip
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped.items()) + "}" if labels else ""


def samples(look: Look) -> Iterator[Sample]:
    """All that is known now. What fails is logged and left out."""
    yield from machine(look)
    for part in (_ledger, _runs, _gates, _tables, _alerts, _schedule, _stream):
        yield from _known(part, look)


def machine(look: Look) -> Iterator[Sample]:
    """Of these, what services and their servers need of the machine, and do."""
    for part in (_services, _disk, _servers):
        yield from _known(part, look)


def _known(part: Callable[[Look], Iterator[Sample]], look: Look) -> list[Sample]:
    try:
        return list(part(look))
    except (AeroError, ValueError, *doctor.FAULTS) as away:
        log.warning("%s are not known: %s", part.__name__.strip("_"), " ".join(str(away).split()))
        return []


def _services(look: Look) -> Iterator[Sample]:
    for name in services.BY_NAME:
        label = {"service": name}
        process = look.processes.get(name)
        yield Sample("aero_service_running", bool(process and process.alive), label)
        yield Sample("aero_service_ready", look.is_ready(name), label)
        if process and process.alive and (memory := process.memory_bytes()):
            yield Sample("aero_service_memory_bytes", memory, label)
        if process and process.alive and process.started_at:
            yield Sample("aero_service_started_timestamp_seconds", process.started_at, label)


def _disk(look: Look) -> Iterator[Sample]:
    if look.settings.home.is_dir():
        disk = psutil.disk_usage(str(look.settings.home))
        yield Sample("aero_disk_free_bytes", disk.free)
        yield Sample("aero_disk_size_bytes", disk.total)


def _ledger(look: Look) -> Iterator[Sample]:
    if not look.is_ready("namenode", "datanode"):
        return
    ledger = months.read(connections.webhdfs()).values()
    counts = Counter(entry.state for entry in ledger)
    for state in MonthState:
        yield Sample("aero_months", counts[state], {"state": state})
    served = [entry for entry in ledger if entry.is_served]
    yield Sample("aero_rows_served", sum(entry.served_rows or 0 for entry in served))
    yield Sample("aero_rows_quarantined", sum(entry.rows_quarantined or 0 for entry in served))


def _runs(look: Look) -> Iterator[Sample]:
    known = run_logs.runs(look.settings)
    counts = Counter(run.outcome for run in known)
    for outcome in Outcome:
        yield Sample("aero_runs", counts[outcome], {"outcome": outcome})
    last = {run.outcome: run.last_at for run in known if run.outcome != Outcome.OPEN}
    for outcome, at in last.items():
        yield Sample("aero_run_ended_timestamp_seconds", datetime.fromisoformat(at).timestamp(), {"outcome": outcome})


def _gates(look: Look) -> Iterator[Sample]:
    """Of the table's newest file alone, a run's: the table keeps all that were ever judged."""
    if not look.is_ready("namenode", "datanode"):
        return
    lake = connections.webhdfs()
    names = [name for name in webhdfs.names(lake, CHECKS.path) if name.endswith(".tsv")]
    rows = tables.read_file(lake, f"{CHECKS.path}/{max(names)}", CheckRow)[0] if names else []
    if not rows:
        return
    counts = Counter(row.outcome for row in rows)
    for outcome in CheckOutcome:
        yield Sample("aero_gates", counts[outcome], {"outcome": outcome})
    yield Sample("aero_gates_judged_timestamp_seconds", max(row.checked_at for row in rows).timestamp())


def _tables(look: Look) -> Iterator[Sample]:
    if not look.is_ready("namenode", "datanode"):
        return
    for row in tables.read(connections.webhdfs(), FRESHNESS, TableFreshness)[0]:
        label = {"table": row.table_name}
        if row.age_hours is not None:
            yield Sample("aero_table_age_hours", row.age_hours, label)
        yield Sample("aero_table_expected_hours", row.expected_hours, label)
        yield Sample("aero_table_stale", row.state == Freshness.STALE, label)


def _alerts(look: Look) -> Iterator[Sample]:
    looked_at, found = events.read(look.settings)
    for (rule, severity), count in Counter((one.rule, one.severity) for one in found.values()).items():
        yield Sample("aero_alerts", count, {"rule": rule, "severity": severity})
    if looked_at:
        yield Sample("aero_alerts_looked_timestamp_seconds", looked_at.timestamp())


def _schedule(look: Look) -> Iterator[Sample]:
    if ran_at := schedule.report(look.settings).get("ran_at"):
        yield Sample("aero_schedule_ran_timestamp_seconds", datetime.fromisoformat(ran_at).timestamp())


def _stream(look: Look) -> Iterator[Sample]:
    if not look.is_ready("hbase-thrift"):
        return
    with store.opened() as hbase:
        newest = store.batches(hbase, 1)
    for row in newest:
        yield Sample("aero_stream_lag_records", int(row.get("kafka_lag") or 0))
        yield Sample("aero_stream_batch_seconds", int(row.get("batch_milliseconds") or 0) / 1000)
        if started_at := store.instant_if_any(row.get("started_at")):
            yield Sample("aero_stream_batch_timestamp_seconds", started_at.timestamp())


def _servers(look: Look) -> Iterator[Sample]:
    for name, value, labels in server_metrics.values(look):
        yield Sample(name, value, labels)
