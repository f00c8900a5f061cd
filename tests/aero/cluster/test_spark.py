"""Which of Java's flags reach which of Spark's processes."""

from aero.cluster import spark, spark_thrift
from aero.datasets import REPOSITORY
from aero.settings import load_settings

CONF = REPOSITORY / "jobs" / "conf"
FIRST_COMPILER_ALONE = "TieredStopAtLevel"


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
