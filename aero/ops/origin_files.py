"""From which files of the source readers see the months: of each the load, and the bytes that it was cleaned of."""

from collections.abc import Iterator
from typing import NamedTuple

import hdfs

from aero import raw_versions
from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_MARKETING, FLIGHTS_REPORTING
from aero.month import Month
from aero.ops import months
from aero.raw_versions import Manifest


class MonthFile(NamedTuple):
    """A month that readers see. `url` is where its bytes came from, `path` where they lie as they came (HDFS), `sha256`
    and `size` (bytes) are theirs; all are empty or 0 where the raw layer has no file that its load was made of."""

    month: str
    load_id: str
    layout: str
    url: str
    path: str
    sha256: str
    size: int
    landed_at: str

    def __str__(self) -> str:
        if not self.url:
            return f"{self.month}  load {self.load_id}: its file is not in the raw layer"
        return f"{self.month}  {self.url}  {self.size:,} bytes, sha256 {self.sha256}, landed {self.landed_at}"


def served(client: hdfs.Client, only: Month | None = None) -> list[MonthFile]:
    """Of every month that readers see, or of one, in the order of time."""
    entries = (one for one in months.read(client).values() if one.is_served and only in (None, one.when))
    return [_file(client, one.when, one.served_load_id or "") for one in entries]


def _file(client: hdfs.Client, month: Month, load_id: str) -> MonthFile:
    for manifest in _manifests(client, month):
        if load_id.startswith(manifest.sha256[:12]):
            path = f"{manifest.version}/{manifest.original}"
            known = manifest.layout, manifest.url, path, manifest.sha256, manifest.size, manifest.landed_at
            return MonthFile(str(month), load_id, *known)
    return MonthFile(str(month), load_id, "", "", "", "", 0, "")


def _manifests(client: hdfs.Client, month: Month) -> Iterator[Manifest]:
    for raw in (FLIGHTS_REPORTING, FLIGHTS_MARKETING):
        yield from raw_versions.versions(client, raw, *month)
    yield from raw_versions.versions(client, FLIGHTS_DATAEXPO, month.year)
