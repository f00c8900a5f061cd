"""What lies in the data root: whether what belongs together is there, as a start would look at it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from aero.cluster import hdfs_guard, hdfs_names, kafka_guard, metastore_guard, services
from aero.errors import AeroError
from aero.ops.doctor.finding import Finding, Look


def names_of_hdfs(look: Look) -> list[Finding]:
    """The NameNode's folder is gone, of another cluster than blocks or checkpoint, or without an image or edits."""
    variables = services.environment(look.settings)
    if found := _refused("names-lost", hdfs_guard.is_new, look.settings, variables):
        return found
    if look.is_ready("namenode"):
        return []
    folders = [one for one in hdfs_guard.name_folders(variables, look.settings.home / "hdfs") if one.is_dir()]
    return [_not_whole(folder) for folder in folders if not hdfs_names.is_whole(folder)]


def _not_whole(folder: Path) -> Finding:
    left = hdfs_names.newest([folder])
    shown = f"changes {left.reached + 1:,} to {left.known:,} are in no file" if left else "no image is whole"
    what = f"The NameNode's folder {folder} has lost {'edits' if left else 'its image'}: it can't start from it."
    return Finding("names-broken", what, (shown,), "aero recover namenode says what can be had again")


def tables_of_the_metastore(look: Look) -> list[Finding]:
    """The metastore's database is gone, and HDFS holds tables. HDFS must answer."""
    if not look.is_ready("datanode"):
        return []
    return _refused("tables-lost", metastore_guard.is_new, look.settings, services.environment(look.settings))


def logs_of_kafka(look: Look) -> list[Finding]:
    """Kafka's folder has logs, and nothing says of which cluster."""
    return _refused("kafka-id-lost", kafka_guard.is_new, look.settings)


def _refused(name: str, is_new: Callable[..., bool], *known: Any) -> list[Finding]:
    """What the guard of a data folder says that a start would be refused with."""
    try:
        is_new(*known)
    except AeroError as refused:
        return [Finding.of(name, refused)]
    return []
