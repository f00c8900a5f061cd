"""What Luigi and the tasks of a run do, for the run's log (aero/run_log.py)."""

from collections import Counter
from contextlib import suppress
from typing import Any

import luigi

from aero import run_log
from aero.datasets import FLIGHTS, Dataset
from aero.instants import utc_now
from aero.month import Month
from aero.run_reports import BuiltView, CleaningOutcome, Finding, Landing, Made, ViewOutcome
from aero.settings import load_settings
from luigi_tasks.run import Records, Reported

# What nothing was done for: counted, and no line each.
QUIET = {Finding.UNCHANGED, Finding.ABSENT, CleaningOutcome.UNCHANGED, ViewOutcome.UNCHANGED}

# The files of this run in HDFS by the begin of their hash, with which the ids of loads begin too.
_LANDED: dict[str, str | None] = {}


def follow() -> None:
    """From now on have this process' log of its run say which task begins and ends, and what came of each month."""
    run_id = run_log.run_id_of_this_process()
    if run_id is None:
        return
    with suppress(OSError):  # A full disk does not hinder the run.
        run_log.attach(load_settings(), run_id)
    luigi.Task.event_handler(luigi.Event.START)(_begins)
    luigi.Task.event_handler(luigi.Event.SUCCESS)(_done)
    luigi.Task.event_handler(luigi.Event.PROCESSING_TIME)(_took)


def _begins(task: luigi.Task) -> None:
    run_log.say("luigi", f"{task.task_family} begins", _month(task))


def _took(task: luigi.Task, seconds: float) -> None:
    run_log.say("luigi", f"{task.task_family} took {seconds:.1f} s", _month(task))


def _done(task: luigi.Task) -> None:
    if isinstance(task, Reported):
        _tell(task.made())
    output = task.output()
    if not isinstance(output, Records):
        return
    records = output.records()
    counts = Counter(_outcome(record) for record in records)
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    run_log.say("luigi", f"{task.task_family} done: {said or 'nothing to do'}", _month(task))
    _tell_lineage(records)
    for record in records:
        # A landing said so when it was done.
        if not isinstance(record, Landing) and (outcome := _outcome(record)) not in QUIET:
            words = f"{task.task_family} {getattr(record, 'view', '')} {outcome} {getattr(record, 'message', '')}"
            run_log.say("luigi", " ".join(words.split()), _month_of(record))


def _tell_lineage(records: list[Any]) -> None:
    """Tell of each partition that was made of what it was, as OpenLineage has it."""
    _LANDED.update({one.sha256[:12]: one.path for one in records if isinstance(one, Landing) and one.sha256})
    _tell([_made(one) for one in records if _outcome(one) in (CleaningOutcome.CLEANED, ViewOutcome.BUILT)])


def _made(one: Any) -> Made:
    if isinstance(one, BuiltView):
        return Made(Dataset("batch", one.view).name, _month_of(one), (FLIGHTS.name,))
    raw = _LANDED.get(one.load_id[:12])
    return Made(FLIGHTS.name, _month_of(one), (raw,) if raw else (), one.rows_clean)


def _tell(made: list[Made]) -> None:
    run_id = run_log.run_id_of_this_process()
    if not made or run_id is None:
        return
    from aero.ops import openlineage  # It takes its time, and most runs make nothing.

    settings = load_settings()
    events = [event for one in made for event in openlineage.run_events(settings, run_id, utc_now(), one)]
    openlineage.tell(settings, run_id, events)


def _outcome(record: Any) -> str:
    return getattr(record, "outcome", "recorded")


def _month_of(record: Any) -> str:
    """The month that a record is about, or its year."""
    if when := getattr(record, "when", None):
        return str(when)
    year, month = getattr(record, "year", None), getattr(record, "month", None)
    return str(Month(year, month)) if year and month else str(year or run_log.NO_MONTH)


def _month(task: luigi.Task) -> str:
    """The month of a task that has one only."""
    start, end = getattr(task, "start", None), getattr(task, "end", None)
    return f"{start:%Y-%m}" if start and start == end else run_log.NO_MONTH
