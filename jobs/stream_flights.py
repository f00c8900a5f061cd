"""The stream: `flights.live` → newest state of each flight, hourly windows and the Live Log in HBase, checked and
enriched events in `flights.processed`, everything else in `flights.rejected`. It runs until it is stopped.

    python jobs/stream_flights.py --kafka localhost:9092 --thrift localhost:9091 --checkpoint /aero/live/checkpoints

A micro-batch that was not committed is read again, and writes the same (stream_batch.py): it may be killed at any time.
Started by aero/cluster/stream.py as the service `stream`.
"""

import signal
import sys
import threading
from pathlib import Path

import click
import stream_topic
from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery
from stream_batch import FlightBatches
from stream_forecasts import Renewal
from stream_hbase import Address
from stream_log import QUERY, Lag
from stream_topic import Broker

from aero import kafka_clients, process_state
from aero.datasets import TOPIC_LIVE
from aero.errors import AeroError
from aero.kafka_clients import quiet_library

# What the executors import from beside this file.
MODULES = ("stream_cells", "stream_delays", "stream_events", "stream_hbase", "stream_parts")
# What a query says of itself that has found its sources and the end of the topic.
BEGUN = ("Waiting", "Processing")
# About four seconds of work; more would make a batch long before it made it much cheaper a row.
OFFSETS_A_CORE = 10_000


def live_records(session: SparkSession, bootstrap: str, max_offsets: int) -> DataFrame:
    """The topic from its beginning, at most `max_offsets` records a batch.

    Records that Kafka has thrown away before they were read do not end the stream: the Live Log counts them, and
    stream_topic.py looks at each start whether the topic is the same.
    """
    options: dict[str, str | int] = {
        **kafka_clients.spark_options(kafka_clients.STREAM, bootstrap),
        "subscribe": TOPIC_LIVE,
        "startingOffsets": "earliest",
        "maxOffsetsPerTrigger": max_offsets,
        "failOnDataLoss": "false",
    }
    return session.readStream.format("kafka").options(**options).load()


def start(
    session: SparkSession,
    bootstrap: str,
    address: Address,
    checkpoint: str,
    max_offsets: int,
    renewal: Renewal | None = None,
) -> StreamingQuery:
    """The running query, as it goes on from its checkpoint. Raises AeroError where there is no topic."""
    for module in MODULES:
        session.sparkContext.addPyFile(str(Path(__file__).with_name(f"{module}.py")))
    folder, broker = f"{checkpoint}/{QUERY}", Broker(bootstrap, TOPIC_LIVE)
    beginning = stream_topic.begin(session, folder, address, broker.topic())
    batches = FlightBatches(bootstrap, address, Lag(bootstrap, TOPIC_LIVE), broker, beginning, renewal)
    writer = live_records(session, bootstrap, max_offsets).writeStream.queryName(QUERY)
    return writer.option("checkpointLocation", folder).foreachBatch(batches).start()


def watch(session: SparkSession, query: StreamingQuery, stop: threading.Event, report: Path) -> None:
    """Wait until `stop` is set or the query fails, which raises its error. Reports that it runs once it has begun.
    Raises AeroError where YARN ended the application: a query that has nothing to do would never know.
    """
    is_running = False
    while not stop.is_set():
        if not is_running and query.status["message"].startswith(BEGUN):
            is_running = True
            process_state.write(report, process_state.RUNNING, query=QUERY)
        if query.awaitTermination(1):
            return
        if session.sparkContext._jsc.sc().isStopped():
            raise AeroError("YARN ended the stream's application.", "It starts again by itself. Why: aero logs stream")
    query.stop()


def problem(failure: Exception) -> str:
    """A failure in a line. Py4J's first line names the method that was called, the next begins with `: ` and Java's."""
    lines = (str(failure).strip() or repr(failure)).splitlines()
    return next((line.removeprefix(": ") for line in lines if line.startswith(": ")), lines[0])


@click.command()
@click.option("--kafka", required=True, metavar="HOST:PORT", help="Kafka's address.")
@click.option("--thrift", required=True, metavar="HOST:PORT", help="Address of HBase's second Thrift server.")
@click.option("--checkpoint", required=True, help="HDFS folder of the checkpoints.")
@click.option("--report", required=True, type=click.Path(path_type=Path), help="File to report the state in.")
@click.option("--renew/--no-renew", default=True, help="Whether forecasts are renewed by the events of their flights.")
@click.option("--max-offsets", type=int, help=f"Records a micro-batch, at most; else {OFFSETS_A_CORE:,} a core.")
def main(kafka: str, thrift: str, checkpoint: str, report: Path, renew: bool, max_offsets: int | None) -> None:
    """Run the stream until SIGTERM ends it."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    process_state.write(report, process_state.STARTING)
    quiet_library()
    host, port = thrift.rsplit(":", 1)
    session = None
    try:
        session = SparkSession.builder.appName("stream_flights").getOrCreate()
        most = max_offsets or OFFSETS_A_CORE * session.sparkContext.defaultParallelism
        renewal = Renewal() if renew else None
        query = start(session, kafka, Address(host, int(port)), checkpoint, most, renewal)
        watch(session, query, stop, report)
        process_state.write(report, process_state.ENDED)
    except Exception as failure:  # Such as Spark's where the NameNode is away: the supervisor starts the stream again.
        process_state.write(report, process_state.FAILED, problem=problem(failure))
        if not isinstance(failure, StreamingQueryException | AeroError):
            raise
        print(f"stream: {failure}", file=sys.stderr)
        sys.exit(1)
    finally:
        if session:
            session.stop()


if __name__ == "__main__":
    main()
