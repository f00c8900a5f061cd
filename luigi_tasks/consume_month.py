"""Take the published months out of Kafka and clean them."""

import luigi

from aero import connections, monthly
from aero.errors import AeroError
from luigi_tasks import spark_job
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.produce_month import ProduceMonth
from luigi_tasks.run import Run


class ConsumeMonth(Run):
    """Run jobs/consume_month.py for what was published: the folders of the months' loads, complete or not there.

    Fails, with nothing published to readers, where a month did not come whole through Kafka.
    """

    def requires(self) -> luigi.Task:
        return self.clone(ProduceMonth)

    def output(self) -> HdfsFile:
        return self.report("consumed")

    def run(self) -> None:
        plan = self.input().read()
        if plan:
            said = spark_job.run("consume_month", plan, kafka=connections.kafka_bootstrap())
            if said:
                raise AeroError(said, "Run it again: what came half is thrown away.")
        client = connections.webhdfs()
        for entry in plan:
            client.delete(monthly.staging_path(entry["load_id"]), recursive=True)
        self.output().write([entry["load_id"] for entry in plan])
