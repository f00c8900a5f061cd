"""The raw layer: every file as it came, in versions that are never overwritten, each with its manifest.

    /aero/raw/flights_reporting/year=2013/month=01/landed=20261122T122500Z-1a2b3c4d/
        On_Time_….csv.gz        what Hive and Spark read
        _On_Time_….zip          the bytes as they came, where those are a zip
        _manifest.json          where they came from, and what they hold

Hive and Spark pass over names that begin with an underscore. A version appears by one rename, whole or not at all; the
last by name is the month's current one. Functions take the HDFS client of aero.connections.webhdfs().
"""

import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import hdfs

from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_MARKETING, FLIGHTS_REPORTING, LANDING, Dataset
from aero.errors import AeroError
from luigi_tasks.sources.offers import Revision

MANIFEST = "_manifest.json"
LANDED = "landed="
LANDED_AT = "%Y%m%dT%H%M%SZ"
ABANDONED_AFTER_SECONDS = 24 * 3600  # no upload of one file takes a day


@dataclass(frozen=True)
class Manifest:
    """One version of a raw month, or with `month` None of a Data Expo year.

    `size` (bytes) and `sha256` are those of `original`, the bytes as they came; `file` is the readable file, the same
    one unless a zip came. `rows` are lines under the header that are not empty. `landed_at` is UTC. `source_size`,
    `last_modified` and `etag` are what the source said of it. `in_table_order` is false where SQL by position on the
    raw table reads columns wrong.
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

    @property
    def path(self) -> str:
        """HDFS path of the readable file."""
        return f"{self.version}/{self.file}"

    @property
    def revision(self) -> Revision:
        return Revision(self.url, self.source_size, self.last_modified, self.etag)


def current(client: hdfs.Client, dataset: Dataset, year: int, month: int | None = None) -> Manifest | None:
    """The newest version of a month (of a year, for Data Expo), or None where nothing was landed.

    Raises AeroError where the newest version has no manifest that can be read.
    """
    partition = dataset.partition_path(year, month)
    versions = [name for name in _names(client, partition) if name.startswith(LANDED)]
    if not versions:
        return None
    path = f"{partition}/{max(versions)}/{MANIFEST}"
    try:
        with client.read(path) as file:
            manifest = json.load(file)
        return Manifest(**manifest | {"months": tuple(manifest["months"])})
    except (hdfs.HdfsError, ValueError, KeyError, TypeError) as damage:
        raise AeroError(
            f"hdfs:{path}: no manifest that can be read: {damage}",
            "The raw layer was changed by hand. Move this version away; the next load lands the month again.",
        ) from damage


def month_file(client: hdfs.Client, family: str, year: int, month: int) -> Manifest | None:
    """The raw file that holds a month of a family (reporting or marketing), or None.

    A Data Expo year's manifest is given for the months it holds, where no monthly file was landed.
    """
    monthly = current(client, {"reporting": FLIGHTS_REPORTING, "marketing": FLIGHTS_MARKETING}[family], year, month)
    if monthly or family != "reporting":
        return monthly
    yearly = current(client, FLIGHTS_DATAEXPO, year)
    return yearly if yearly and month in yearly.months else None


def landing_time(now: datetime, previous: Manifest | None) -> datetime:
    """`now` in UTC to the second, or later where the version before it says so: versions are in order by name."""
    now = now.replace(microsecond=0)
    if previous is None:
        return now
    return max(now, datetime.fromisoformat(previous.landed_at) + timedelta(seconds=1))


def version_path(dataset: Dataset, year: int, month: int | None, landed_at: datetime, sha256: str) -> str:
    """HDFS folder of one version."""
    return f"{dataset.partition_path(year, month)}/{LANDED}{landed_at.strftime(LANDED_AT)}-{sha256[:8]}"


def safe_name(name: str) -> str:
    """A file name that HDFS takes, that Hive and Spark neither hide nor read as a pattern."""
    return re.sub(r"[^A-Za-z0-9._()+-]", "_", name).lstrip("._") or "flights"


def land(client: hdfs.Client, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write a new version under a temporary name and rename it: `files` (name in HDFS → local file) and manifest.

    Raises AeroError where that version is already there or a file arrived shorter than it is.
    """
    if client.status(manifest.version, strict=False):
        raise AeroError(f"hdfs:{manifest.version} is already there", "Two loads of one month at once? Run it again.")
    temporary = _temporary_path()
    try:
        for name, local in files.items():
            with local.open("rb") as file:
                client.write(f"{temporary}/{name}", data=file)
            arrived = client.status(f"{temporary}/{name}")["length"]
            if arrived != local.stat().st_size:
                raise AeroError(
                    f"hdfs:{temporary}/{name}: {arrived:,} of {local.stat().st_size:,} bytes arrived",
                    "See the DataNode's log: aero logs datanode",
                )
        _write_json(client, f"{temporary}/{MANIFEST}", manifest)
        client.makedirs(manifest.version.rpartition("/")[0])
        client.rename(temporary, manifest.version)
    finally:
        client.delete(temporary, recursive=True)


def describe_again(client: hdfs.Client, manifest: Manifest) -> None:
    """Replace the manifest of a version whose bytes are as before, but not what the source says of them."""
    temporary = _temporary_path()
    _write_json(client, temporary, manifest)
    # The library's own rename() cannot replace a file; readers see the old manifest or the new one.
    client._rename(temporary, destination=f"{manifest.version}/{MANIFEST}", renameoptions="OVERWRITE")


def sweep(client: hdfs.Client) -> None:
    """Delete what landings that were killed left under temporary names, once it is a day old."""
    for name in _names(client, LANDING.path):
        status = client.status(f"{LANDING.path}/{name}", strict=False)
        if status and time.time() - status["modificationTime"] / 1000 > ABANDONED_AFTER_SECONDS:
            client.delete(f"{LANDING.path}/{name}", recursive=True)


def _temporary_path() -> str:
    return f"{LANDING.path}/{uuid.uuid4().hex}"


def _names(client: hdfs.Client, folder: str) -> list[str]:
    try:
        return client.list(folder)
    except hdfs.HdfsError as error:
        if error.exception == "FileNotFoundException":
            return []
        raise


def _write_json(client: hdfs.Client, path: str, manifest: Manifest) -> None:
    client.write(path, data=json.dumps(asdict(manifest), indent=2).encode())
