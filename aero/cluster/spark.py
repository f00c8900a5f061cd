"""The command of a Spark application on YARN: every application is started by it."""

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path

from aero import metastore
from aero.cluster import services, surroundings
from aero.datasets import REPOSITORY
from aero.settings import Settings

# Begins the line with which jobs/application.py reports the end of a job; its docstring is the protocol.
JOB_ENDED = "job ended: "
# Begins the line before those of its jobs: the id that YARN gave to it.
APPLICATION = "application: "
# Java's first compiler alone, for an application that plans, hands out its work and ends: a server would stay slow with
# it.
SHORT_LIVED = {
    "spark.driver.extraJavaOptions": "-Duser.timezone=UTC -Djava.net.preferIPv4Stack=true"
    " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
}


def home() -> Path:
    """The folder of the installed PySpark, which is a SPARK_HOME. PySpark itself, which takes long, is not imported."""
    spec = find_spec("pyspark")
    assert spec and spec.origin, "setup.cfg requires PySpark"
    return Path(spec.origin).parent


def environment(settings: Settings, service: str | None = None) -> dict[str, str]:
    """What spark-submit reads beside jobs/conf/spark-defaults.conf. A driver that is a `service` says how it is."""
    variables = services.environment(settings)
    own = [*(services.BY_NAME[service].agent(variables) if service else []), variables["AERO_JAVA_FLAGS"]]
    return variables | {
        "SPARK_HOME": str(home()),
        "SPARK_CONF_DIR": str(REPOSITORY / "jobs" / "conf"),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_DIRS": str(settings.temporary),
        "SPARK_SUBMIT_OPTS": " ".join([f"-Djava.io.tmpdir={settings.temporary}", "-XX:-UsePerfData", *own]),
        "SPARK_LAUNCHER_OPTS": "-XX:-UsePerfData",
    }


def ending_without_memory(variables: dict[str, str]) -> dict[str, str]:
    """An environment whose driver ends where it has no memory left: where a thread of Spark's is lost to that, the
    others wait for ever. Not for a notebook, whose other work would be lost, nor for the SQL server."""
    return variables | {"SPARK_SUBMIT_OPTS": f"{variables['SPARK_SUBMIT_OPTS']} -XX:+ExitOnOutOfMemoryError"}


def options(conf: dict[str, str]) -> list[str]:
    """As spark-submit takes them."""
    return [part for name, value in conf.items() for part in ("--conf", f"{name}={value}")]


def application(
    settings: Settings, job: str, conf: dict[str, str] | None = None, run_id: str | None = None
) -> tuple[list[str], dict[str, str]]:
    """The command that runs `jobs/<job>.py`, without its arguments, as an application of its own, and its environment.
    `conf` adds to the defaults; the application of a run has its id in its name.

    Its Python starts Spark, not the other way round: when Python is killed, Spark and its executors end too. (Under
    spark-submit a Python that is left behind could still write while the next one already runs.)
    """
    variables = environment(settings)
    confs = {
        **metastore.spark_conf(settings),
        "spark.driver.host": variables["SPARK_DRIVER_HOST"],
        "spark.driver.bindAddress": variables["BIND_HOST"],
        "spark.driver.extraClassPath": f"{variables['JOBS_LIB']}/*:{variables['DOORS_LIB']}/*",
        "spark.executor.extraClassPath": f"{variables['JOBS_LIB']}/*",
        "spark.executor.defaultJavaOptions": variables["AERO_JAVA_FLAGS"],
    }
    arguments = shlex.join(
        ["--name", " ".join(filter(None, [f"aero-{job}", run_id])), *options(confs | (conf or {})), "pyspark-shell"]
    )
    command = [sys.executable, str(REPOSITORY / "jobs" / f"{job}.py")]
    return command, surroundings.variables() | variables | {"PYSPARK_SUBMIT_ARGS": arguments}
