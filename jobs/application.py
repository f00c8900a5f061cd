"""The Spark application of a load (`aero-application` on YARN's page): runs one job after the other, as it is told on standard input.

    {"job": "clean_flights", "plan": "/tmp/…/plan.json"}
    {"job": "build_views", "plan": "/tmp/…/plan.json"}

Each is the `run(spark, plan, …)` of that module, with a session of its own and what else the line says. What jobs print is
passed on; a line beginning with JOB_ENDED says how each ended: `{}`, `{"error": …}` for what is to be told as it is, `{"fault": …}`
for anything else. The application ends after a fault, for it may be Spark's, and at an empty line or the end of its input:
in the middle of a job too, for then the load that wanted it was killed, and the next may be at the same folders. Luigi's
tasks write the lines: luigi_tasks/spark_job.py.

One for all jobs, because starting one and warming it up takes 15 s or more, and cleaning a small month takes four.
"""

import json
import os
import sys
import threading
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from aero.cluster.spark import JOB_ENDED
from aero.errors import AeroError


def perform(spark: SparkSession, job: str, plan: str, **arguments: str) -> dict[str, str]:
    """Run a job in a new session; how it ended."""
    try:
        import_module(job).run(spark.newSession(), Path(plan), **arguments)
        spark.catalog.clearCache()  # All sessions share it.
    except AeroError as error:
        return {"error": str(error)}
    except Exception:  # Py4j's and Spark's have no base of their own.
        return {"fault": traceback.format_exc()}
    return {}


class _Told(threading.Thread):
    """Reads the jobs. `lines` has them, and an empty one when there are no more; from each to its end a job `is_going_on`.
    There, and before Spark `is_ready`, the end of the lines ends this process at once."""

    def __init__(self):
        super().__init__(daemon=True)
        self.lines: SimpleQueue[str] = SimpleQueue()
        self.is_ready = threading.Event()
        self.is_going_on = threading.Event()

    def run(self) -> None:
        for line in sys.stdin:
            if line == "\n":
                break
            self.is_going_on.set()
            self.lines.put(line)
        if self.is_going_on.is_set() or not self.is_ready.is_set():
            os._exit(1)  # Java goes with it, and with Java the executors.
        self.lines.put("")


def _load_hive_client(spark: SparkSession) -> None:
    """Takes four seconds, while the first months are cleaned and nobody waits for it."""
    with suppress(Py4JError, PySparkException):  # Who needs it says what is wrong.
        spark.catalog.databaseExists("default")


def main() -> None:
    """Run the jobs of standard input."""
    told = _Told()
    told.start()
    spark = SparkSession.builder.enableHiveSupport().getOrCreate()
    told.is_ready.set()
    sys.stderr = sys.stdout  # From here on Java has standard error to itself.
    threading.Thread(target=_load_hive_client, args=[spark], daemon=True).start()
    while line := told.lines.get():
        end = perform(spark, **json.loads(line))
        told.is_going_on.clear()
        print(JOB_ENDED + json.dumps(end), flush=True)
        if "fault" in end:
            break
    spark.stop()


if __name__ == "__main__":
    main()
