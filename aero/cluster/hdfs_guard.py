"""Formats the NameNode's folder once, and never where there may have been data.

A NameNode with an empty folder and a DataNode with blocks is not a new cluster: it has lost a folder, and formatting it
would orphan every block. So formatting leaves a marker beside the folder, and an empty folder is formatted only when
neither the marker, nor a DataNode, nor a checkpoint, nor the metastore shows that there was data.
"""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from aero.cluster import metastore_guard
from aero.errors import AeroError
from aero.files import replace_json
from aero.settings import Settings

_BLOCKS = "blocks of a DataNode"


def format_once(settings: Settings, variables: dict[str, str], namenode: list[str]) -> None:
    """Format a new cluster's name folders; leave those of an old one alone. `namenode` is the command that starts it.

    Raises AeroError as `is_new` does, with nothing changed.
    """
    if is_new(settings, variables):
        _format(variables, namenode, settings.home / "hdfs")


def is_new(settings: Settings, variables: dict[str, str]) -> bool:
    """Whether the NameNode may begin with no names, since there never were any.

    Raises AeroError where names are gone but traces of data are there, or where the folders belong to another cluster.
    """
    hdfs = settings.home / "hdfs"
    names = name_folders(variables, hdfs)
    formatted = [folder for folder in names if cluster_id(folder)]
    if formatted:
        _refuse_other_cluster(hdfs, formatted[0])
        lost = [folder for folder in names if folder not in formatted]
        if lost:
            raise AeroError(
                f"The NameNode's folder {lost[0]} is not there or empty; {formatted[0]} still holds the names.",
                "Put the folder back, or have it written again: aero recover namenode, then: aero up",
            )
        return False
    traces = [*_traces(hdfs, names), *filter(None, [metastore_guard.tables_known(settings, variables)])]
    if traces:
        raise AeroError(
            f"The NameNode's folder {names[0]} holds no names, but HDFS had data here:\n    "
            + "\n    ".join(traces)
            + "\n  It is not formatted: that would make every block worthless.",
            f"Put the folder back. If it is lost: aero recover namenode takes the names of {hdfs}/checkpoint, and aero"
            f" restore those of a backup. To start over and lose all data, remove {hdfs} and the metastore's database"
            " yourself.",
        )
    return True


def cluster_id(storage: Path) -> str | None:
    """The cluster that a storage folder belongs to, None where it was never formatted."""
    version = storage / "current" / "VERSION"
    if not version.is_file():
        return None
    entries = dict(line.split("=", 1) for line in version.read_text().splitlines() if "=" in line)
    return entries.get("clusterID")


def name_folders(variables: dict[str, str], hdfs: Path) -> list[Path]:
    """The folders into each of which the NameNode writes the names."""
    named = variables.get("NAMENODE_DIRS") or os.environ.get("NAMENODE_DIRS") or str(hdfs / "name")
    return [Path(folder.strip().removeprefix("file://")) for folder in named.split(",")]


def clusters_of_blocks(hdfs: Path) -> set[str | None]:
    """The clusters whose blocks lie here."""
    return {cluster_id(folder) for what, folder in _others(hdfs) if what == _BLOCKS}


def remember(hdfs: Path) -> None:
    """Leave the marker that there were names."""
    if not _marker(hdfs).is_file():
        replace_json(_marker(hdfs), {"formatted_at": datetime.now(UTC).isoformat(timespec="seconds")})


def _marker(hdfs: Path) -> Path:
    return hdfs / "formatted.json"


def _traces(hdfs: Path, names: list[Path]) -> list[str]:
    marker = _marker(hdfs)
    found = [f"{marker}: formatted {json.loads(marker.read_text())['formatted_at']}"] if marker.is_file() else []
    found += [f"{folder}: {what} of cluster {cluster_id(folder)}" for what, folder in _others(hdfs)]
    found += [f"{folder}: files that are no image" for folder in names if folder.is_dir() and any(folder.iterdir())]
    return found


def _refuse_other_cluster(hdfs: Path, name: Path) -> None:
    for _, folder in _others(hdfs):
        if cluster_id(folder) != cluster_id(name):
            raise AeroError(
                f"{name} belongs to cluster {cluster_id(name)}, but {folder} to cluster {cluster_id(folder)}.",
                "They were not written together. Put back the folder that belongs to the other.",
            )


def _others(hdfs: Path) -> list[tuple[str, Path]]:
    """The formatted folders of other servers, and what they hold. Each DataNode of a cluster has its own."""
    data = [Path(os.environ.get("DATANODE_DIR") or hdfs / "data"), *sorted(hdfs.glob("data/*/blocks"))]
    folders = [*((_BLOCKS, folder) for folder in data), ("a checkpoint", hdfs / "checkpoint")]
    return [(what, folder) for what, folder in folders if cluster_id(folder)]


def _format(variables: dict[str, str], namenode: list[str], hdfs: Path) -> None:
    hdfs.mkdir(parents=True, exist_ok=True)
    command = [*namenode, "-format", "-nonInteractive"]
    result = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True)
    if result.returncode:
        raise AeroError(f"The NameNode could not be formatted:\n{(result.stdout + result.stderr)[-2000:]}")
    remember(hdfs)
