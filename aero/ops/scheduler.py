"""The service `scheduler`: at the set time it looks for new and revised months and loads them through Kafka. All the
time it keeps the ledger and the freshness true, tells people what is wrong (aero/ops/alerts) and Prometheus what is
(aero/ops/metrics_page.py, aero/ops/machine_samples.py), mails dashboards (aero/ops/reports.py), and on one machine
starts a server anew that no longer answers. Once a run it moves live states that are too old for HBase, loads the
weather of the airports that the schedule names, and brings the forecast of delays up to the newest month.

    python -m aero.ops.scheduler

When it last ran outlives it: a time that passed while it was off is made up for, once. A month that fails does not keep
the others back, and is tried again at the next time.
"""

import itertools
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import hdfs
import requests
from pyhive.exc import Error as HiveError
from thrift.Thrift import TException

from aero import connections, pipeline, process_state
from aero.cluster import liveness
from aero.errors import AeroError
from aero.month import Month
from aero.ops import (
    audit_table,
    described,
    freshness,
    machine_samples,
    metrics_page,
    readers,
    reports,
    schedule,
    tables,
)
from aero.ops import months as ledger
from aero.ops.alerts import watch as alerts_watch
from aero.ops.months import MonthState
from aero.ops.schedule import Schedule
from aero.run_reports import Finding, Found, LoadReport
from aero.settings import Settings, load_settings

# How often the ledger and the freshness are compared with what is: a partition that is gone is seen within a minute.
WATCH_SECONDS = 15
# How often the doors' lines are brought to aero_ops.audit, in such turns: each time writes a file a door that was used.
AUDIT_TURNS = 4
POLL_SECONDS = 1
RUNNING = "running"
LOADING, LOADED, FAILED = "loading", "loaded", "failed"
# What a server that is away, or a load that failed, is raised as.
FAULTS = (AeroError, hdfs.HdfsError, requests.RequestException)
log = logging.getLogger("scheduler")


