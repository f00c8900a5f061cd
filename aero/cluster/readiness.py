"""When a service is ready: it answers what it is there to answer. That its port is open is never enough.

Each probe returns None when its service is ready, else what is still missing, in words that follow "waits for".
Clients are imported by their probes, since every command of `aero` imports this module.
"""

import os
import subprocess
from contextlib import closing
from typing import Any

from aero import connections, kafka_clients, process_state
from aero import metastore as metastore_client
from aero.cluster import superset_venv
from aero.cluster.probes import TIMEOUT_SECONDS, bean, call, json_page, says
from aero.errors import AeroError
from aero.settings import Settings

NO_ROW = "a row to be looked up"
# Answered as soon as the table of all regions is served.
META, NO_SUCH_ROW = b"hbase:meta", b"no such row"


def namenode(settings: Settings) -> str | None:
    """Answers; it may be in safe mode until a DataNode reports."""
    return None if _namesystem(settings) else "its page to answer"


def hdfs(settings: Settings) -> str | None:
    """A DataNode is live and the NameNode has left safe mode."""
    state = _namesystem(settings)
    if state is None:
        return "the NameNode to answer"
    if not state["NumLiveDataNodes"]:
        return "a live DataNode"
    if state["FSState"] == "Operational":
        return None
    info = bean(settings, "NAMENODE_HTTP", "Hadoop:service=NameNode,name=NameNodeInfo") or {}
    reasons = [part for part in info.get("Safemode", "").split(". ") if "blocks" in part]
    return " ".join(["the NameNode to leave safe mode", *(f"({reason})" for reason in reasons)])


def _namesystem(settings: Settings) -> dict[str, Any] | None:
    return bean(settings, "NAMENODE_HTTP", "Hadoop:service=NameNode,name=FSNamesystemState")


def secondary_namenode(settings: Settings) -> str | None:
    """Its page answers."""
    found = bean(settings, "SECONDARY_NAMENODE_HTTP", "Hadoop:service=SecondaryNameNode,name=SecondaryNameNodeInfo")
    return None if found else "its page to answer"


def resource_manager(settings: Settings) -> str | None:
    """It says that it is started."""
    info = json_page(settings, "RESOURCEMANAGER_HTTP", "/ws/v1/cluster/info")
    return None if info and info["clusterInfo"]["state"] == "STARTED" else "its page to say STARTED"


def yarn(settings: Settings) -> str | None:
    """The ResourceManager knows an active NodeManager."""
    metrics = json_page(settings, "RESOURCEMANAGER_HTTP", "/ws/v1/cluster/metrics")
    if metrics is None:
        return "the ResourceManager to answer"
    counts = metrics["clusterMetrics"]
    if counts["unhealthyNodes"]:
        return "a healthy NodeManager (is the disk full?)"
    return None if counts["activeNodes"] else "an active NodeManager"


def metastore(settings: Settings) -> str | None:
    """It lets the platform in, and answers a call of its Thrift interface."""
    try:
        metastore_client.version(settings, TIMEOUT_SECONDS)
    except AeroError:
        return "its Thrift interface to answer a call"
    return None


def hiveserver2(settings: Settings) -> str | None:
    """SELECT 1 answers."""
    return _select_1(settings, "HIVESERVER2")


def spark_thrift(settings: Settings) -> str | None:
    """SELECT 1 answers."""
    return _select_1(settings, "SPARK_THRIFT")


