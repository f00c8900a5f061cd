"""Makes what every user needs, where it is missing, from the files of the repository.

HDFS folders come from hadoop/folders.toml, Hive's databases and tables from hive/**/*.hql, HBase tables from
hbase/tables.toml, Kafka topics from kafka/topics.toml. What differs from its file is named and left as it is.
"""

import os
import re
import subprocess
import tomllib
from itertools import takewhile, zip_longest
from pathlib import Path
from typing import Any

from aero import connections, hql, kafka_clients
from aero.cluster import kafka_access, readiness
from aero.cluster.java_runtime import HBASE
from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.settings import Settings

OVER_HBASE = "STORED BY 'aero.hive.HBaseTableHandler'"


class Drift(AeroError):
    """Something exists that differs from its file. It was not changed."""


def declared(file: str) -> dict[str, Any]:
    """The content of a TOML file of the repository."""
    return tomllib.loads((REPOSITORY / file).read_text())


def hdfs_folders(settings: Settings, variables: dict[str, str]) -> None:
    """Make the folders of hadoop/folders.toml with owner and mode. Raises Drift that names those that differ."""
    client = connections.webhdfs()
    differing = []
    for folder in declared("hadoop/folders.toml")["folder"]:
        status = client.status(folder["path"], strict=False)
        if status is None:
            client.makedirs(folder["path"])
            client.set_permission(folder["path"], folder["mode"])
            client.set_owner(folder["path"], owner=folder["owner"])
            continue
        for what, is_now in (("owner", status["owner"]), ("mode", status["permission"])):
            if is_now != folder[what]:
                differing.append(f"{folder['path']} has {what} {is_now}, its file says {folder[what]}")
    if differing:
        raise Drift("HDFS differs from hadoop/folders.toml: " + "; ".join(differing), "Change the one or the other.")


def hive_tables(settings: Settings, variables: dict[str, str]) -> None:
    """Make the databases of hive/databases.hql and a table for every hive/<database>/<table>/create.hql.

    Tables over HBase are looked at only while HBase runs; else they wait for the next start. Raises Drift that names
    table and column where a table that exists has other columns than its file. Columns that only the file has, at the
    end, are added to the table.
    """
    differing, hbase_is_there = [], readiness.hbase_thrift(settings) is None
    with connections.hive() as hive:
        cursor = hive.cursor()
        hql.run(cursor, REPOSITORY / "hive" / "databases.hql")
        for database in sorted((REPOSITORY / "hive").glob("aero_*")):
            cursor.execute(f"SHOW TABLES IN {database.name}")
            existing = {row[0] for row in cursor.fetchall()}
            for create in sorted(database.glob("*/create.hql")):
                table = create.parent.name
                if OVER_HBASE in create.read_text() and not hbase_is_there:
                    continue
                if table in existing:
                    differing += _column_drift(cursor, f"{database.name}.{table}", create)
                else:
                    hql.run(cursor, create)
    if differing:
        raise Drift(
            "Hive differs from its files: " + "; ".join(differing),
            "New columns go to the end, and are added then. An external table can be dropped and made again: its files"
            " stay.",
        )


def _column_drift(cursor: Any, table: str, create: Path) -> list[str]:
    """Where the table's columns differ from its file's. Columns that the file has more at its end are added instead."""
    columns = hql.columns(create)
    declared = [(column.name, re.sub(r"\s", "", column.type).lower()) for column in columns]
    found, partitions = _described(cursor, table)
    there, last = len(found) - partitions, len(declared) - partitions
    if there < last and found == declared[:there] + declared[last:]:
        _extend(cursor, table, create, columns[there:last], is_partitioned=bool(partitions))
        return []
    for position, (is_now, should) in enumerate(zip_longest(found, declared, fillvalue=("nothing",)), 1):
        if is_now != should:
            return [f"{table} column {position} is {' '.join(is_now)}, its file says {' '.join(should)}"]
    return []


def _extend(cursor: Any, table: str, create: Path, columns: list[hql.Column], is_partitioned: bool) -> None:
    """Add the columns. A table over HBase is made again, because its mapping has them too: its rows stay in HBase."""
    if OVER_HBASE not in create.read_text():
        cursor.execute(_add_columns(table, columns, is_partitioned))
    else:
        cursor.execute(f"DROP TABLE {table}")
        hql.run(cursor, create)


