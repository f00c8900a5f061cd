"""A Spark session of somebody who asks in Python, on YARN, with the tables of the metastore."""

import os
import sys
from typing import TYPE_CHECKING

from aero.cluster import services, sizes, spark, spark_thrift
from aero.settings import Settings, load_settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# The Python of Spark's workers, where that of this process lacks what they need: a notebook's is such a one.
WORKERS_PYTHON = "AERO_WORKERS_PYTHON"
# Who only looks at what was answered keeps no executor from a load: it goes after a minute without a task.
_IDLE = {"spark.dynamicAllocation.minExecutors": "0"}


def session(name: str = "notebook") -> "SparkSession":
    """The session of this process, the application `aero-NAME` on YARN; it comes in as the platform itself, which alone
    may read the password. Give its executors back with `stop()`.

    Tables over HBase are among those it reads. Raises AeroError where the password is not there.
    """
    settings = load_settings()
    conf = spark.SHORT_LIVED | _IDLE | sizes.of_load(sizes.ask(settings)) | _hbase(settings)
    _, environment = spark.application(settings, name, conf)
    os.environ.update(environment | {"PYSPARK_PYTHON": os.environ.get(WORKERS_PYTHON, sys.executable)})
    from pyspark.sql import SparkSession

    return SparkSession.builder.enableHiveSupport().getOrCreate()


def _hbase(settings: Settings) -> dict[str, str]:
    """How driver and executors read tables over HBase, as the Spark Thrift Server does."""
    variables = services.environment(settings)
    jobs, doors, hbase = (f"{variables[name]}/*" for name in ("JOBS_LIB", "DOORS_LIB", "HBASE_SPARK_LIB"))
    return spark_thrift.hbase(settings) | {
        "spark.driver.extraClassPath": f"{jobs}:{doors}:{hbase}",
        "spark.executor.extraClassPath": f"{jobs}:{hbase}",
    }
