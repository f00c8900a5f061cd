"""The log of a run from all that wrote of it: Luigi and its tasks, Spark's driver, YARN, and Spark's containers.

What each wrote stays as it is; here it gets one format, aero.run_log.Line, and the order of time.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from aero import pipeline, run_log
from aero.cluster import probes, spark, spark_events
from aero.errors import AeroError
from aero.instants import instant_text
from aero.month import Month
from aero.run_log import Line
from aero.settings import Settings

# As jobs/conf/log4j2.properties has it; Java's zone is UTC.
_LOG4J = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:[.,](\d{3}))? (\w+) (.*)")
_APPLICATION = re.compile(rf"{spark.APPLICATION}(application_\d+_\d+)")
_OF_A_MONTH = re.compile(r"(.+Z)-(\d{4}-\d{2})")
# What a container writes for us; the rest is how YARN starts it.
_OF_CONTAINERS = ("stderr", "stdout")
NO_END = "no end said"
# What is read of a log's beginning and of its end, to know what its run was and how it ended.
END_BYTES = 4096


class Outcome(StrEnum):
    """How a run ended. OPEN: it goes on, or was killed with all that would have said so."""

    DONE = "done"
    FAILED = "failed"
    KILLED = "killed"
    STOPPED = "stopped"
    OPEN = "open"


# By the first word of how aero/pipeline.py says it.
_BY_WORD = {"done": Outcome.DONE, "failed": Outcome.FAILED, "ended": Outcome.KILLED, "stopped": Outcome.STOPPED}


class Run(NamedTuple):
    """One run as its log has it. `ended` is how, or that it goes on or was killed with all that would have said it;
    `last_at` is the instant of its last line."""

    run: str
    what: str
    began_at: str
    last_at: str
    ended: str

    @property
    def outcome(self) -> Outcome:
        return _BY_WORD.get(self.ended.split(" ")[0], Outcome.OPEN)


def runs(settings: Settings) -> list[Run]:
    """The runs whose logs are kept, oldest first."""
    root = run_log.root(settings)
    return [_run(settings, one.name) for one in sorted(root.iterdir()) if one.is_dir()] if root.is_dir() else []


def _run(settings: Settings, run_id: str) -> Run:
    ends = [text for file in _files(settings, run_id) if file.is_file() for text in _ends(file)]
    own = [line for one in ends if (line := Line.parse(one))]
    if not own:
        return Run(run_id, "", "", "", NO_END)
    first, last = own[0], own[-1]
    ended = last.words.removeprefix(pipeline.ENDED) if last.words.startswith(pipeline.ENDED) else NO_END
    return Run(run_id, first.words.removeprefix(pipeline.BEGINS), first.at, last.at, ended)


def _ends(file: Path) -> list[str]:
    """The lines with which a file begins and ends: it may be large, and Prometheus asks every ten seconds."""
    with file.open("rb") as log:
        head = log.read(END_BYTES)
        log.seek(max(len(head), file.stat().st_size - END_BYTES))
        tail = log.read()
    return [*head.decode(errors="replace").splitlines(), *tail.decode(errors="replace").splitlines()]


def found(settings: Settings, asked: str) -> tuple[str, str | None]:
    """The id of the run that is meant, and the month where only that is: an id, how it begins, an increment's, or
    nothing for the last one. Raises AeroError where there is none, or more than one."""
    root = run_log.root(settings)
    names = sorted(one.name for one in root.iterdir() if one.is_dir()) if root.is_dir() else []
    if of_month := _OF_A_MONTH.fullmatch(asked):
        return found(settings, of_month[1])[0], of_month[2]
    meant = [name for name in names if name == asked] or [name for name in names if name.startswith(asked)]
    if not meant:
        what = f"No log of a run {asked!r} is kept" if asked else "No run has a log yet"
        raise AeroError(f"{what} in {root}.", "Which there are: aero logs --runs")
    if asked and len(meant) > 1:
        raise AeroError(f"{len(meant)} runs begin with {asked!r}: {', '.join(meant[:3])} …", "Say more of its id.")
    return meant[-1], None


def lines(settings: Settings, run_id: str, month: Month | str | None = None) -> list[Line]:
    """All that is known of the run, in the order of time; of `month`, what is about it alone."""
    own = _own(settings, run_id)
    known = [*own, *_of_drivers(settings, run_id)]
    for application in _applications(settings, run_id, own):
        known += [*_of_yarn(settings, run_id, application), *_of_containers(settings, run_id, application)]
    return sorted((one for one in known if month is None or one.month == str(month)), key=lambda one: one.at)


def _own(settings: Settings, run_id: str) -> list[Line]:
    texts = [_text(file) for file in _files(settings, run_id)]
    return [line for text in texts for one in text.splitlines() if (line := Line.parse(one))]


def _files(settings: Settings, run_id: str) -> list[Path]:
    return [run_log.folder(settings, run_id) / name for name in ("run.log.1", "run.log")]


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def _of_drivers(settings: Settings, run_id: str) -> Iterator[Line]:
    for file in sorted(run_log.folder(settings, run_id).glob("spark-*.log")):
        yield from of_log4j(file, run_id, "spark-driver")


def of_log4j(file: Path, run_id: str, part: str) -> Iterator[Line]:
    """The lines of a log of Spark's. What has no time of its own, such as a stack trace, has that of the line before;
    before the first, that of the file."""
    at, level = instant_text(datetime.fromtimestamp(file.stat().st_mtime, UTC)), "INFO"
    texts = [one for one in _text(file).splitlines() if one.strip()]
    if first := next((one for one in texts if _LOG4J.match(one)), None):
        at = _at(first)
    for text in texts:
        words = text
        if of_log4j := _LOG4J.match(text):
            at, level, words = _at(text), of_log4j[4], of_log4j[5]
        yield Line(at, run_id, run_log.month_in(words), part, level, words.rstrip())


def _at(text: str) -> str:
    parts = _LOG4J.match(text)
    assert parts, "only what matches is asked"
    return f"{parts[1]}T{parts[2]}.{parts[3] or '000'}Z"


def _applications(settings: Settings, run_id: str, own: Iterable[Line]) -> list[str]:
    """The ids of the run's applications: those that it said, and those that YARN knows by its tag."""
    said = [found[1] for line in own if (found := _APPLICATION.match(line.words))]
    path = f"/ws/v1/cluster/apps?applicationTags={spark_events.tag(run_id)}"
    known = ((probes.json_page(settings, "RESOURCEMANAGER_HTTP", path) or {}).get("apps") or {}).get("app", [])
    return list(dict.fromkeys([*said, *(one["id"] for one in known)]))


