"""The one list of services. Of it the supervisor, the containers' commands, health checks and `aero status` are made.
aero/cluster/service.py says what an entry means and how to change a heap, aero/settings.py has the ports' numbers."""

import os
import sys
from functools import partial
from pathlib import Path

from aero import datasets, http_door, metastore, people
from aero.cluster import hdfs_guard, jars, java, kafka_guard, metastore_guard, provision, readiness, superset_venv
from aero.cluster.java_runtime import HADOOP, HBASE, HIVE, HIVESERVER2, KAFKA
from aero.cluster.kafka_access import kafka_variables
from aero.cluster.service import Service
from aero.cluster.sizes import yarn_variables
from aero.datasets import REPOSITORY
from aero.live.sources import SOURCES
from aero.settings import Settings
from aero.superset import setup

SERVICES = (
    Service(
        "namenode",
        "HDFS NameNode: the names of all files",
        "org.apache.hadoop.hdfs.server.namenode.NameNode",
        readiness.namenode,
        heap_mb=512,
        ports=("NAMENODE_PORT", "NAMENODE_HTTP_PORT"),
        prepare=hdfs_guard.format_once,
        page="NAMENODE_HTTP",
        runtime=HADOOP,
    ),
    Service(
        "datanode",
        "HDFS DataNode: the bytes",
        "org.apache.hadoop.hdfs.server.datanode.DataNode",
        readiness.hdfs,
        heap_mb=384,
        ports=("DATANODE_PORT", "DATANODE_HTTP_PORT", "DATANODE_IPC_PORT"),
        after=("namenode",),
        provision=provision.hdfs_folders,
        runtime=HADOOP,
    ),
    Service(
        "secondarynamenode",
        "HDFS SecondaryNameNode: checkpoints of the NameNode's image",
        "org.apache.hadoop.hdfs.server.namenode.SecondaryNameNode",
        readiness.secondary_namenode,
        heap_mb=256,
        ports=("SECONDARY_NAMENODE_HTTP_PORT",),
        after=("namenode",),
        runtime=HADOOP,
    ),
    Service(
        "resourcemanager",
        "YARN ResourceManager: who may use how much",
        "org.apache.hadoop.yarn.server.resourcemanager.ResourceManager",
        readiness.resource_manager,
        heap_mb=320,
        ports=(
            "RESOURCEMANAGER_PORT",
            "RESOURCEMANAGER_SCHEDULER_PORT",
            "RESOURCEMANAGER_TRACKER_PORT",
            "RESOURCEMANAGER_ADMIN_PORT",
            "RESOURCEMANAGER_HTTP_PORT",
        ),
        page="RESOURCEMANAGER_HTTP",
        runtime=HADOOP,
    ),
    Service(
        "nodemanager",
        "YARN NodeManager: runs the containers of Spark and Tez",
        "org.apache.hadoop.yarn.server.nodemanager.NodeManager",
        readiness.yarn,
        heap_mb=384,
        ports=(
            "NODEMANAGER_PORT",
            "NODEMANAGER_LOCALIZER_PORT",
            "NODEMANAGER_HTTP_PORT",
        ),
        after=("resourcemanager",),
        runtime=HADOOP,
    ),
    Service(
        "metastore",
        "Hive metastore: which tables there are",
        "org.apache.hadoop.hive.metastore.HiveMetaStore -p {METASTORE_PORT}",
        readiness.metastore,
        heap_mb=512,
        ports=("METASTORE_PORT",),
        after=("datanode",),
        prepare=metastore_guard.begin,
        runtime=HIVE,
    ),
    Service(
        "hiveserver2",
        "HiveServer2 on Tez: SQL for beeline and PyHive, and all that writes",
        "org.apache.hive.service.server.HiveServer2",
        readiness.hiveserver2,
        heap_mb=1024,
        ports=("HIVESERVER2_PORT",),
        after=("metastore", "nodemanager"),
        provision=provision.hive_tables,
        provision_after=("hbase-thrift",),
        runtime=HIVESERVER2,
    ),
    Service(
        "hbase",
        "HBase: master, region server and ZooKeeper in one process, on HDFS",
        "org.apache.hadoop.hbase.master.HMaster start",
        readiness.hbase,
        heap_mb=1024,
        ports=(
            "ZOOKEEPER_PORT",
            "HBASE_MASTER_PORT",
            "HBASE_MASTER_HTTP_PORT",
            "HBASE_REGIONSERVER_PORT",
            "HBASE_REGIONSERVER_HTTP_PORT",
        ),
        after=("datanode",),
        page="HBASE_MASTER_HTTP",
        runtime=HBASE,
    ),
    Service(
        "hbase-thrift",
        "HBase Thrift server: Python's door to HBase",
        "org.apache.hadoop.hbase.thrift.ThriftServer --bind {BIND_HOST} -p {HBASE_THRIFT_PORT}"
        " --infoport {HBASE_THRIFT_HTTP_PORT} -threadpool start",
        readiness.hbase_thrift,
        heap_mb=256,
        ports=("HBASE_THRIFT_PORT", "HBASE_THRIFT_HTTP_PORT"),
        after=("hbase",),
        provision=provision.hbase_tables,
        runtime=HBASE,
    ),
    Service(
        "kafka",
        "Kafka broker and controller: the live events",
        f"kafka.Kafka {REPOSITORY}/kafka/conf/server.properties",
        readiness.kafka,
        heap_mb=512,
        ports=("KAFKA_PORT", "KAFKA_CONTROLLER_PORT"),
        runtime=KAFKA,
        prepare=kafka_guard.format_once,
        provision=provision.kafka_topics,
    ),
    Service(
        "luigid",
        "luigid: what was loaded, when, and what failed",
        f"{sys.executable} -m aero.cluster.luigid --address {{BIND_HOST}} --port {{LUIGID_PORT}}",
        readiness.luigid,
        heap_mb=0,
        ports=("LUIGID_PORT",),
        prepare=provision.luigi_history,
        page="LUIGID",
    ),
    Service(
        "spark-thrift",
        "Spark Thrift Server: SQL for the dashboards, history and live",
        f"{sys.executable} -m aero.cluster.spark_thrift",
        readiness.spark_thrift,
        heap_mb=1024,
        ports=("SPARK_THRIFT_PORT",),
        after=("metastore",),
        provision=provision.spark_thrift,
        provision_after=("hbase-thrift", "hiveserver2"),
    ),
    Service(
        "superset",
        "Superset: the dashboards",
        "{SUPERSET_VENV}/bin/gunicorn --config " + f"{REPOSITORY}/superset/gunicorn.conf.py superset.app:create_app()",
        readiness.superset,
        heap_mb=0,
        ports=("SUPERSET_PORT",),
        beside=("spark-thrift", "hiveserver2", "hbase-thrift"),
        prepare=setup.prepare,
        provision=setup.provision,
        page="SUPERSET",
    ),
    Service(
        "scheduler",
        "The scheduler: new and revised months, the month ledger, freshness",
        f"{sys.executable} -m aero.ops.scheduler",
        partial(readiness.reports_itself, name="scheduler"),
        heap_mb=0,
        ports=("METRICS_HTTP_PORT",),
        after=("hiveserver2", "hbase-thrift", "kafka", "luigid"),
    ),
    Service(
        "hbase-thrift2",
        "HBase's second Thrift server: the door of the stream, for which each cell has a timestamp of its own",
        "org.apache.hadoop.hbase.thrift2.ThriftServer --bind {BIND_HOST} -p {HBASE_THRIFT2_PORT}"
        " --infoport {HBASE_THRIFT2_HTTP_PORT} -threadpool start",
        readiness.hbase_thrift2,
        heap_mb=256,
        ports=("HBASE_THRIFT2_PORT", "HBASE_THRIFT2_HTTP_PORT"),
        after=("hbase",),
        on_demand=True,
        runtime=HBASE,
    ),
    Service(
        "stream",
        "The stream: Spark on YARN, from Kafka to HBase",
        f"{sys.executable} -m aero.cluster.stream",
        readiness.stream,
        heap_mb=768,
        ports=(),
        after=("datanode", "nodemanager", "hbase-thrift", "hbase-thrift2", "kafka"),
        on_demand=True,
    ),
    *(
        Service(
            source.name,
            source.what,
            f"{sys.executable} -m aero.live.sources.process {source.name}",
            partial(readiness.source, name=source.name),
            heap_mb=0,
            ports=(),
            after=("kafka",),
            on_demand=True,
        )
        for source in SOURCES.values()
    ),
)
BASE = tuple(service for service in SERVICES if not service.on_demand)
BY_NAME = {service.name: service for service in SERVICES}


