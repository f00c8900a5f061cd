"""A Spark session of somebody who asks in Python, on YARN, with the tables of the metastore."""

import os
from typing import TYPE_CHECKING

from aero.cluster import sizes, spark
from aero.settings import load_settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session(name: str = "notebook") -> "SparkSession":
    """The session of this process, the application `aero-NAME` on YARN; it comes in as the platform itself, which alone
    may read the password. Give its executors back with `stop()`.

    Tables over HBase are asked of the Spark Thrift Server. Raises AeroError where the password is not there.
    """
    settings = load_settings()
    conf = spark.SHORT_LIVED | sizes.of_load(sizes.ask(settings))
    _, environment = spark.application(settings, name, conf)
    os.environ.update(environment)
    from pyspark.sql import SparkSession

    return SparkSession.builder.enableHiveSupport().getOrCreate()