def _select_1(settings: Settings, door: str) -> str | None:
    from pyhive import hive
    from thrift.Thrift import TException

    def select(host: str, port: int) -> None:
        with hive.connect(host, port, **connections.sign_in(settings, door)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT 1")
            if cursor.fetchall() != [(1,)]:
                raise hive.DataError("not 1")

    return call(settings, door, select, "SELECT 1 to answer", (hive.Error, TException))


def hbase_master(settings: Settings) -> str | None:
    """It is the active one."""
    server = _hbase_server(settings)
    if server is None:
        return "the master's page to answer"
    return None if server.get("tag.isActiveMaster") == "true" else "the master to be active"


def hbase(settings: Settings) -> str | None:
    """The master is active and a region server is live."""
    waits_for = hbase_master(settings)
    if waits_for:
        return waits_for
    return None if (_hbase_server(settings) or {}).get("tag.liveRegionServers") else "a live region server"


def _hbase_server(settings: Settings) -> dict[str, Any] | None:
    return bean(settings, "HBASE_MASTER_HTTP", "Hadoop:service=HBase,name=Master,sub=Server")


def zookeeper(settings: Settings) -> str | None:
    """It says that it is in order."""
    is_ok = says(settings.host("ZOOKEEPER"), settings.port("ZOOKEEPER"), b"ruok", b"imok")
    return None if is_ok else "its answer to ruok"


def redis(settings: Settings) -> str | None:
    """It lets in who has its password."""
    from aero.cluster.redis import password

    # Only in a cluster is there one: its own container asks.
    question = f"AUTH {password(settings)}\r\n".encode()
    return None if says("localhost", settings.port("REDIS"), question, b"+OK\r\n") else "it to take its password"


def postgres(settings: Settings) -> str | None:
    """SELECT 1 answers."""
    from pg8000.dbapi import Error

    from aero.cluster.postgres import connect

    def select(_host: str, _port: int) -> None:
        with closing(connect(settings)) as connection:
            connection.cursor().execute("SELECT 1")

    waits_for = "SELECT 1 to answer"
    return call(settings, "POSTGRES", select, waits_for, (AeroError, Error), closed=waits_for)


def hbase_thrift(settings: Settings) -> str | None:
    """It looks a row up. It is not asked for the list of tables, which the master makes: there a thread
    waits for hbase:meta, one of those by which the region server reports, without whom it never comes back."""
    import happybase
    from thriftpy2.thrift import TException

    def look_up(host: str, port: int) -> None:
        with closing(happybase.Connection(host, port, timeout=TIMEOUT_SECONDS * 1000)) as connection:
            connection.table(META).row(NO_SUCH_ROW)

    return call(settings, "HBASE_THRIFT", look_up, NO_ROW, (TException,))


def hbase_thrift2(settings: Settings) -> str | None:
    """It looks a row up."""
    from thriftpy2.thrift import TException

    from aero.hbase_thrift2 import TGet, connect

    def look_up(host: str, port: int) -> None:
        with closing(connect(host, port, TIMEOUT_SECONDS * 1000)) as client:
            client.exists(META, TGet(NO_SUCH_ROW))

    return call(settings, "HBASE_THRIFT2", look_up, NO_ROW, (TException,))


def kafka(settings: Settings) -> str | None:
    """The broker answers a request for metadata."""
    from kafka.errors import KafkaError

    def list_topics(_host: str, _port: int) -> None:
        with closing(kafka_clients.admin(settings, request_timeout_ms=TIMEOUT_SECONDS * 1000)) as admin:
            admin.list_topics()

    return call(settings, "KAFKA", list_topics, "metadata from the broker", (KafkaError,), "its listener to answer")


def luigid(settings: Settings) -> str | None:
    """Its interface answers."""
    return (
        None if json_page(settings, "LUIGID", "/api/task_list?data=%7B%22status%22%3A%22RUNNING%22%7D") else "its page"
    )


def superset(settings: Settings) -> str | None:
    """The page to sign in answers, for which Superset reads its database."""
    from aero.superset.client import Superset

    return None if Superset(settings).is_answering() else "its page"


def superset_worker(settings: Settings) -> str | None:
    """It answers a ping that comes by its queue."""
    from aero.cluster.redis import password

    # As superset/superset_config.py says; in a variable, since every user may read a list of processes.
    queue = f"redis://:{password(settings)}@{os.environ['REDIS_HOST']}:{settings.port('REDIS')}/1"
    celery = [f"{superset_venv.folder(settings)}/bin/celery"]
    ping = [*celery, "inspect", "ping", "--destination", "worker@aero", "--timeout", str(TIMEOUT_SECONDS)]
    answer = subprocess.run(ping, env=os.environ | {"BROKER_URL": queue}, capture_output=True)
    return None if answer.returncode == 0 else "its answer to a ping"


def stream(settings: Settings) -> str | None:
    """Its query has looked at the topic."""
    return None if _is_running(settings, "stream") else "its query to begin"


def reports_itself(settings: Settings, name: str) -> str | None:
    """It says that it runs."""
    return None if _is_running(settings, name) else "its first report"


def _is_running(settings: Settings, name: str) -> bool:
    return process_state.read(settings, name).get("state") == process_state.RUNNING


def source(settings: Settings, name: str) -> str | None:
    """It has reached Kafka and its source; a replay that has ended already did too."""
    said = process_state.read(settings, name)
    if said.get("state") == process_state.WAITING:
        return f"what is away: {said['problem']}"
    return None if said.get("state") in (process_state.RUNNING, process_state.ENDED) else "its first events"