def environment(settings: Settings) -> dict[str, str]:
    """Every variable that a service, client or configuration file reads. AeroError for a heap or size that is none."""
    variables = (
        settings.environment
        | jars.environment(settings)
        | {
            "JAVA_HOME": os.environ["JAVA_HOME"] if settings.is_container else str(java.home()),
            "AERO_JAVA_FLAGS": (own := os.environ.get("AERO_JAVA_FLAGS", "")),
            "JAVA_OPENS": " ".join([*java.OPENS, own]).strip(),
            "HADOOP_CONF_DIR": str(REPOSITORY / "hadoop" / "conf"),
            "HADOOP_USER_NAME": people.USER,
            "AERO_PEOPLE": str(people.file(settings)),
            "TMPDIR": str(settings.temporary),
            "TZ": "UTC",  # A Java client puts a time of the data into its own zone, which may lack that hour.
            "AERO_LAKE": datasets.ROOT,
            "AERO_READER_TABLES": ",".join(datasets.READER_TABLES),
            "AERO_ANALYST_TABLES": ",".join(datasets.ANALYST_TABLES),
            "LUIGI_CONFIG_PATH": str(REPOSITORY / "luigi_tasks" / "luigi.cfg"),
            "SUPERSET_HOME": str(settings.home / "superset"),
            "SUPERSET_VENV": str(superset_venv.folder(settings)),
            "SUPERSET_CONFIG_PATH": str(REPOSITORY / "superset" / "superset_config.py"),
        }
        | http_door.variables(settings)
        | metastore.variables(settings)
        | yarn_variables()
        | {name: os.environ.get(name, alone) for name, alone in _alone(settings).items()}
        | {service.heap_variable: str(service.heap()) for service in SERVICES if service.heap_mb}
    )
    return variables | {"AERO_VARIABLES": ",".join(sorted(variables))}


