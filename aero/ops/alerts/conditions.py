"""What rules look at beside the checks of `aero doctor`: one finding for each thing that it is about.

Each takes what is known of the services and the rule's limits. It may ask only services that are ready, by
`look.is_ready`: of the others nothing is known, and what was the matter stays so.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import psutil

from aero import audit, connections
from aero.audit import Outcome
from aero.cluster import logs, services
from aero.datasets import FLIGHTS_QUARANTINE, FRESHNESS, LIVE_VIEWS, REPOSITORY
from aero.instants import utc_now
from aero.live import store
from aero.live.sources import SOURCES
from aero.month import Month
from aero.ops import doctor, months, schedule, tables, track
from aero.ops.doctor.finding import Finding, Look
from aero.ops.freshness import Freshness, TableFreshness
from aero.ops.months import MonthEntry, MonthState

Limits = Mapping[str, float]
Condition = Callable[[Look, Limits], list[Finding]]
# A line of the supervisor's log; a service that somebody stops has `stopped` there.
_ENDED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ \w+ (exited|spawned): '?([\w-]+)'?(.*)")


def stopped(look: Look, _limits: Limits) -> list[Finding]:
    """Services that somebody stopped while the others run; of those of live flights the stream, while a source sends.
    One that was never started is missed by nobody; of a cluster of containers all are to be there, since nobody knows
    which were.
    """
    wanted = [*(one.name for one in services.BASE), *(["stream"] if look.waits.keys() & SOURCES.keys() else [])]
    names = [name for name in wanted if name in look.processes and name not in look.waits]
    off = [name for name in names if look.processes[name].state == "STOPPED"]
    off = [name for name in off if look.processes[name].started_at or look.settings.is_container]
    return [Finding("stopped", f"{name} was stopped.", (), f"aero up {name}", name) for name in off]


def ended_by_itself(look: Look, limits: Limits) -> list[Finding]:
    """Servers that ended, were killed, or were ended since they were silent, and were started anew."""
    ended: dict[str, list[tuple[datetime, str]]] = {}
    started: dict[str, datetime] = {}
    for at, kind, name, words in map(re.Match.groups, filter(None, map(_ENDED.match, _supervisor(look)))):
        when = datetime.fromisoformat(at)  # In the supervisor's zone: compared with each other alone.
        if kind == "spawned":
            started[name] = when
        elif "; expected" not in words:
            ended.setdefault(name, []).append((when, words.strip()))
    recent, found = timedelta(minutes=limits["minutes"]), []
    for name in ended.keys() & started.keys() & look.waits.keys():
        since = utc_now() - datetime.fromtimestamp(look.processes[name].started_at, UTC)
        lines = [words for when, words in ended[name] if since + (started[name] - when) <= recent]
        if len(lines) >= limits["times"]:
            what = f"{name} ended by itself {len(lines)} times in {recent.seconds // 60} minutes; it was started anew."
            found.append(Finding("restarted", what, tuple(lines[-3:]), f"aero logs {name}", name))
    return found


def _supervisor(look: Look) -> list[str]:
    return logs.tail(look.settings, "supervisord")


def disk_filling(look: Look, limits: Limits) -> list[Finding]:
    """The disk of the data will be full."""
    disk = psutil.disk_usage(str(look.settings.home))
    free = disk.free / 2**30
    if free >= limits["free_gib"] and disk.percent <= limits["used_percent"]:
        return []
    what = f"The disk of {look.settings.home} fills: {free:.0f} GiB are free, {disk.percent:.0f} % are used."
    fix = "aero hdfs dfs -du -h / says what is large in HDFS; free some, or add a disk"
    return [Finding("disk-filling", what, (), fix, str(look.settings.home))]


def months_failed(look: Look, _limits: Limits) -> list[Finding]:
    """Months that gates refused, or a load could not bring to readers."""
    failed = [entry for entry in _ledger(look) if entry.state == MonthState.FAILED]
    fix = "aero checks {0}; mend it and load it again, or: aero accept {0} --because …"
    return [
        Finding("month-failed", f"{one.when} failed: {one.message}", (), fix.format(one.when), str(one.when))
        for one in failed
    ]


def months_late(look: Look, _limits: Limits) -> list[Finding]:
    """Months that BTS should have published, that the scheduler has looked for, and that readers do not see. Where it
    is paused nobody waits for any."""
    planned, report = schedule.read(look.settings), schedule.report(look.settings)
    if planned.is_paused or "ended_at" not in report:
        return []
    today = utc_now().date()
    window = set(months.expected(today)) & {Month.of(today).plus(-back) for back in range(planned.months_back + 1)}
    late = [one for one in _ledger(look) if one.when in window and not one.is_served and one.state != MonthState.FAILED]
    fix = f"aero schedule show; aero load of it, once {planned.source} has it"
    return [
        Finding("month-late", f"{one.when} should be there by now: {one.message or one.state}.", (), fix, str(one.when))
        for one in late
    ]


def quarantine(look: Look, limits: Limits) -> list[Finding]:
    """Months of which more lines than usual were refused, among those that readers see."""
    found = []
    for one in _ledger(look):
        is_known = one.is_served and one.load_id == one.served_load_id and one.rows_in
        if is_known and (share := 100 * (one.rows_quarantined or 0) / (one.rows_in or 1)) > limits["percent"]:
            what = f"Of {one.when} {share:.1f} % of the lines are in quarantine."
            fix = f"aero sql {FLIGHTS_QUARANTINE.hql('by_reason').relative_to(REPOSITORY)}"
            found.append(Finding("quarantine", what, (f"{one.rows_quarantined} of {one.rows_in}",), fix, str(one.when)))
    return found


def _ledger(look: Look) -> list[MonthEntry]:
    return list(months.read(connections.webhdfs()).values()) if look.is_ready("namenode", "datanode") else []


def tables_stale(look: Look, _limits: Limits) -> list[Finding]:
    """Tables of history that are older than they should be, as the scheduler wrote it down (aero/ops/freshness.py)."""
    if not look.is_ready("namenode", "datanode"):
        return []
    rows, _ = tables.read(connections.webhdfs(), FRESHNESS, TableFreshness)
    live = {view.name for view in LIVE_VIEWS}
    stale = [row for row in rows if row.state == Freshness.STALE and row.table_name not in live]
    fix = "aero freshness; aero load of a range that is there builds what is missing"
    return [
        Finding("table-stale", f"{row.table_name} is stale: fresh up to {row.expected_hours:.0f} h.",
                (f"{row.age_hours or 0:.0f} h old",), fix, row.table_name)
        for row in stale
    ]  # fmt: skip


def forecast_drift(look: Look, _limits: Limits) -> list[Finding]:
    """The forecast of delays was far from what came in the last days that were judged."""
    day = track.newest(connections.webhdfs()) if look.is_ready("namenode", "datanode") else None
    if day is None or not day.is_drifting:
        return []
    what = f"The forecast of delays drifts: up to {day.flight_date} it is far from what came."
    evidence = (f"{day.late_flights} of {day.arrived_flights} late, {day.expected_late_flights:.0f} expected",)
    fix = f"aero forecast track; a training on newer months, or: aero forecast promote {day.training_id} --help"
    return [Finding("forecast-drift", what, evidence, fix, str(day.flight_date))]


def stream_behind(look: Look, limits: Limits) -> list[Finding]:
    """The stream's last batch left more records in the topic than it should."""
    if "stream" not in look.waits or not look.is_ready("hbase-thrift"):
        return []
    with store.opened() as hbase:
        newest = store.batches(hbase, 1)
    lag = int((newest[0].get("kafka_lag") if newest else 0) or 0)
    if lag <= limits["records"]:
        return []
    fix = "aero live status; aero logs stream. It gets more cores where YARN has them: docs/services.md, “Sizes”"
    return [Finding("stream-behind", f"The stream is {lag} records behind.", (), fix, "stream")]


