"""Starting a Spark application on YARN, the one way it is done."""

import os
import shlex
import sys
from importlib.util import find_spec

from aero.cluster import services
from aero.datasets import REPOSITORY
from aero.settings import Settings

# How the end of a job is said by jobs/application.py, as a line with JSON.
JOB_ENDED = "job ended: "
# For an application that plans, hands out and ends: Java's first compiler alone. A server must not have them: it would stay
# slow for as long as it runs.
SHORT_LIVED = {
    "spark.driver.extraJavaOptions": "-Duser.timezone=UTC -Djava.net.preferIPv4Stack=true"
    " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
}


def environment(settings: Settings) -> dict[str, str]:
    """What spark-submit reads beside jobs/conf/spark-defaults.conf."""
    return services.environment(settings) | {
        "SPARK_HOME": find_spec("pyspark").submodule_search_locations[0],
        "SPARK_CONF_DIR": str(REPOSITORY / "jobs" / "conf"),
        "PYSPARK_PYTHON": sys.executable,
    }


def application(settings: Settings, job: str, conf: dict[str, str] | None = None) -> tuple[list[str], dict[str, str]]:
    """The command that runs `jobs/<job>.py` as an application of its own, without arguments, and its environment.

    Its Python starts Spark, not the other way round: when the one is killed the other ends too, and with it the executors.
    (Under spark-submit a Python left behind could still write while the next one already runs.) `conf` adds to the defaults.
    """
    variables = environment(settings)
    confs = {
        "spark.hadoop.hive.metastore.uris": f"thrift://{settings.address('METASTORE')}",
        "spark.driver.host": variables["SPARK_DRIVER_HOST"],
        "spark.driver.bindAddress": variables["BIND_HOST"],
        "spark.driver.extraClassPath": f"{variables['JOBS_LIB']}/*",
        "spark.executor.extraClassPath": f"{variables['JOBS_LIB']}/*",
    }
    if memory := os.environ.get("SPARK_EXECUTOR_MEMORY"):
        confs["spark.executor.memory"] = memory
    options = [part for name, value in (confs | (conf or {})).items() for part in ("--conf", f"{name}={value}")]
    arguments = shlex.join(["--name", f"aero-{job}", *options, "pyspark-shell"])
    command = [sys.executable, str(REPOSITORY / "jobs" / f"{job}.py")]
    return command, os.environ | variables | {"PYSPARK_SUBMIT_ARGS": arguments}
