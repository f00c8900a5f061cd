"""The Spark application of a load (`aero-application` on YARN's page): runs the jobs of a process, one after the other.

The protocol, line by line; the other side is luigi_tasks/spark_job.py.

Standard input, a job a line: the module in jobs/, and the arguments of its `run(spark, plan, …)`.

    {"job": "clean_flights", "plan": "/tmp/…/plan.json"}

An empty line or the end of the input ends the application. In the middle of a job it ends at once, for then the load
that wanted the job was killed, and the next load may be at the same folders.

Standard output: the application's id of YARN, what the jobs print, and for each job a line that begins with JOB_ENDED
(aero/cluster/spark.py).

    application: application_1795874731969_0004
    job ended: {}                 it is done
    job ended: {"error": "…"}     it failed with an AeroError, in its words
    job ended: {"fault": "…"}     any other exception, with its traceback; the application ends, for it may be Spark's

One application serves all jobs, because its start takes 15 s or more, and cleaning a small month takes four.
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

from aero.cluster.spark import APPLICATION, JOB_ENDED
from aero.errors import AeroError


def perform(spark: SparkSession, job: str, plan: str, **arguments: str) -> dict[str, str]:
    """Run a job in a new session. Returns the object that JOB_ENDED is followed by."""
    try:
        import_module(job).run(spark.newSession(), Path(plan), **arguments)
        spark.catalog.clearCache()  # All sessions share it.
    except AeroError as error:
        return {"error": str(error)}
    except Exception:  # Py4j's and Spark's have no base of their own.
        return {"fault": traceback.format_exc()}
    return {}


class JobQueue(threading.Thread):
    """Reads the lines of standard input into `lines`, and an empty one when there are no more.

    `is_going_on` is set while a job is waiting or running, `is_ready` once Spark has started. The end of the input ends
    this process at once while a job is going on or Spark is starting.
    """

    def __init__(self) -> None:
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
    """Load it beside the first job: it takes four seconds, and only a later job needs it."""
    with suppress(Py4JError, PySparkException):  # The job that needs it will raise it again.
        spark.catalog.databaseExists("default")


def main() -> None:
    """Run the jobs of standard input."""
    jobs = JobQueue()
    jobs.start()
    spark = SparkSession.builder.enableHiveSupport().getOrCreate()
    jobs.is_ready.set()
    print(APPLICATION + spark.sparkContext.applicationId, flush=True)
    sys.stderr = sys.stdout  # From here on Java has standard error to itself.
    threading.Thread(target=_load_hive_client, args=[spark], daemon=True).start()
    while line := jobs.lines.get():
        end = perform(spark, **json.loads(line))
        jobs.is_going_on.clear()
        print(JOB_ENDED + json.dumps(end), flush=True)
        if "fault" in end:
            break
    spark.stop()


if __name__ == "__main__":
    main()
