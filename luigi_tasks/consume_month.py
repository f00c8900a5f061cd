"""Take the months that were sent to Kafka out of it and clean them."""

import luigi

from aero import connections, monthly
from aero.errors import AeroError
from luigi_tasks import spark_job
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.produce_month import ProduceMonth
from luigi_tasks.run import Run


class ConsumeMonth(Run):
    """Run jobs/consume_month.py for what was sent: the folders of the months' loads, complete or not there.

    Reports the load ids. Fails, with nothing published, where a month did not come whole through Kafka.
    """

    def requires(self) -> luigi.Task:
        return self.clone(ProduceMonth)

    def output(self) -> HdfsFile:
        return self.report("consumed")

    def run(self) -> None:
        self.hold_lease()
        plan = self.input().records()
        if plan:
            problem = spark_job.run("consume_month", plan, kafka=connections.kafka_bootstrap())
            if problem:
                raise AeroError(problem, "Run it again: what came half is thrown away.")
        client = connections.webhdfs()
        for sent in plan:
            client.delete(monthly.staging_path(sent.raw.load_id), recursive=True)
        self.output().write([sent.raw.load_id for sent in plan])