def main() -> None:
    """Run until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("hdfs").setLevel(logging.WARNING)  # it logs every call
    settings = load_settings()
    # SystemExit is raised also while it waits for the pipeline, whose process then ends. The next start runs again.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    watch = threading.Thread(target=_watch, args=(settings,), name="watch", daemon=True)
    watch.start()
    if not settings.is_container:
        liveness.Watch(settings).start()
    alerts = alerts_watch.Watch(settings)
    alerts.start()
    metrics_page.start(settings, alerts.newest)
    machine_samples.start(alerts.newest)
    reports.start(settings)
    report = process_state.file(settings, "scheduler")
    process_state.write(report, process_state.RUNNING)
    try:
        _look_when_due(settings, watch)
    finally:
        process_state.write(report, process_state.ENDED)


def _look_when_due(settings: Settings, watch: threading.Thread | None = None) -> None:
    """Run whenever it is time. Raises AeroError where the watch has ended: the service is started anew."""
    last = schedule.report(settings) or {"ran_at": datetime.now(UTC).isoformat()}
    schedule.write_report(settings, last)
    was_cut = last.get("outcome") == RUNNING
    while True:
        if watch and not watch.is_alive():
            raise AeroError("The watch over the ledger has ended.", "The reason is above; the service starts anew.")
        planned, now = schedule.read(settings), datetime.now(UTC)
        if datetime.fromisoformat(last["ran_at"]) > now:  # The clock was ahead: no time would come until then.
            last |= {"ran_at": now.isoformat()}
            schedule.write_report(settings, last)
        is_due = schedule.due(planned, datetime.fromisoformat(last["ran_at"]), now)
        if is_due or (was_cut and not planned.is_paused):
            last, was_cut = _run(settings, planned), False
        time.sleep(POLL_SECONDS)


def _run(settings: Settings, planned: Schedule) -> dict[str, Any]:
    """One look for new months, and their loads; its report."""
    facts: dict[str, Any] = {"ran_at": datetime.now(UTC).isoformat(), "outcome": RUNNING, "months": []}
    schedule.write_report(settings, facts)
    try:
        facts["months"] = [
            {"when": str(one.when), "found": one.outcome, "family": one.family, "outcome": LOADING}
            for one in _found(planned)
        ]
        schedule.write_report(settings, facts)
        _load(planned, facts["months"])
        failed = [month for month in facts["months"] if month["outcome"] == FAILED]
        facts["outcome"] = f"{len(failed)} of {len(facts['months'])} months failed" if failed else "done"
        needed = (*pipeline.NEEDED, "hbase-thrift", "hbase-thrift2")
        facts["archived"] = pipeline.run(
            "ArchiveLiveFlights", needed, days=planned.live_days, log_days=planned.log_days
        )
        if planned.weather != "none":
            facts["weather"] = _weather("" if planned.weather == "all" else planned.weather)
        facts["forecast"] = pipeline.run("UpdateForecast")
    except FAULTS as error:
        log.error("%s", error)
        facts["outcome"] = f"failed: {str(error).splitlines()[0]}"
    except Exception as fault:  # Whatever it is, the service goes on and says so.
        log.exception("the run failed")
        facts["outcome"] = f"failed: {fault!r}"
    facts["ended_at"] = datetime.now(UTC).isoformat()
    schedule.write_report(settings, facts)
    log.info("run ended: %s", facts["outcome"])
    return facts


def _weather(airports: str) -> dict[str, Any]:
    """Load what was observed this month and the one before, and what is forecast. Of what fails, why: flights do
    without, and the next run has it."""
    today = datetime.now(UTC).date()
    month, facts = Month.of(today), {}
    observed = {"start": month.previous, "end": month, "source": "noaa", "airports": airports}
    for task, wanted in (("LoadWeather", observed), ("LoadWeatherForecasts", {"airports": airports})):
        try:
            facts[task] = pipeline.run(task, **wanted)
        except FAULTS as error:
            log.error("%s", error)
            facts[task] = f"failed: {str(error).splitlines()[0]}"
    return facts


def _found(planned: Schedule) -> list[Found]:
    """The months to load: new, revised, or not in place yet."""
    today = datetime.now(UTC).date()
    start = Month.of(today.replace(day=1) - timedelta(days=31 * planned.months_back))
    report = pipeline.run("FindMonths", start=start, end=Month.of(today), source=planned.source, family=planned.family)
    found = [Found.from_json(content) for content in report]
    for pinned in (month for month in found if month.outcome == Finding.UNCHANGED and month.message):
        log.info("%s", pinned.message)
    unreachable = [month for month in found if month.outcome == Finding.UNKNOWN]
    if unreachable:
        log.warning("%s: %s", unreachable[0].when, unreachable[0].message)
    if unreachable and len(unreachable) == len(found):
        raise AeroError(f"{planned.source} does not answer: {unreachable[0].message}")
    return [month for month in found if month.outcome in (Finding.NEW, Finding.REVISED, Finding.UNFINISHED)]


def _load(planned: Schedule, months: list[dict[str, Any]]) -> None:
    """Load these months of the report and put into it what each came to, and why one failed."""
    if not months:
        return
    log.info("%s", ", ".join(f"{month['when']} is {month['found']}" for month in months))
    accounts: dict[Month, LoadReport | None] = {}
    faults: dict[str, str] = {}
    for family in dict.fromkeys(month["family"] for month in months):
        asked = [Month.parse(month["when"]) for month in months if month["family"] == family]
        try:
            accounts |= pipeline.run_increments(asked, planned.source, family)
        except FAULTS as error:
            log.error("%s", error)
            faults |= {str(when): " ".join(str(error).split()) for when in asked}
    for month in months:
        when = Month.parse(month["when"])
        if account := accounts.get(when):
            month |= {"outcome": LOADED, "rows": account["rows"]["clean"]}
        else:
            month |= {"outcome": FAILED, "message": faults.get(month["when"]) or _why(when)}
            log.error("%s failed: %s", month["when"], month["message"])


def _why(when: Month) -> str:
    """Why a month failed that was tried, as the ledger has it."""
    try:
        entry = ledger.read(connections.webhdfs()).get(when)
    except FAULTS as away:
        return f"the ledger cannot be read: {away}"
    said = entry.message if entry and entry.state == MonthState.FAILED else None
    return said or "aero logs scheduler has the reason"


def _watch(settings: Settings) -> None:
    """Keep aero_ops.months and aero_ops.freshness true, also while a run goes on. Servers may be away for a while."""
    before = None
    description = described.Description()
    folders = readers.FilledFolders(connections.webhdfs())
    for turn in itertools.count():
        if turn % AUDIT_TURNS == 0:
            _publish("audit", lambda: audit_table.publish(connections.webhdfs(), settings))
            _publish("catalog", lambda: description.publish(connections.webhdfs()))
        try:
            folders.look()
            rows = freshness.found(settings, readers.reconcile(folders))
            # Ages grow by themselves: what is written every few minutes is news enough where nothing else has changed.
            states = [(row.table_name, row.state, row.newest_load_at) for row in rows]
            if states != before or tables.now().minute % 5 == 0:
                freshness.write(connections.webhdfs(), rows)
                before = states
        except (*FAULTS, HiveError, TException, OSError) as away:
            log.warning("the ledger could not be compared: %s", away)
        except Exception:  # Whatever it is, such as a value that nobody expected, the watch goes on.
            log.exception("the ledger could not be compared")
        time.sleep(WATCH_SECONDS)


def _publish(what: str, publish: Callable[[], object]) -> None:
    """Bring what is new to a table. What is not brought now is brought the next time."""
    try:
        publish()
    except (*FAULTS, OSError) as away:
        log.warning("the %s could not be published: %s", what, away)
    except Exception:  # Whatever it is, the watch goes on.
        log.exception("the %s could not be published", what)


if __name__ == "__main__":
    main()
