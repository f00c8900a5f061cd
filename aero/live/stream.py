"""Starts jobs/stream_flights.py as a server: the command of the service `stream`.

The job's Python is the process that the supervisor watches, and Spark's driver its child: when the one is killed, the
other ends too, and with it the executors. (Under spark-submit it would be the other way round, and a Python left behind
by a killed driver could still write for a moment while the next one already runs.)
"""

import os
import sys

from aero import settings, spark
from aero.datasets import REPOSITORY, ROOT
from aero.live import reports

CHECKPOINTS = f"{ROOT}/live/checkpoints"
# The executor's container may take 2 GiB in all: heap, Python workers (two, one a core) and what the JVM has beside.
EXECUTOR = {
    "spark.executor.memory": "1200m",
    "spark.executor.memoryOverhead": "848m",
    "spark.driver.memory": "768m",
    # An executor that is lost is replaced, without end as long as it is not lost all the time.
    "spark.executor.maxNumFailures": "5",
    "spark.executor.failuresValidityInterval": "10m",
}


def main() -> None:
    """Become the stream's process."""
    here = settings.load()
    environment = os.environ | spark.environment(here)
    kafka_jars = f"{environment['JOBS_LIB']}/*"
    conf = EXECUTOR | {"spark.driver.extraClassPath": kafka_jars, "spark.executor.extraClassPath": kafka_jars}
    environment["PYSPARK_SUBMIT_ARGS"] = spark.shell_arguments(here, "stream_flights", conf)
    job = REPOSITORY / "jobs" / "stream_flights.py"
    arguments = [
        "--kafka", here.address("KAFKA"), "--thrift", here.address("HBASE_THRIFT2"),
        "--checkpoint", CHECKPOINTS, "--report", str(reports.file(here, "stream")),
    ]  # fmt: skip
    os.execve(sys.executable, [sys.executable, str(job), *arguments], environment)


if __name__ == "__main__":
    main()
