"""Ready means that the service answers what it is there to answer: never that its port is open.

Each probe returns None when ready, else what it still waits for, in words for the person who waits.
"""

import json
import os
import socket
import subprocess
from urllib.error import URLError
from urllib.request import urlopen

from aero import process_state
from aero.cluster import superset_venv
from aero.settings import Settings

TIMEOUT_SECONDS = 5
NO_ROW = "a row to be looked up"


def _get(settings: Settings, door: str, path: str) -> dict | None:
    """The JSON at one door's page, None where nobody answers."""
    try:
        with urlopen(f"http://{settings.address(door)}{path}", timeout=TIMEOUT_SECONDS) as answer:
            return json.load(answer)
    except (URLError, OSError, ValueError):
        return None


def _bean(settings: Settings, door: str, query: str) -> dict | None:
    answer = _get(settings, door, f"/jmx?qry={query}")
    beans = (answer or {}).get("beans")
    return beans[0] if beans else None


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
    info = _bean(settings, "NAMENODE_HTTP", "Hadoop:service=NameNode,name=NameNodeInfo") or {}
    said = info.get("Safemode", "").split(". ")
    return " ".join(["the NameNode to leave safe mode", *(f"({part})" for part in said if "blocks" in part)])


def _namesystem(settings: Settings) -> dict | None:
    return _bean(settings, "NAMENODE_HTTP", "Hadoop:service=NameNode,name=FSNamesystemState")


def secondary_namenode(settings: Settings) -> str | None:
    """Its page answers."""
    bean = _bean(settings, "SECONDARY_NAMENODE_HTTP", "Hadoop:service=SecondaryNameNode,name=SecondaryNameNodeInfo")
    return None if bean else "its page to answer"


def resource_manager(settings: Settings) -> str | None:
    """It says that it is started."""
    info = _get(settings, "RESOURCEMANAGER_HTTP", "/ws/v1/cluster/info")
    return None if info and info["clusterInfo"]["state"] == "STARTED" else "its page to say STARTED"


def yarn(settings: Settings) -> str | None:
    """The ResourceManager knows an active NodeManager."""
    metrics = _get(settings, "RESOURCEMANAGER_HTTP", "/ws/v1/cluster/metrics")
    if metrics is None:
        return "the ResourceManager to answer"
    counts = metrics["clusterMetrics"]
    if counts["unhealthyNodes"]:
        return "a healthy NodeManager (is the disk full?)"
    return None if counts["activeNodes"] else "an active NodeManager"


def metastore(settings: Settings) -> str | None:
    """It answers a call of its Thrift interface: getVersion of fb303."""
    from thrift.protocol import TBinaryProtocol
    from thrift.Thrift import TMessageType, TType
    from thrift.transport import TSocket, TTransport

    if not _reachable(settings, "METASTORE"):
        return "its Thrift interface to answer a call"
    transport = TTransport.TBufferedTransport(_thrift_socket(settings, "METASTORE", TSocket))
    protocol = TBinaryProtocol.TBinaryProtocol(transport)
    try:
        transport.open()
        protocol.writeMessageBegin("getVersion", TMessageType.CALL, 1)
        protocol.writeStructBegin("getVersion_args")
        protocol.writeFieldStop()
        protocol.writeStructEnd()
        protocol.writeMessageEnd()
        transport.flush()
        _, kind, _ = protocol.readMessageBegin()
        protocol.skip(TType.STRUCT)
        return None if kind == TMessageType.REPLY else "its Thrift interface to answer a call"
    except (TTransport.TTransportException, OSError, EOFError):
        return "its Thrift interface to answer a call"
    finally:
        transport.close()


def _thrift_socket(settings: Settings, door: str, module):
    sock = module.TSocket(settings.host(door), settings.port(door))
    sock.setTimeout(TIMEOUT_SECONDS * 1000)
    return sock


def hiveserver2(settings: Settings) -> str | None:
    """SELECT 1 answers."""
    return _select_1(settings, "HIVESERVER2")


def spark_thrift(settings: Settings) -> str | None:
    """SELECT 1 answers."""
    return _select_1(settings, "SPARK_THRIFT")


def _select_1(settings: Settings, door: str) -> str | None:
    from pyhive import hive as pyhive
    from pyhive.exc import Error
    from thrift.transport.TTransport import TTransportException

    if not _reachable(settings, door):
        return "its Thrift interface to answer"
    try:
        with pyhive.connect(settings.host(door), settings.port(door), username="aero") as hive:
            cursor = hive.cursor()
            cursor.execute("SELECT 1")
            return None if cursor.fetchall() == [(1,)] else "SELECT 1 to answer"
    except (TTransportException, OSError, EOFError, Error):
        return "SELECT 1 to answer"


def _reachable(settings: Settings, door: str) -> bool:
    """Whether a connection is taken, asked before a client that would log a stack trace where it is not."""
    try:
        with socket.create_connection((settings.host(door), settings.port(door)), timeout=TIMEOUT_SECONDS):
            return True
    except OSError:
        return False


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


