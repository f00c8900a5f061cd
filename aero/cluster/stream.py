"""Becomes jobs/stream_flights.py as a server: the command of the service `stream`.

The supervisor watches the job's Python; Spark's driver is its child (aero/cluster/spark.py). It renews forecasts unless
AERO_RENEW_FORECASTS is `no`.
"""

import os

from aero import process_state
from aero.cluster import services, sizes, spark
from aero.datasets import STREAM_CHECKPOINTS
from aero.settings import Settings, load_settings

EXECUTOR = {
    # A lost executor is replaced, unless more than five are lost within ten minutes.
    "spark.executor.maxNumFailures": "5",
    "spark.executor.failuresValidityInterval": "10m",
}


def configuration(settings: Settings) -> dict[str, str]:
    """Spark's settings beside the defaults; the driver's heap is the service's."""
    own = sizes.of_stream(sizes.ask(settings)) | EXECUTOR
    return own | {"spark.driver.memory": f"{services.BY_NAME['stream'].heap()}m"}


def main() -> None:
    """Become the stream's process."""
    settings = load_settings()
    command, environment = spark.application(settings, "stream_flights", configuration(settings))
    arguments = [
        "--kafka", settings.address("KAFKA"), "--thrift", settings.address("HBASE_THRIFT2"),
        "--checkpoint", STREAM_CHECKPOINTS.path, "--report", str(process_state.file(settings, "stream")),
    ]  # fmt: skip
    if os.environ.get("AERO_RENEW_FORECASTS") == "no":
        arguments.append("--no-renew")
    environment |= spark.environment(settings, "stream")
    os.execve(command[0], [*command, *arguments], spark.ending_without_memory(environment))


if __name__ == "__main__":
    main()
