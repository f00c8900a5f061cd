"""What the data say: months that failed, views that are behind, the last look for new months, drift."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial

from aero import connections, kafka_clients
from aero.cluster import drift, services
from aero.datasets import BATCH_VIEWS
from aero.ops import freshness, months, schedule
from aero.ops.doctor.finding import Finding, Look
from aero.ops.freshness import Freshness
from aero.ops.months import MonthState

_LISTED = 5


def failed_months(look: Look) -> list[Finding]:
    """Months that a load could not bring to readers."""
    if not look.is_ready("datanode"):
        return []
    ledger, damages = months.look(connections.webhdfs())
    failed = [entry for entry in ledger.values() if entry.state == MonthState.FAILED]
    found = []
    if failed:
        evidence = tuple(f"{entry.when}: {entry.message}" for entry in failed[:_LISTED])
        what = f"{len(failed)} months failed; readers have what they had before."
        found.append(Finding("failed-months", what, evidence, "aero months --failed; mend, and load the range again"))
    if damages:
        what = f"{len(damages)} lines of the month ledger can't be read: of their months nothing is known."
        evidence = tuple(one.problem for one in damages[:_LISTED])
        found.append(Finding("ledger", what, evidence, "aero load of these months writes their lines anew"))
    return found


def views_behind(look: Look) -> list[Finding]:
    """Batch views that are not made of what readers see of the flights, for longer than a load takes."""
    if not look.is_ready("datanode", "metastore"):
        return []
    rows = freshness.found(look.settings, months.read(connections.webhdfs()))
    views = {view.name for view in BATCH_VIEWS}
    stale = [row for row in rows if row.table_name in views and row.state == Freshness.STALE]
    if not stale:
        return []
    what = f"{len(stale)} batch views do not count the flights that readers see."
    evidence = tuple(f"{row.table_name} since {row.age_hours:.0f} h" for row in stale[:_LISTED])
    return [Finding("views-behind", what, evidence, "aero load of a range that is there builds what is missing")]


def scheduler(look: Look) -> list[Finding]:
    """The last look for new months failed, or the clock went back behind it."""
    report = schedule.report(look.settings)
    outcome, ran_at = str(report.get("outcome", "")), str(report.get("ran_at", ""))
    found = []
    if "failed" in outcome:
        what = "The last look for new months did not load all."
        evidence = tuple(f"{one['when']}: {one['message']}" for one in report.get("months", []) if one.get("message"))
        fix = "aero schedule show; mend, then: aero schedule run-now"
        found.append(Finding("schedule", what, (f"{ran_at[:16]}: {outcome}", *evidence[:_LISTED]), fix))
    if ran_at and datetime.fromisoformat(ran_at) > datetime.now(UTC):
        what = "This machine's clock went back: the scheduler's last run lies in the future."
        found.append(Finding("clock", what, (f"it ran at {ran_at}",), "Set the clock: timedatectl set-ntp true"))
    return found


def drifted(look: Look) -> list[Finding]:
    """Folders, tables and topics that are not what their files say."""
    looks: dict[str, Callable[[], None]] = {
        "datanode": lambda: drift.hdfs_folders(connections.webhdfs()),
        "hiveserver2": _hive,
        "hbase-thrift": _hbase,
        "kafka": partial(_kafka, look),
    }
    found = []
    for name in (one for one in services.BY_NAME if one in looks and look.is_ready(one)):
        try:
            looks[name]()
        except drift.Drift as differs:
            found.append(Finding.of("drift", differs))
    return found


def _hive() -> None:
    with connections.hive() as hive:
        drift.hive_tables(hive.cursor())


def _hbase() -> None:
    with closing(connections.hbase()) as hbase:
        drift.hbase_tables(hbase)


def _kafka(look: Look) -> None:
    with closing(kafka_clients.admin(look.settings)) as admin:
        drift.kafka_topics(admin, set(admin.list_topics()))
