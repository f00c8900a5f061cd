"""Writing the raw layer (aero/raw_versions.py): a version appears by one rename, whole or not at all.

Functions take the HDFS client of aero.connections.webhdfs().
"""

import re
import time
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import hdfs

from aero import lease, webhdfs
from aero.datasets import LANDING, Dataset, Folder
from aero.errors import AeroError
from aero.raw_versions import LANDED, MANIFEST

LANDED_AT = "%Y%m%dT%H%M%SZ"
ABANDONED_AFTER_SECONDS = 24 * 3600  # no upload of one file takes a day


class Described(Protocol):
    """A manifest: a dataclass that knows the folder of its version."""

    @property
    def version(self) -> str: ...


def landing_time(now: datetime, previous: str | None) -> datetime:
    """`now` in UTC to the second, or a second after the previous version landed: versions are in order by name."""
    now = now.replace(microsecond=0)
    return max(now, datetime.fromisoformat(previous) + timedelta(seconds=1)) if previous else now


def version_path(dataset: Dataset, year: int, month: int | None, landed_at: datetime, sha256: str) -> str:
    """HDFS folder of one version."""
    return version_in(dataset.partition_path(year, month), landed_at, sha256)


def version_in(place: str, landed_at: datetime, sha256: str) -> str:
    """HDFS folder of one version, of what has its versions in the folder `place`."""
    return f"{place}/{LANDED}{landed_at.strftime(LANDED_AT)}-{sha256[:8]}"


def safe_name(name: str) -> str:
    """A file name that HDFS takes, that Hive and Spark neither hide nor read as a pattern."""
    return re.sub(r"[^A-Za-z0-9._()+-]", "_", name).lstrip("._") or "flights"


def store_version(client: hdfs.Client, manifest: Described, files: Mapping[str, Path]) -> None:
    """Write a new version under a temporary name and rename it: `files` (name in HDFS → local file) and manifest.

    Raises AeroError where that version is already there or a file arrived shorter than it is.
    """
    if webhdfs.exists(client, manifest.version):
        raise AeroError(f"hdfs:{manifest.version} is already there", "Two loads of one month at once? Run it again.")
    temporary = f"{LANDING.path}/{uuid.uuid4().hex}"
    try:
        for name, local in files.items():
            _upload(client, local, f"{temporary}/{name}")
        client.write(f"{temporary}/{MANIFEST}", data=webhdfs.to_json(vars(manifest)))
        client.makedirs(manifest.version.rpartition("/")[0])
        lease.hold("a landing").check()
        client.rename(temporary, manifest.version)
    finally:
        client.delete(temporary, recursive=True)


def _upload(client: hdfs.Client, local: Path, path: str) -> None:
    with local.open("rb") as file:
        client.write(path, data=file)
    arrived, size = client.status(path)["length"], local.stat().st_size
    if arrived != size:
        raise AeroError(
            f"hdfs:{path}: {arrived:,} of {size:,} bytes arrived", "See the DataNode's log: aero logs datanode"
        )


def describe_again(client: hdfs.Client, manifest: Described) -> None:
    """Replace the manifest of a version whose bytes are as before, but not what the source says of them.

    It is written where `sweep` finds what a kill leaves of it, and renamed over the old one.
    """
    temporary = f"{LANDING.path}/{uuid.uuid4().hex}"
    client.write(temporary, data=webhdfs.to_json(vars(manifest)))
    webhdfs.rename_over(client, temporary, f"{manifest.version}/{MANIFEST}")


def sweep(client: hdfs.Client, folder: Folder = LANDING, begins: str = "") -> None:
    """Delete what landings that were killed left under temporary names, once it is a day old; or what others did in
    another `folder`, whose names begin so."""
    for name in filter(lambda name: name.startswith(begins), webhdfs.names(client, folder.path)):
        left = f"{folder.path}/{name}"
        status = client.status(left, strict=False)
        if status and time.time() - status["modificationTime"] / 1000 > ABANDONED_AFTER_SECONDS:
            client.delete(left, recursive=True)
