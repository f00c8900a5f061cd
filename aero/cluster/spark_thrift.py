"""Becomes the Spark Thrift Server, the door of the dashboards: hive:// like HiveServer2, on the same tables. Those over
HBase it reads from HBase itself (hbase/spark).

It computes in its own process, not in containers of YARN: the batch views are small, and a dashboard should neither
wait for a load's containers nor take any. SPARK_THRIFT_MASTER=yarn makes it use YARN.

With SPARK_DOOR=closed it asks for a password and for what the person's role may read (hive/doors, aero.doors.spark).
Only this server, not the jobs: they write.
"""

import os
from collections.abc import Mapping

from aero import metastore
from aero.cluster import jars, services, sizes, spark, surroundings
from aero.datasets import REPOSITORY
from aero.settings import Settings, load_settings

# Its own ports, which another user of the machine may reach too, ask for a secret; `${env:…}` in a statement is text.
DOOR_CONF = {
    "spark.sql.extensions": "aero.doors.spark.Extension",
    "spark.extraListeners": "aero.doors.spark.Audited",
    "spark.authenticate": "true",
    "spark.sql.variable.substitute": "false",
}
# Whoever signs in is not a user of HDFS, and asks for nobody else.
DOOR_HIVECONF = {
    "hive.server2.authentication": "CUSTOM",
    "hive.server2.custom.authentication.class": "aero.doors.spark.SignIn",
    "hive.server2.enable.doAs": "false",
    "hive.server2.allow.user.substitution": "false",
}
# What a statement holds is let go, be it that a client never closes any.
IDLE_HIVECONF = {"hive.server2.session.check.interval": "1min", "hive.server2.idle.operation.timeout": "10min"}
# A page that refreshes itself shows that HBase is away rather than wait for minutes.
HBASE_CONF = {
    "spark.sql.catalog.spark_catalog": "aero.hbase.spark.Catalog",
    "spark.hadoop.hbase.client.retries.number": "6",
    "spark.hadoop.hbase.client.operation.timeout": "20000",
    "spark.hadoop.hbase.client.meta.operation.timeout": "20000",
    "spark.hadoop.hbase.client.scanner.timeout.period": "20000",
    "spark.hadoop.hbase.rpc.timeout": "20000",
    "spark.hadoop.zookeeper.recovery.retry": "3",
}


def hbase(settings: Settings) -> dict[str, str]:
    """How Spark finds HBase, and its tables in the metastore."""
    libraries = jars.environment(settings)
    return HBASE_CONF | {
        # What the metastore says of a table over HBase, Hive's client hands on only where it has the table's handler.
        "spark.sql.hive.metastore.jars.path": ",".join(
            f"file://{libraries[name]}/*.jar" for name in ("HIVE_LIB", "HADOOP_LIB", "HBASE_HANDLER_LIB")
        ),
        "spark.hadoop.hbase.zookeeper.quorum": settings.host("ZOOKEEPER"),
        "spark.hadoop.hbase.zookeeper.property.clientPort": str(settings.port("ZOOKEEPER")),
    }


def door() -> tuple[list[str], list[str]]:
    """What makes the door a closed one: the options before the class, and those of the server."""
    return spark.options(DOOR_CONF), _hiveconf(DOOR_HIVECONF)


def _hiveconf(settings: Mapping[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("--hiveconf", f"{name}={value}")]


def command(settings: Settings) -> list[str]:
    """The argument list that starts it in the foreground."""
    options, hiveconf = door() if settings.is_closed("SPARK") else ([], [])
    heap = services.BY_NAME["spark-thrift"].heap()
    tasks = sizes.of_sql_server(heap)
    variables = services.environment(settings)
    return [
        str(spark.home() / "bin" / "spark-submit"),
        "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
        "--name", "spark-thrift",
        "--master", os.environ.get("SPARK_THRIFT_MASTER", f"local[{tasks}]"),
        "--driver-memory", f"{heap}m",
        "--properties-file", str(REPOSITORY / "jobs" / "conf" / "spark-thrift.conf"),
        "--load-spark-defaults",
        "--conf", f"spark.sql.shuffle.partitions={tasks}",
        "--driver-class-path", f"{variables['DOORS_LIB']}/*:{variables['HBASE_SPARK_LIB']}/*",
        "--conf", f"spark.executor.extraClassPath={variables['HBASE_SPARK_LIB']}/*",
        *spark.options(metastore.spark_conf(settings) | hbase(settings)),
        *options,
        "spark-internal",
        "--hiveconf", f"hive.server2.thrift.bind.host={settings.host('SPARK_THRIFT')}",
        "--hiveconf", f"hive.server2.thrift.port={settings.port('SPARK_THRIFT')}",
        *_hiveconf(IDLE_HIVECONF),
        *hiveconf,
    ]  # fmt: skip


def main() -> None:
    """Become the server's process."""
    settings = load_settings()
    start = command(settings)
    os.execve(start[0], start, surroundings.variables() | spark.environment(settings, "spark-thrift"))


if __name__ == "__main__":
    main()