def sign_ins(look: Look, limits: Limits) -> list[Finding]:
    """Somebody tries names and passwords."""
    since = utc_now() - timedelta(minutes=limits["minutes"])
    tried = audit.read(look.settings.home, since, Outcome.NOT_SIGNED_IN)
    found = []
    for address, times in Counter(entry.address for entry in tried).items():
        if times >= limits["times"]:
            names = Counter(f"{entry.who} at {entry.door}" for entry in tried if entry.address == address)
            what = f"From {address or 'an unknown address'} {times} sign-ins failed in {limits['minutes']:.0f} minutes."
            evidence = tuple(f"{name}: {count}" for name, count in names.most_common(3))
            do = "aero audit --outcome 'not signed in'; aero firewall"
            found.append(Finding("sign-ins", what, evidence, do, address or "unknown"))
    return found


OURS: Mapping[str, Condition] = {
    one.__name__: one
    for one in (
        stopped, ended_by_itself, disk_filling, months_failed, months_late, quarantine, tables_stale, forecast_drift,
        stream_behind, sign_ins,
    )
}  # fmt: skip


def of(name: str) -> Condition:
    """The condition of this name, or the doctor's check. Raises KeyError."""
    if name in OURS:
        return OURS[name]
    check = doctor.BY_NAME[name]
    return lambda look, _limits: check(look)
