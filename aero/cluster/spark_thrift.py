"""Becomes the Spark Thrift Server, the door of the dashboards' history: hive:// like HiveServer2, on the same tables.

It computes in its own process, not in containers of YARN: the batch views are small, and a dashboard should neither
wait for a load's containers nor take any. SPARK_THRIFT_MASTER=yarn makes it use YARN.
"""

import os

from aero.cluster import services, spark
from aero.datasets import REPOSITORY
from aero.settings import Settings, load_settings


def command(settings: Settings) -> list[str]:
    """The argument list that starts it in the foreground."""
    return [
        str(spark.home() / "bin" / "spark-submit"),
        "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
        "--name", "spark-thrift",
        "--master", os.environ.get("SPARK_THRIFT_MASTER", "local[2]"),
        "--driver-memory", f"{services.BY_NAME['spark-thrift'].heap()}m",
        "--properties-file", str(REPOSITORY / "jobs" / "conf" / "spark-thrift.conf"),
        "--load-spark-defaults",
        "--conf", f"spark.hadoop.hive.metastore.uris=thrift://{settings.address('METASTORE')}",
        "spark-internal",
        "--hiveconf", f"hive.server2.thrift.bind.host={settings.host('SPARK_THRIFT')}",
        "--hiveconf", f"hive.server2.thrift.port={settings.port('SPARK_THRIFT')}",
    ]  # fmt: skip


def main() -> None:
    """Become the server's process."""
    settings = load_settings()
    start = command(settings)
    os.execve(start[0], start, os.environ | spark.environment(settings))


if __name__ == "__main__":
    main()