def _alone(settings: Settings) -> dict[str, str]:
    """What holds on one machine; a cluster's environment says something else."""
    return {
        "LOOPBACK_AGENT": f"-javaagent:{jars.folder(settings, 'hadoop')}/lib/hadoop-1.jar",
        "LUIGI_HISTORY_URL": f"sqlite:///{settings.home}/luigi/history.db",
        "METRICS_AGENT": f"-javaagent:{jars.folder(settings, 'hive/doors')}/lib/doors-1.jar",
        "METASTORE_DB_URL": f"jdbc:derby:;databaseName={settings.home}/metastore;create=true",
        "SHUFFLE_CLASS": "aero.hadoop.LocalShuffle",
        "SPARK_DRIVER_HOST": "localhost",
        "SPARK_LOCAL_IP": "127.0.0.1",
        **kafka_variables(settings),
    }


def with_needs(names: list[str] | tuple[str, ...]) -> list[Service]:
    """The named services and all that they need, in an order to start them. With no name, all but those on demand."""
    wanted: set[str] = set()

    def add(name: str) -> None:
        if name not in wanted:
            wanted.add(name)
            for needed in (*BY_NAME[name].after, *BY_NAME[name].beside):
                add(needed)

    for name in names or [service.name for service in BASE]:
        add(name)
    return [service for service in SERVICES if service.name in wanted]


def with_dependants(names: list[str] | tuple[str, ...]) -> list[Service]:
    """The named services and all that need them, in an order to stop them. With no name, all services."""
    wanted = set(names or BY_NAME)
    for service in SERVICES:
        if wanted & set(service.after):
            wanted.add(service.name)
    return [service for service in reversed(SERVICES) if service.name in wanted]


def log_file(settings: Settings, name: str) -> Path:
    """Where the supervisor writes what a service prints."""
    return settings.home / "logs" / f"{name}.log"
