"""Tables as readers saw them at some time: the same columns over the folders of loads that were served then.

For a question a database of its own is made, with external tables that own no file; it is dropped after the answer. One
that a kill left behind is dropped a day later, by the next question as of some time.
"""

import re
import signal
import sys
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import hdfs

from aero import connections, hql, metastore, sql_names, webhdfs
from aero.datasets import AS_OF, SWITCHED, Dataset
from aero.errors import AeroError
from aero.ops import publications, tables
from aero.settings import load_settings

# A question takes no longer.
LONGEST = timedelta(days=1)
# Statements begin so that change nothing.
QUESTIONS = ("SELECT", "WITH", "FROM", "EXPLAIN", "SHOW", "DESCRIBE", "DESC")
KEEPS_FILES = "'external.table.purge' = 'false'"
TIME = "%Y-%m-%d %H:%M:%S"
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?) ?([A-Z][\w/+-]*|[+-]\d\d:\d\d)?")
_OURS = re.compile(rf"{AS_OF}(\d{{14}})_[0-9a-f]+")


@dataclass(frozen=True)
class Past:
    """Tables at an instant: the folders of their partitions then. `old` are those that readers see no longer, `gone`
    the partitions that are left out since their load of then is kept no longer."""

    at: datetime
    loads: dict[Dataset, publications.Locations]
    old: list[str]
    gone: list[str]

    def statement(self, statement: str, database: str) -> str:
        """A statement that asks the tables in `database` in the place of those of now."""
        return sql_names.moved(statement, {dataset.name: database for dataset in self.loads})


def instant(text: str) -> datetime:
    """The instant of a date (its first moment), or a date and time, in UTC or the zone behind it. Raises ValueError."""
    match = _INSTANT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no time")
    when, zone = datetime.fromisoformat(match[1]), match[2] or "Z"
    try:
        known = datetime.strptime(zone, "%z").tzinfo if zone[0] in "+-Z" else ZoneInfo(zone)
    except (KeyError, OSError):
        raise ValueError(f"{zone!r} is no time zone") from None
    try:
        return when.replace(tzinfo=known).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is in no year from 1 to 9999 in UTC") from None


def must_be_questions(statements: Iterable[str]) -> None:
    """Raises AeroError for a statement that may change something."""
    for statement in statements:
        words = sql_names.words(statement)
        if not words or words[0] not in QUESTIONS or "INSERT" in words:
            raise AeroError(
                f"The past can only be asked, not changed. The statement was:\n{statement}",
                f"As of a time, begin with one of {', '.join(QUESTIONS)}, and name tables with their database.",
            )


def looked_up(client: hdfs.Client, statements: Iterable[str], at: datetime, is_partial: bool = False) -> Past:
    """The tables that statements name, as they were. Raises AeroError where the history of one begins later, and where
    a load of then is kept no longer, unless `is_partial`.
    """
    named = set().union(*map(sql_names.tables, statements))
    past = Past(at, {}, [], [])
    for dataset in SWITCHED:
        if dataset.name in named:
            now, then = metastore.locations(dataset), _served(client, dataset, at)
            old = {one: location for one, location in then.items() if now.get(one) != location}
            gone = {one: location for one, location in old.items() if not webhdfs.exists(client, location)}
            past.loads[dataset] = {one: location for one, location in then.items() if one not in gone}
            past.old.extend(location for one, location in old.items() if one not in gone)
            past.gone.extend(f"{dataset.name} {_in_words(one)} ({_load(gone[one])})" for one in gone)
    if past.gone and not is_partial:
        raise _kept_no_longer(past.gone)
    return past


def _served(client: hdfs.Client, dataset: Dataset, at: datetime) -> publications.Locations:
    history = publications.read(client, dataset)
    if not history.switches:
        raise AeroError(f"{dataset.name} has no history yet.", "It begins with the next load: aero load --help")
    began = history.switches[0].published_at
    if at < began:
        raise AeroError(
            f"The history of {dataset.name} begins at {began:{TIME}} UTC; {at:{TIME}} UTC was before.",
            "Ask as of then, or later.",
        )
    return history.served(at)


def _kept_no_longer(gone: list[str]) -> AeroError:
    more = f" and {len(gone) - 5} more" if len(gone) > 5 else ""
    return AeroError(
        f"The loads of then are kept no longer: {', '.join(gone[:5])}{more}.",
        f"Of each month the last {load_settings().keep_loads} loads are kept; AERO_KEEP_LOADS=10 in the environment of"
        " the loads keeps more from now on. --partial answers without these.",
    )


def must_be_kept(client: hdfs.Client, past: Past) -> None:
    """Raises AeroError where a load was deleted since it was looked up: a question that read it may lack rows."""
    gone = [location for location in past.old if not webhdfs.exists(client, location)]
    if gone:
        raise _kept_no_longer(gone)


@contextmanager
def database(past: Past) -> Iterator[str]:
    """A database of these tables, to ask in, by its name. It is gone in the end, also after SIGTERM and SIGHUP."""
    name = f"{AS_OF}{tables.now():%Y%m%d%H%M%S}_{uuid.uuid4().hex[:8]}"
    before = {one: signal.signal(one, lambda *_: sys.exit(1)) for one in (signal.SIGTERM, signal.SIGHUP)}
    try:
        with connections.hive() as hive:
            cursor = hive.cursor()
            _drop_left(cursor)
            cursor.execute(f"CREATE DATABASE {name} COMMENT 'As of {past.at:{TIME}} UTC: aero sql drops it'")
            for dataset, loads in past.loads.items():
                _create(cursor, dataset, loads, name)
        yield name
    finally:
        with connections.hive() as hive:  # The other connection may be in the middle of an answer.
            hive.cursor().execute(f"DROP DATABASE IF EXISTS {name} CASCADE")
        for number, handler in before.items():
            signal.signal(number, handler)


def _create(cursor: Any, dataset: Dataset, loads: publications.Locations, database: str) -> None:
    """Dropping it must leave the files: AeroError where that is not said."""
    [create] = hql.statements(dataset.hql("create"))
    if not create.startswith("CREATE EXTERNAL TABLE") or KEEPS_FILES not in create:
        raise AeroError(f"{dataset.hql('create')}: dropping the table would delete its files", f"Say {KEEPS_FILES}.")
    cursor.execute(sql_names.moved(create, {dataset.name: database}))
    for location in loads.values():
        hql.must_be_plain(location, f"The folder of a load of {dataset.name}")
    added = (f"PARTITION ({publications.sql(dataset, one)}) LOCATION '{location}'" for one, location in loads.items())
    if loads:
        cursor.execute(f"ALTER TABLE {database}.{dataset.table} ADD {' '.join(added)}")


def _drop_left(cursor: Any) -> None:
    cursor.execute("SHOW DATABASES")
    for [name] in cursor.fetchall():
        match = _OURS.fullmatch(name)
        if match and datetime.strptime(match[1] + "Z", "%Y%m%d%H%M%S%z") < tables.now() - LONGEST:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} CASCADE")


def _in_words(partition: metastore.Partition) -> str:
    """`2013-02`, or `2013`."""
    return "-".join(f"{value:02d}" for value in partition)


def _load(location: str) -> str:
    return location.rpartition("/")[2].removeprefix("load=")
