"""The raw layer, as it is read: every file as it came, in versions that are never overwritten, each with its manifest.

    /aero/raw/flights_reporting/year=2013/month=01/landed=20261122T122500Z-1a2b3c4d/
        On_Time_….csv.gz        what Hive and Spark read
        _On_Time_….zip          the bytes as they came, where those are a zip
        _manifest.json          where they came from, and what they hold

Hive and Spark pass over names that begin with an underscore. The last version by name is the month's current one.
luigi_tasks/landing/raw.py writes versions. Functions take the HDFS client of aero.connections.webhdfs().
"""

from collections.abc import Iterator
from dataclasses import dataclass

import hdfs

from aero import bts_names, webhdfs
from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_MARKETING, FLIGHTS_REPORTING, Dataset
from aero.errors import AeroError

MANIFEST = "_manifest.json"
LANDED = "landed="
MONTHLY = {"reporting": FLIGHTS_REPORTING, "marketing": FLIGHTS_MARKETING}


@dataclass(frozen=True)
class Revision:
    """What is known of a source's file before its bytes are read. None is: the source does not say.

    `size` in bytes; `last_modified` and `etag` as the source words them.
    """

    url: str
    size: int | None = None
    last_modified: str | None = None
    etag: str | None = None

    def is_still(self, landed: "Revision") -> bool:
        """Whether the source still has what was landed: all that it says now is what it said then.

        A size alone proves nothing: a revised month may be as long as before.
        """
        says = {field: value for field, value in vars(self).items() if value is not None}
        return bool(self.last_modified or self.etag) and all(getattr(landed, field) == says[field] for field in says)


@dataclass(frozen=True)
class Manifest:
    """One version of a raw month, or with `month` None of a Data Expo year.

    `size` (bytes) and `sha256` are those of `original`, the bytes as they came; `file` is the readable file, the same
    one unless that was a zip, or had to be written anew. `rows` are lines under the header that are not empty;
    `month_rows` are those of each of a year's `months`, the first of which has the lines that tell none of them.
    `landed_at` is UTC. `source_size`, `last_modified` and `etag` are what the source said of it. `in_table_order` is
    false where SQL by position on the raw table reads columns wrong. `lacks` are the columns of the family's full
    layout that the file has not; None in manifests that were written before they were counted. `read_as` says how the
    file was written where the readable one was made of it (luigi_tasks/landing/rewriting.py).
    """

    dataset: str
    family: str
    layout: str
    year: int
    month: int | None
    months: tuple[int, ...]
    rows: int
    in_table_order: bool
    file: str
    original: str
    size: int
    sha256: str
    landed_at: str
    version: str
    source: str = ""
    url: str = ""
    source_size: int | None = None
    last_modified: str | None = None
    etag: str | None = None
    month_rows: tuple[int, ...] = ()
    lacks: tuple[str, ...] | None = None
    read_as: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The columns of the family's full layout that the file has not."""
        return bts_names.lacking(self.layout) if self.lacks is None else self.lacks

    def rows_of(self, month: int) -> int | None:
        """How many rows the cleaning of a month is to find; None where the landing did not count them by month."""
        if self.month is not None:
            return self.rows
        return dict(zip(self.months, self.month_rows, strict=False)).get(month)

    @property
    def path(self) -> str:
        """HDFS path of the readable file."""
        return f"{self.version}/{self.file}"

    @property
    def revision(self) -> Revision:
        return Revision(self.url, self.source_size, self.last_modified, self.etag)


def versions(client: hdfs.Client, dataset: Dataset, year: int, month: int | None = None) -> Iterator[Manifest]:
    """The versions of a month (of a year, for Data Expo), the newest first; none where nothing was landed.

    Raises AeroError where the manifest of one cannot be read.
    """
    partition = dataset.partition_path(year, month)
    folders = [name for name in webhdfs.names(client, partition) if name.startswith(LANDED)]
    for folder in sorted(folders, reverse=True):
        yield _manifest(client, f"{partition}/{folder}/{MANIFEST}")


def _manifest(client: hdfs.Client, path: str) -> Manifest:
    try:
        manifest = webhdfs.read_json(client, path)
        lists = {"months": tuple(manifest["months"]), "month_rows": tuple(manifest.get("month_rows", ()))}
        lists |= {"lacks": tuple(manifest["lacks"])} if manifest.get("lacks") is not None else {}
        return Manifest(**manifest | lists)
    except (hdfs.HdfsError, ValueError, KeyError, TypeError) as damage:
        raise AeroError(
            f"hdfs:{path}: no manifest that can be read: {damage}",
            "The raw layer was changed by hand. Move this version away; the next load lands the month again.",
        ) from damage


def current(client: hdfs.Client, dataset: Dataset, year: int, month: int | None = None) -> Manifest | None:
    """The newest version of a month (of a year, for Data Expo), or None where nothing was landed.

    Raises AeroError where the newest version has no manifest that can be read.
    """
    return next(versions(client, dataset, year, month), None)


def of_month(client: hdfs.Client, family: str, year: int, month: int) -> Manifest | None:
    """The version that holds a month of a family (reporting or marketing), or None.

    A Data Expo year's is given for the months it holds, where no monthly file was landed.
    """
    monthly = current(client, MONTHLY[family], year, month)
    if monthly or family != "reporting":
        return monthly
    yearly = current(client, FLIGHTS_DATAEXPO, year)
    return yearly if yearly and month in yearly.months else None