def _described(cursor: Any, table: str) -> tuple[list[tuple[str, str]], int]:
    """Name and type of every column of a table that exists, and how many of them, the last, are partition columns."""
    cursor.execute(f"DESCRIBE {table}")
    rows = [(name, kind) for name, kind, _ in cursor.fetchall()]
    own = list(takewhile(lambda row: row[0] and not row[0].startswith("#"), rows))
    return own, sum(1 for name, _ in rows[len(own) :] if name and not name.startswith("#"))


def _add_columns(table: str, columns: list[hql.Column], is_partitioned: bool) -> str:
    """The statement that adds columns to a table and to its partitions: files without them read NULL."""
    comments = [column.comment.replace("'", "''") for column in columns]
    added = [f"{column.name} {column.type} COMMENT '{comment}'" for column, comment in zip(columns, comments)]
    # Hive refuses CASCADE where there are no partitions.
    return f"ALTER TABLE {table} ADD COLUMNS ({', '.join(added)}){' CASCADE' if is_partitioned else ''}"


def hbase_tables(settings: Settings, variables: dict[str, str]) -> None:
    """Make the tables of hbase/tables.toml. Raises Drift where one that exists has other families."""
    tables = declared("hbase/tables.toml")["table"]
    hbase = connections.hbase()
    try:
        existing = {name.decode() for name in hbase.tables()}
        families = {name: sorted(hbase.table(name).families()) for name in existing & {t["name"] for t in tables}}
    finally:
        hbase.close()
    wrong = [f"{name} has families {found}" for name, found in families.items() if found not in ([b"d"], [b"d:"])]
    if wrong:
        raise Drift("HBase differs from hbase/tables.toml: " + "; ".join(wrong), "Every table has one family, d.")
    missing = [table for table in tables if table["name"] not in existing]
    if missing:
        _create_hbase_tables(missing, variables)


def _create_hbase_tables(tables: list[dict[str, Any]], variables: dict[str, str]) -> None:
    wanted = [f"{table['name']}={','.join(table['splits'])}" for table in tables]
    command = [*HBASE.command(variables, "-Xmx256m"), "aero.hbase.CreateTable", *wanted]
    result = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True)
    if result.returncode:
        raise AeroError(f"HBase tables could not be made:\n{(result.stdout + result.stderr)[-2000:]}")


def kafka_topics(settings: Settings, variables: dict[str, str]) -> None:
    """Make the topics of kafka/topics.toml, and say who may write and read them. Raises Drift where one that exists has
    another number of partitions."""
    # Imported here because every command imports this module, by aero/cluster/services.py.
    from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

    topics = {topic["name"]: topic for topic in declared("kafka/topics.toml")["topic"]}
    limits = {name: {"max.message.bytes": str(topic["max_batch_bytes"])} for name, topic in topics.items()}
    admin = kafka_clients.admin(settings)
    try:
        kafka_access.provide(settings, admin, topics)
        existing = set(admin.list_topics())
        missing = [
            NewTopic(name, topic["partitions"], topic_configs=limits[name] | {"retention.ms": _milliseconds(topic)})
            for name, topic in topics.items()
            if name not in existing
        ]
        if missing:
            admin.create_topics(missing)
        if limited := [
            ConfigResource(ConfigResourceType.TOPIC, name, limits[name]) for name in limits if name in existing
        ]:
            admin.alter_configs(limited)
        described = admin.describe_topics(sorted(existing & set(topics))) if existing & set(topics) else []
    finally:
        admin.close()
    partitions = {topic["name"]: len(topic["partitions"]) for topic in described}
    wrong = [
        f"{name} has {count} partitions, its file says {topics[name]['partitions']}"
        for name, count in partitions.items()
        if count != topics[name]["partitions"]
    ]
    if wrong:
        raise Drift("Kafka differs from kafka/topics.toml: " + "; ".join(wrong), "Change the file, or alter the topic.")


def _milliseconds(topic: dict[str, Any]) -> str:
    return str(topic["retention_hours"] * 3_600_000)


def luigi_history(settings: Settings, variables: dict[str, str], command: list[str]) -> None:
    """Make the folder of luigid's state and history."""
    (settings.home / "luigi").mkdir(parents=True, exist_ok=True)
