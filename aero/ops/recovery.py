"""What `aero recover` does for a server that has lost what it stands on, where no backup is put back.

A plan says what is found, what will be done and what is lost. Nothing is deleted: what is in the way is moved beside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from aero import connections
from aero.cluster import hdfs_guard, hdfs_names, kafka_guard, metastore_guard, services
from aero.cluster.supervision import Process
from aero.datasets import BATCH, CLEAN, STAGING, STREAM_CHECKPOINTS
from aero.errors import AeroError
from aero.ops import backup, restore
from aero.ops.doctor import processes_now, servers
from aero.settings import Settings

HBASE_ROOT = "/hbase"
LOOK_SECONDS = 15.0


@dataclass(frozen=True)
class Step:
    """One thing to do, in words, and the call that does it."""

    what: str
    do: Callable[[], object]


@dataclass(frozen=True)
class Recovery:
    """What is `found`, the `steps`, what is `lost` by them, and what to type `then`."""

    found: str
    steps: tuple[Step, ...]
    lost: str
    then: str


def namenode(settings: Settings, processes: Mapping[str, Process]) -> Recovery:
    """Of a NameNode that waits in safe mode for blocks that are lost: it goes on without them. Of one that is stopped:
    its folders are written from the newest image and edits that are left in them and in the checkpoint.

    Raises AeroError where nothing is wrong, no image is left, or folders are of different HDFS.
    """
    if _is_alive(processes, "namenode"):
        return _safe_mode(settings)
    hdfs = settings.home / "hdfs"
    folders = hdfs_guard.name_folders(services.environment(settings), hdfs)
    sources = [*folders, hdfs / "checkpoint"]
    _refuse_different(sources, hdfs)
    newest = hdfs_names.newest(sources)
    version = next((file for one in sources if (file := one / "current" / "VERSION").is_file()), None)
    if not newest or not version:
        raise AeroError(
            f"No image of HDFS' names is left in {', '.join(map(str, sources))}.",
            "aero restore --from DIR takes a backup's. To start over and lose all data, see aero doctor.",
        )
    broken = [folder for folder in folders if not hdfs_names.is_whole(folder)]
    if not broken:
        raise AeroError(f"{folders[0]} holds all names: there is nothing to recover.", "aero up; see aero doctor")
    listed = ", ".join(map(str, broken))
    source = f"{newest.image} and {len(newest.edits)} files of edits behind it"
    steps = [Step(f"write {folder} of {source}; what is there is kept beside it",
                  partial(_write_names, newest, version, folder)) for folder in broken]  # fmt: skip
    steps.append(Step("leave the mark that HDFS had data here", partial(hdfs_guard.remember, hdfs)))
    then = "aero up. Where it waits in safe mode for lost blocks, aero doctor says so: aero recover namenode again"
    return Recovery(f"names are lost in {listed}", tuple(steps), _lost_names(newest), then)


def _lost_names(newest: hdfs_names.Names) -> str:
    if newest.is_to_the_end:
        return "nothing: image and edits are there to the last change"
    at = datetime.fromtimestamp((newest.edits or (newest.image,))[-1].stat().st_mtime, UTC)
    counted = f", at least {newest.lost:,} changes" if newest.lost else ""
    return f"what was written to HDFS after {at:%Y-%m-%d %H:%M} UTC{counted}: load that range again"


def _write_names(newest: hdfs_names.Names, version: Path, folder: Path) -> None:
    fresh = restore.beside(folder, "new")
    hdfs_names.write(newest, version, fresh)
    restore.put(fresh, folder, _stamp())


def _refuse_different(sources: list[Path], hdfs: Path) -> None:
    clusters = {cluster for one in sources if (cluster := hdfs_guard.cluster_id(one))} | hdfs_guard.clusters_of_blocks(
        hdfs
    )
    if len(clusters) > 1:
        raise AeroError(
            f"The folders below {hdfs} are of {len(clusters)} different HDFS: {', '.join(sorted(map(str, clusters)))}.",
            "Put back those that belong together.",
        )


def _safe_mode(settings: Settings) -> Recovery:
    found = servers.safe_mode(processes_now(settings, LOOK_SECONDS))
    if not found:
        raise AeroError(
            "The NameNode runs, and is not in safe mode: there is nothing to recover.",
            "If it ends again and again: aero down namenode, then aero recover namenode",
        )
    said = " ".join(found[0].evidence).lower()
    if "resources are low" in said or "live datanodes 0" in said:
        raise AeroError(f"{found[0].what} {'. '.join(found[0].evidence)}", found[0].do)
    leave = Step(
        "have the NameNode leave safe mode without them", lambda: backup.dfsadmin(settings, "-safemode", "forceExit")
    )
    lost = "files whose blocks are missing, which aero hdfs fsck / lists, and blocks newer than the names"
    return Recovery(f"{found[0].what} {'. '.join(found[0].evidence)}", (leave,), lost, "load what is lost again")


def metastore(settings: Settings, processes: Mapping[str, Process]) -> Recovery:
    """Of a metastore whose database is lost: the files of tables are moved away in HDFS, which must answer, so that it
    starts empty and the tables are loaded again from the raw layer. Raises AeroError where nothing is wrong."""
    _refuse_alive(processes, "metastore")
    _needs_hdfs(settings)
    try:
        metastore_guard.is_new(settings, services.environment(settings))
    except AeroError as refused:
        found = refused.problem
    else:
        raise AeroError("The metastore has its database, or there are no tables: nothing to recover.", "aero up")
    steps = _moved(CLEAN.path, BATCH.path)
    lost = "nothing that the raw layer has: tables are made again from it. Loads that were kept to go back to are gone"
    return Recovery(found, steps, lost, "aero up; then aero load of the same months and the same source")


def hbase(settings: Settings, processes: Mapping[str, Process]) -> Recovery:
    """Of an HBase that cannot start, since its files in HDFS are damaged: they are moved away, and it starts empty."""
    _refuse_alive(processes, "hbase")
    _needs_hdfs(settings)
    steps = _moved(HBASE_ROOT)
    if not steps:
        raise AeroError(f"HDFS has no {HBASE_ROOT}: HBase starts empty as it is.", "aero up hbase")
    lost = "the live flights, their hours and the Live Log; history is not in HBase"
    return Recovery(f"HBase's files are in {HBASE_ROOT}", steps, lost, "aero up; aero live start --day DAY --again")


def kafka(settings: Settings, processes: Mapping[str, Process]) -> Recovery:
    """Of a broker that cannot start: its folder is moved aside, and in HDFS, which must answer, how far its topics were
    read, which would be beyond the end of empty ones."""
    _refuse_alive(processes, "kafka", "stream")
    _needs_hdfs(settings)
    folder = settings.home / "kafka"
    if not folder.is_dir():
        raise AeroError(f"There is no {folder}: Kafka starts with empty topics as it is.", "aero up kafka")
    try:
        kafka_guard.is_new(settings)
        found = f"Kafka's logs are in {folder}"
    except AeroError as refused:
        found = refused.problem
    aside = restore.beside(folder, f"before-{_stamp()}")
    steps = (
        Step(f"move {folder} to {aside}", lambda: folder.rename(aside)),
        *_moved(STREAM_CHECKPOINTS.path, STAGING.path),
    )
    lost = "events that the stream had not worked off, and months that were half on their way"
    return Recovery(found, steps, lost, "aero up; aero live start --day DAY --again; aero increment of such a month")


def _is_alive(processes: Mapping[str, Process], name: str) -> bool:
    return name in processes and processes[name].alive


def _refuse_alive(processes: Mapping[str, Process], *names: str) -> None:
    for name in names:
        if _is_alive(processes, name):
            raise AeroError(f"{name} runs, or is being started again.", f"Stop it first: aero down {name}")


def _needs_hdfs(settings: Settings) -> None:
    if not processes_now(settings, LOOK_SECONDS).is_ready("datanode"):
        raise AeroError("HDFS does not answer, and files in it are to be moved.", "Start it first: aero up datanode")


def _moved(*paths: str) -> tuple[Step, ...]:
    """Those of the folders that are there, renamed beside their places."""
    client, end = connections.webhdfs(), f"lost-{_stamp()}"
    there = [path for path in paths if client.status(path, strict=False)]
    return tuple(
        Step(f"move hdfs:{path} to {path}-{end}", partial(client.rename, path, f"{path}-{end}")) for path in there
    )


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


SERVERS = {"namenode": namenode, "metastore": metastore, "hbase": hbase, "kafka": kafka}
