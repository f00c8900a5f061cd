"""The Spark application of a load: runs one job after the other, as it is told on standard input.

    {"job": "clean_flights", "plan": "/tmp/…/plan.json"}
    {"job": "build_views", "plan": "/tmp/…/plan.json"}

Each is the `run(spark, plan, …)` of that module, with a session of its own and what else the line says. What jobs print is
passed on; a line beginning with JOB_ENDED says how each ended: `{}`, `{"error": …}` for what is to be told as it is, `{"fault": …}`
for anything else. The application ends with its input, or after a fault, for it may be Spark's. Luigi's tasks write the lines:
luigi_tasks/spark_job.py.

One for all jobs, because starting one and warming it up takes 20 s or more, and cleaning a small month takes four.
"""

import json
import sys
import traceback
from importlib import import_module
from pathlib import Path

from pyspark.sql import SparkSession

from aero.errors import AeroError
from aero.spark import JOB_ENDED


def perform(spark: SparkSession, job: str, plan: str, **arguments: str) -> dict[str, str]:
    """Run a job; how it ended."""
    try:
        import_module(job).run(spark, Path(plan), **arguments)
    except AeroError as error:
        return {"error": str(error)}
    except Exception:  # Py4j's and Spark's have no base of their own.
        return {"fault": traceback.format_exc()}
    return {}


def main() -> None:
    """Run the jobs of standard input."""
    spark = SparkSession.builder.enableHiveSupport().getOrCreate()
    sys.stderr = sys.stdout  # From here on Java has standard error to itself.
    for line in sys.stdin:
        end = perform(spark.newSession(), **json.loads(line))
        print(JOB_ENDED + json.dumps(end), flush=True)
        if "fault" in end:
            break
    spark.stop()


if __name__ == "__main__":
    main()