def _hbase_server(settings: Settings) -> dict | None:
    return _bean(settings, "HBASE_MASTER_HTTP", "Hadoop:service=HBase,name=Master,sub=Server")


def zookeeper(settings: Settings) -> str | None:
    """It says that it is in order."""
    return (
        None
        if _says(settings.host("ZOOKEEPER"), settings.port("ZOOKEEPER"), b"ruok", b"imok")
        else "its answer to ruok"
    )


def redis(settings: Settings) -> str | None:
    """It answers a ping."""
    # Only in a cluster is there one: its own container asks.
    return None if _says("localhost", settings.port("REDIS"), b"PING\r\n", b"+PONG\r\n") else "its answer to a ping"


def _says(host: str, port: int, asked: bytes, answer: bytes) -> bool:
    try:
        with socket.create_connection((host, port), timeout=TIMEOUT_SECONDS) as connection:
            connection.sendall(asked)
            return connection.recv(len(answer)) == answer
    except OSError:
        return False


def postgres(settings: Settings) -> str | None:
    """SELECT 1 answers."""
    from pg8000.dbapi import Error

    from aero.cluster.postgres import connect
    from aero.errors import AeroError

    try:
        connection = connect(settings)
        try:
            cursor = connection.cursor()
            cursor.execute("SELECT 1")
            return None if cursor.fetchone()[0] == 1 else "SELECT 1 to answer"
        finally:
            connection.close()
    except (AeroError, Error, OSError):
        return "SELECT 1 to answer"


def hbase_thrift(settings: Settings) -> str | None:
    """It lists tables."""
    import happybase
    from thriftpy2.thrift import TException

    if not _reachable(settings, "HBASE_THRIFT"):
        return "its Thrift interface to answer"
    try:
        hbase_connection = happybase.Connection(
            settings.host("HBASE_THRIFT"), settings.port("HBASE_THRIFT"), timeout=TIMEOUT_SECONDS * 1000
        )
        try:
            hbase_connection.tables()
        finally:
            hbase_connection.close()
        return None
    except (TException, OSError, EOFError):
        return "the list of tables"


def hbase_thrift2(settings: Settings) -> str | None:
    """It looks a row up."""
    from thriftpy2.thrift import TException

    from aero.hbase_thrift2 import TGet, connect

    if not _reachable(settings, "HBASE_THRIFT2"):
        return "its Thrift interface to answer"
    try:
        client = connect(settings.host("HBASE_THRIFT2"), settings.port("HBASE_THRIFT2"), TIMEOUT_SECONDS * 1000)
        try:
            client.exists(b"hbase:meta", TGet(b"no such row"))
        finally:
            client.close()
        return None
    except (TException, OSError, EOFError):
        return NO_ROW


def kafka(settings: Settings) -> str | None:
    """The broker answers a request for metadata."""
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    if not _reachable(settings, "KAFKA"):
        return "its listener to answer"
    try:
        admin = KafkaAdminClient(bootstrap_servers=settings.address("KAFKA"), request_timeout_ms=TIMEOUT_SECONDS * 1000)
        try:
            admin.list_topics()
        finally:
            admin.close()
        return None
    except (KafkaError, OSError):
        return "metadata from the broker"


def luigid(settings: Settings) -> str | None:
    """Its interface answers."""
    return None if _get(settings, "LUIGID", "/api/task_list?data=%7B%22status%22%3A%22RUNNING%22%7D") else "its page"


def superset(settings: Settings) -> str | None:
    """Its page of signing in, which it reads its database for."""
    try:
        with urlopen(f"http://{settings.address('SUPERSET')}/login/", timeout=TIMEOUT_SECONDS) as answer:
            return None if answer.status == 200 else "its page"
    except (URLError, OSError):
        return "its page"


def superset_worker(settings: Settings) -> str | None:
    """It answers a ping that comes by its queue."""
    queue = f"redis://{os.environ['REDIS_HOST']}:{settings.port('REDIS')}/1"  # As superset/superset_config.py says.
    celery = [f"{superset_venv.folder(settings)}/bin/celery", "--broker", queue]
    asked = [*celery, "inspect", "ping", "--destination", "worker@aero", "--timeout", str(TIMEOUT_SECONDS)]
    return None if subprocess.run(asked, capture_output=True).returncode == 0 else "its answer to a ping"


def stream(settings: Settings) -> str | None:
    """Its query has looked at the topic."""
    return (
        None if process_state.read(settings, "stream").get("state") == process_state.RUNNING else "its query to begin"
    )


def reports_itself(settings: Settings, name: str) -> str | None:
    """It says that it runs."""
    return None if process_state.read(settings, name).get("state") == process_state.RUNNING else "its first report"


def source(settings: Settings, name: str) -> str | None:
    """It has reached Kafka and its source; a replay that has ended already did too."""
    reached = process_state.read(settings, name).get("state") in (process_state.RUNNING, process_state.ENDED)
    return None if reached else "its first events"
