"""Starting a Spark application on YARN, the one way it is done."""

import os
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path

from aero import services
from aero.datasets import REPOSITORY
from aero.settings import Settings


def environment(settings: Settings) -> dict[str, str]:
    """What spark-submit reads beside jobs/conf/spark-defaults.conf."""
    return services.environment(settings) | {
        "SPARK_HOME": find_spec("pyspark").submodule_search_locations[0],
        "SPARK_CONF_DIR": str(REPOSITORY / "jobs" / "conf"),
        "PYSPARK_PYTHON": sys.executable,
    }


def submit(settings: Settings, job: str, *arguments: str, conf: dict[str, str] | None = None) -> list[str]:
    """The command that runs `jobs/<job>.py` with its arguments. `conf` adds to the defaults."""
    return [
        str(Path(environment(settings)["SPARK_HOME"]) / "bin" / "spark-submit"),
        *_options(settings, job, conf or {}),
        str(REPOSITORY / "jobs" / f"{job}.py"),
        *arguments,
    ]


def shell_arguments(settings: Settings, job: str, conf: dict[str, str]) -> str:
    """PYSPARK_SUBMIT_ARGS for a job whose Python starts Spark, where Spark is not to start the Python."""
    return shlex.join([*_options(settings, job, conf), "pyspark-shell"])


def _options(settings: Settings, job: str, conf: dict[str, str]) -> list[str]:
    variables = services.environment(settings)
    confs = {
        "spark.hadoop.hive.metastore.uris": f"thrift://{settings.address('METASTORE')}",
        "spark.driver.host": variables["SPARK_DRIVER_HOST"],
        "spark.driver.bindAddress": variables["BIND_HOST"],
    }
    if memory := os.environ.get("SPARK_EXECUTOR_MEMORY"):
        confs["spark.executor.memory"] = memory
    confs |= conf
    return ["--name", job, *(part for name, value in confs.items() for part in ("--conf", f"{name}={value}"))]