def _of_yarn(settings: Settings, run_id: str, application: str) -> Iterator[Line]:
    """When it began and how it ended, where YARN still knows it."""
    page = probes.json_page(settings, "RESOURCEMANAGER_HTTP", f"/ws/v1/cluster/apps/{application}")
    app: dict[str, Any] = (page or {}).get("app") or {}
    if app.get("startedTime"):
        yield _line(run_id, app["startedTime"], "INFO", f"{application} {app.get('name', '')} submitted")
    if app.get("finishedTime"):
        used = f"{app.get('memorySeconds', 0):,} MB s, {app.get('vcoreSeconds', 0):,} core s"
        how = f"{app.get('finalStatus', '')} {' '.join(str(app.get('diagnostics', '')).split())}".rstrip()
        level = "INFO" if app.get("finalStatus") == "SUCCEEDED" else "ERROR"
        yield _line(run_id, app["finishedTime"], level, f"{application} ended {how}; {used}")


def _line(run_id: str, milliseconds: int, level: str, words: str) -> Line:
    return Line(instant_text(datetime.fromtimestamp(milliseconds / 1000, UTC)), run_id, "-", "yarn", level, words)


def _of_containers(settings: Settings, run_id: str, application: str) -> Iterator[Line]:
    """What the application's containers wrote on this machine, as long as YARN keeps it."""
    for container in sorted((settings.home / "logs" / "yarn" / application).glob("container_*")):
        number = container.name.rpartition("_")[2]
        for name in _OF_CONTAINERS:
            if (container / name).is_file():
                yield from of_log4j(container / name, run_id, f"container-{number}")
