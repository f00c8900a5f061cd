"""A local Spark session for tests of the jobs."""

import sys

import pytest
from pyspark.sql import SparkSession

from aero.datasets import REPOSITORY

# spark-submit puts the folder of the job that it starts on the path, so that jobs find the modules beside them.
sys.path.insert(0, str(REPOSITORY / "jobs"))


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """Local session in UTC; its catalog is in memory, its warehouse temporary."""
    session = (
        SparkSession.builder.master("local[1]")
        .appName("aero tests")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.ui.enabled", "false")
        # Short tests never earn back what the second compiler costs: half the processor time without it.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .getOrCreate()
    )
    yield session
    session.stop()
