"""What exists and differs from its file of the repository. `aero up` makes what is missing, and names it; `aero doctor`
only looks.
"""

import re
import tomllib
from collections.abc import Iterator
from itertools import takewhile, zip_longest
from pathlib import Path
from typing import Any

from aero import hql
from aero.datasets import REPOSITORY
from aero.errors import AeroError

OVER_HBASE = "STORED BY 'aero.hive.HBaseTableHandler'"


class Drift(AeroError):
    """Something exists that differs from its file. It was not changed."""


def declared(file: str) -> dict[str, Any]:
    """The content of a TOML file of the repository."""
    return tomllib.loads((REPOSITORY / file).read_text())


def hdfs_folders(client: Any) -> None:
    """Raises Drift that names the folders of hadoop/folders.toml that have another owner or mode."""
    differing = []
    for folder in declared("hadoop/folders.toml")["folder"]:
        status = client.status(folder["path"], strict=False) or {}
        for what, is_now in (("owner", status.get("owner")), ("mode", status.get("permission"))):
            if status and is_now != folder[what]:
                differing.append(f"{folder['path']} has {what} {is_now}, its file says {folder[what]}")
    if differing:
        raise Drift("HDFS differs from hadoop/folders.toml: " + "; ".join(differing), "Change the one or the other.")


def hbase_tables(hbase: Any) -> None:
    """Raises Drift that names the tables of hbase/tables.toml that have other families."""
    ours = {table["name"] for table in declared("hbase/tables.toml")["table"]}
    there = {name.decode() for name in hbase.tables()} & ours
    families = {name: sorted(hbase.table(name).families()) for name in there}
    wrong = [f"{name} has families {found}" for name, found in families.items() if found not in ([b"d"], [b"d:"])]
    if wrong:
        raise Drift("HBase differs from hbase/tables.toml: " + "; ".join(wrong), "Every table has one family, d.")


def kafka_topics(admin: Any, existing: set[str]) -> None:
    """Raises Drift that names those of the existing topics that have another number of partitions than in
    kafka/topics.toml."""
    ours = {topic["name"]: topic["partitions"] for topic in declared("kafka/topics.toml")["topic"]}
    there = sorted(existing & set(ours))
    described = admin.describe_topics(there) if there else []
    partitions = {topic["name"]: len(topic["partitions"]) for topic in described}
    wrong = [
        f"{name} has {count} partitions, its file says {ours[name]}"
        for name, count in partitions.items()
        if count != ours[name]
    ]
    if wrong:
        raise Drift("Kafka differs from kafka/topics.toml: " + "; ".join(wrong), "Change the file, or alter the topic.")


def hive_tables(cursor: Any) -> None:
    """Raises Drift as `hive_drift` has it. Columns that only a file has, at its end, are none: a start adds them."""
    differing = [
        one for table, create, is_there in table_files(cursor) if is_there for one in columns(cursor, table, create)[2]
    ]
    if differing:
        raise hive_drift(differing)


def hive_drift(differing: list[str]) -> Drift:
    """That tables have other columns than their files, which `columns` names."""
    return Drift(
        "Hive differs from its files: " + "; ".join(differing),
        "New columns go to the end, and are added then. An external table can be dropped and made again: its files"
        " stay.",
    )


def table_files(cursor: Any) -> Iterator[tuple[str, Path, bool]]:
    """Every table that there should be, its hive/<database>/<table>/create.hql, and whether it is there."""
    for database in sorted((REPOSITORY / "hive").glob("aero_*")):
        cursor.execute(f"SHOW TABLES IN {database.name}")
        existing = {row[0] for row in cursor.fetchall()}
        for create in sorted(database.glob("*/create.hql")):
            yield f"{database.name}.{create.parent.name}", create, create.parent.name in existing


def columns(cursor: Any, table: str, create: Path) -> tuple[list[hql.Column], bool, list[str]]:
    """The columns that a table lacks at its end, whether it has partitions, and where it differs from its file."""
    of_file = hql.columns(create)
    should = [(column.name, re.sub(r"\s", "", column.type).lower()) for column in of_file]
    found, partitions = _described(cursor, table)
    there, last = len(found) - partitions, len(should) - partitions
    if there < last and found == should[:there] + should[last:]:
        return of_file[there:last], bool(partitions), []
    for position, (is_now, wanted) in enumerate(zip_longest(found, should, fillvalue=("nothing",)), 1):
        if is_now != wanted:
            said = f"{table} column {position} is {' '.join(is_now)}, its file says {' '.join(wanted)}"
            return [], bool(partitions), [said]
    return [], bool(partitions), []


def _described(cursor: Any, table: str) -> tuple[list[tuple[str, str]], int]:
    """Name and type of every column of a table that exists, and how many of them, the last, are partition columns."""
    cursor.execute(f"DESCRIBE {table}")
    rows = [(name, kind) for name, kind, _ in cursor.fetchall()]
    own = list(takewhile(lambda row: row[0] and not row[0].startswith("#"), rows))
    return own, sum(1 for name, _ in rows[len(own) :] if name and not name.startswith("#"))
