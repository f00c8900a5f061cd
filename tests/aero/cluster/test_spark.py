"""Which of Java's flags reach which of Spark's processes."""

import pytest

from aero.cluster import jars, spark, spark_thrift
from aero.datasets import REPOSITORY
from aero.settings import load_settings

CONF = REPOSITORY / "jobs" / "conf"
FIRST_COMPILER_ALONE = "TieredStopAtLevel"


@pytest.fixture(autouse=True)
def _no_flags_of_a_site(monkeypatch):
    monkeypatch.setenv("AERO_JAVA_FLAGS", "")


def properties(name: str) -> dict[str, str]:
    """The settings of one of jobs/conf's files."""
    lines = (CONF / name).read_text().splitlines()
    return dict(line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#"))


def test_a_server_of_spark_has_both_compilers():
    command = spark_thrift.command(load_settings())
    assert not any(FIRST_COMPILER_ALONE in word for word in command)
    flags = (properties("spark-defaults.conf") | properties("spark-thrift.conf"))["spark.driver.extraJavaOptions"]
    assert FIRST_COMPILER_ALONE not in flags
    assert "-Duser.timezone=UTC" in flags


def test_the_stream_has_both_compilers_and_a_load_the_first_alone():
    _, stream = spark.application(load_settings(), "stream_flights")
    _, load = spark.application(load_settings(), "application", spark.SHORT_LIVED)
    assert FIRST_COMPILER_ALONE not in properties("spark-defaults.conf")["spark.driver.extraJavaOptions"]
    assert FIRST_COMPILER_ALONE not in stream["PYSPARK_SUBMIT_ARGS"]
    assert FIRST_COMPILER_ALONE in load["PYSPARK_SUBMIT_ARGS"]
    assert "-Duser.timezone=UTC" in load["PYSPARK_SUBMIT_ARGS"]


def test_flags_of_a_site_reach_driver_and_executors(monkeypatch):
    monkeypatch.setenv("AERO_JAVA_FLAGS", "-Xlog:gc -Xint")
    _, load = spark.application(load_settings(), "application", spark.SHORT_LIVED)
    assert "spark.executor.defaultJavaOptions=-Xlog:gc -Xint'" in load["PYSPARK_SUBMIT_ARGS"]
    assert load["SPARK_SUBMIT_OPTS"].endswith(" -Xlog:gc -Xint")


def test_the_sql_server_has_what_reads_hbase_and_says_where_it_is(monkeypatch):
    monkeypatch.setenv("ZOOKEEPER_HOST", "keeper")
    monkeypatch.setenv("ZOOKEEPER_PORT", "2222")
    settings = load_settings()
    command, lib = spark_thrift.command(settings), f"{jars.environment(settings)['HBASE_SPARK_LIB']}/*"
    assert lib in command[command.index("--driver-class-path") + 1].split(":")
    assert {
        f"spark.executor.extraClassPath={lib}",
        "spark.sql.catalog.spark_catalog=aero.hbase.spark.Catalog",
        "spark.hadoop.hbase.zookeeper.quorum=keeper",
        "spark.hadoop.hbase.zookeeper.property.clientPort=2222",
    } <= set(command)
    [metastore] = [word for word in command if word.startswith("spark.sql.hive.metastore.jars.path=")]
    assert f"file://{jars.environment(settings)['HBASE_HANDLER_LIB']}/*.jar" in metastore.partition("=")[2].split(",")
