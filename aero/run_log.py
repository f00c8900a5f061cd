"""What a run said: `logs/runs/<run id>` of the data root, where its processes write while it goes on.

`run.log` has a line for each thing said, which tests and scripts may read:

    2026-11-29T04:47:00.123Z 20261129T044658.514220Z 2013-02 luigi INFO CleanFlights begins

Instant (UTC), run, month or `-`, who says it, level, words. `spark-<n>.log` is what Spark's drivers wrote, as it is.
aero/ops/run_logs.py puts them together, with what YARN has of the run.
"""

import logging
import os
import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import NamedTuple

from aero.instants import instant_text
from aero.settings import Settings

# Tells the process of a run, and those that it starts, which run it is.
RUN_ID = "AERO_RUN_ID"
# Newest runs that are kept; a run's own log has two files of this many bytes at most.
KEPT_RUNS = 200
MOST_BYTES = 20_000_000
NO_MONTH = "-"
_MONTH = re.compile(r"(\d{4}-\d{2})\b")
_ID = re.compile(r"[\w.-]+")
_SAID = logging.getLogger("run")
_SAID.propagate = False
_SAID.setLevel(logging.INFO)
_SAID.addHandler(logging.NullHandler())


class Line(NamedTuple):
    """One line of a run's log. `at` is an instant's text (aero/instants.py); lines in the order of time sort by it."""

    at: str
    run: str
    month: str
    part: str
    level: str
    words: str

    @classmethod
    def parse(cls, text: str) -> "Line | None":
        """None where it is no such line: one that a kill or a full disk cut."""
        parts = text.split(" ", 5)
        return cls(*parts) if len(parts) == 6 and parts[0].endswith("Z") else None

    def __str__(self) -> str:
        return " ".join(self)


def root(settings: Settings) -> Path:
    return settings.home / "logs" / "runs"


def folder(settings: Settings, run_id: str) -> Path:
    return root(settings) / run_id


def month_in(words: str) -> str:
    """The month that words are about: what they begin with, else NO_MONTH."""
    found = _MONTH.match(words)
    return found[1] if found else NO_MONTH


def say(part: str, words: str, month: str = "", level: int = logging.INFO) -> None:
    """Put words into the log of the run that this process belongs to; nowhere where it belongs to none."""
    _SAID.getChild(part).log(level, "%s", words, extra={"month": month})


class _Format(logging.Formatter):
    """Each line of a record as a Line."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        words = record.getMessage()
        if record.exc_info:
            words += f"\n{self.formatException(record.exc_info)}"
        month = getattr(record, "month", "") or month_in(words)
        part = record.name.removeprefix(f"{_SAID.name}.").removesuffix("-interface")
        at = instant_text(datetime.fromtimestamp(record.created, UTC))
        lines = [one.rstrip() for one in words.splitlines() if one.strip()]
        return "\n".join(str(Line(at, self._run_id, month, part, record.levelname, one)) for one in lines)


def attach(settings: Settings, run_id: str) -> logging.Handler:
    """Have what this process says from now on, and Luigi's warnings and errors, written to the log of this run.

    Older runs than the KEPT_RUNS newest are removed. Raises OSError where the data root cannot be written to.
    """
    own = folder(settings, run_id)
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in sorted(one for one in root(settings).iterdir() if one.is_dir())[:-KEPT_RUNS]:
        shutil.rmtree(old, ignore_errors=True)
    handler = RotatingFileHandler(own / "run.log", maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(_Format(run_id))
    for logger in (_SAID, logging.getLogger("luigi-interface")):
        logger.addHandler(handler)
    return handler


def detach(handler: logging.Handler) -> None:
    """Have what this process says no longer written where `attach` said."""
    for logger in (_SAID, logging.getLogger("luigi-interface")):
        logger.removeHandler(handler)
    handler.close()


def note(settings: Settings, run_id: str, words: str, level: int = logging.INFO) -> None:
    """Put one line into the log of a run that another process writes. A full disk does not hinder the run."""
    with suppress(OSError):
        handler = attach(settings, run_id)
        try:
            say("aero", words, level=level)
        finally:
            detach(handler)


def run_id_of_this_process() -> str | None:
    """The run that this process was started for; None where it was started for none, or by hand."""
    run_id = os.environ.get(RUN_ID, "")
    return run_id if _ID.fullmatch(run_id) else None
