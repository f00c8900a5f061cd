"""Makes what every user needs, where it is missing, from the files of the repository.

HDFS folders come from hadoop/folders.toml, Hive's databases and tables from hive/**/*.hql, HBase tables from
hbase/tables.toml, Kafka topics from kafka/topics.toml. What differs from its file is named and left as it is.
"""

import os
import re
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from aero import connections, hql, kafka_clients
from aero.cluster import drift, kafka_access, readiness
from aero.cluster.java_runtime import HBASE
from aero.datasets import LIVE_FLIGHT_STATE, REPOSITORY
from aero.errors import AeroError
from aero.settings import Settings

# The first questions of live and history. The day and the airport do not matter: what takes its time is the same where
# there is nothing.
FIRST_ASKED = {
    "by_status": {"year": 2013, "month": 7, "day": "2013-07-10"},
    "history": {"airport": "JFK", "year": 2013},
}


def hdfs_folders(settings: Settings, variables: dict[str, str]) -> None:
    """Make the folders of hadoop/folders.toml with owner and mode. Raises Drift that names those that differ."""
    client = connections.webhdfs()
    for folder in drift.declared("hadoop/folders.toml")["folder"]:
        if client.status(folder["path"], strict=False) is None:
            client.makedirs(folder["path"])
            client.set_permission(folder["path"], folder["mode"])
            client.set_owner(folder["path"], owner=folder["owner"])
    drift.hdfs_folders(client)


def hive_tables(settings: Settings, variables: dict[str, str]) -> None:
    """Make the databases of hive/databases.hql and a table for every hive/<database>/<table>/create.hql.

    Tables over HBase are looked at only while HBase runs; else they wait for the next start. Raises Drift that names
    table and column where a table that exists has other columns than its file. Columns that only the file has, at the
    end, are added to the table. A table over HBase is made again for that, and where it lacks a property of ours.
    """
    differing, hbase_is_there = [], readiness.hbase_thrift(settings) is None
    with connections.hive() as hive:
        cursor = hive.cursor()
        hql.run(cursor, REPOSITORY / "hive" / "databases.hql")
        for table, create, is_there in drift.table_files(cursor):
            if drift.OVER_HBASE in create.read_text() and not hbase_is_there:
                continue
            if is_there:
                differing += _column_drift(cursor, table, create)
            else:
                hql.run(cursor, create)
    if differing:
        raise drift.hive_drift(differing)


def _column_drift(cursor: Any, table: str, create: Path) -> list[str]:
    """Where the table's columns differ from its file's. Columns that the file has more at its end are added instead;
    a table over HBase that lacks a property of ours gets it."""
    lacking, is_partitioned, differing = drift.columns(cursor, table, create)
    if lacking or (not differing and _lacks_property(cursor, table, create)):
        _extend(cursor, table, create, lacking, is_partitioned)
    return differing


def _extend(cursor: Any, table: str, create: Path, columns: list[hql.Column], is_partitioned: bool) -> None:
    """Add the columns. A table over HBase is made again, as its file says it: its rows stay in HBase."""
    if drift.OVER_HBASE not in create.read_text():
        cursor.execute(_add_columns(table, columns, is_partitioned))
    else:
        cursor.execute(f"DROP TABLE {table}")
        hql.run(cursor, create)


def _lacks_property(cursor: Any, table: str, create: Path) -> bool:
    """Whether a table was made when its file did not say yet by which column its keys are known (hbase/spark)."""
    said = re.search(r"'(aero\.day\.of\.key)' = '(\w+)'", create.read_text())
    if not said:
        return False
    cursor.execute(f"SHOW TBLPROPERTIES {table}")
    return said.groups() not in [(name, value) for name, value, *_ in cursor.fetchall()]


def _add_columns(table: str, columns: list[hql.Column], is_partitioned: bool) -> str:
    """The statement that adds columns to a table and to its partitions: files without them read NULL."""
    comments = [column.comment.replace("'", "''") for column in columns]
    added = [f"{column.name} {column.type} COMMENT '{comment}'" for column, comment in zip(columns, comments)]
    # Hive refuses CASCADE where there are no partitions.
    return f"ALTER TABLE {table} ADD COLUMNS ({', '.join(added)}){' CASCADE' if is_partitioned else ''}"


def hbase_tables(settings: Settings, variables: dict[str, str]) -> None:
    """Make the tables of hbase/tables.toml. Raises Drift where one that exists has other families."""
    tables = drift.declared("hbase/tables.toml")["table"]
    hbase = connections.hbase()
    try:
        existing = {name.decode() for name in hbase.tables()}
        drift.hbase_tables(hbase)
    finally:
        hbase.close()
    missing = [table for table in tables if table["name"] not in existing]
    if missing:
        _create_hbase_tables(missing, variables)


def _create_hbase_tables(tables: list[dict[str, Any]], variables: dict[str, str]) -> None:
    wanted = [f"{_named(table)}={','.join(table['splits'])}" for table in tables]
    command = [*HBASE.command(variables, "-Xmx256m"), "aero.hbase.CreateTable", *wanted]
    result = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True)
    if result.returncode:
        raise AeroError(f"HBase tables could not be made:\n{(result.stdout + result.stderr)[-2000:]}")


def _named(table: dict[str, Any]) -> str:
    return f"{table['name']}@{table['kept_seconds']}" if "kept_seconds" in table else str(table["name"])


def spark_thrift(settings: Settings, _variables: dict[str, str]) -> None:
    """Ask what a dashboard asks first: who opens one does not wait for classes, catalogs and connections to HBase.

    Nothing where HBase does not run, and no error where there is no answer yet: this helps, and is not needed.
    """
    from pyhive import exc

    if readiness.hbase(settings):
        return
    for name, parameters in FIRST_ASKED.items():
        with suppress(AeroError, exc.Error), connections.spark() as connection, connection.cursor() as cursor:
            hql.run(cursor, LIVE_FLIGHT_STATE.hql(name), parameters)
            cursor.fetchall()


def kafka_topics(settings: Settings, variables: dict[str, str]) -> None:
    """Make the topics of kafka/topics.toml, and say who may write and read them. Raises Drift where one that exists has
    another number of partitions."""
    # Imported here because every command imports this module, by aero/cluster/services.py.
    from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

    topics = {topic["name"]: topic for topic in drift.declared("kafka/topics.toml")["topic"]}
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
        drift.kafka_topics(admin, existing)
    finally:
        admin.close()


def _milliseconds(topic: dict[str, Any]) -> str:
    return str(topic["retention_hours"] * 3_600_000)


def luigi_history(settings: Settings, variables: dict[str, str], command: list[str]) -> None:
    """Make the folder of luigid's state and history."""
    (settings.home / "luigi").mkdir(parents=True, exist_ok=True)
