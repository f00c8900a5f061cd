"""What running servers say of themselves: Hadoop's and HBase's pages of metrics, YARN's of applications, Kafka."""

import json
import socket
import time
from contextlib import closing
from typing import Any

from aero import kafka_clients
from aero.cluster.probes import bean, json_page
from aero.ops.doctor.finding import Finding, Look

# The SecondaryNameNode makes a checkpoint every hour (hadoop/conf/hdfs-site.xml).
CHECKPOINT_HOURS = 3
# How long an application may wait for its first container: one of a load waits for another's end at most so long.
QUEUED_SECONDS = 120
# A region is on its way for seconds.
REGION_SECONDS = 120
CONNECT_SECONDS = 2
_LISTED = 5


def safe_mode(look: Look) -> list[Finding]:
    """HDFS takes no writes. After a start it is so for seconds."""
    info = _namenode(look, "NameNodeInfo")
    if not info.get("Safemode"):
        return []
    said = str(info["Safemode"])
    what = "HDFS is in safe mode: it can be read, and nothing can be written."
    return [Finding("safe-mode", what, tuple(part for part in said.split(". ") if part), _ends(said))]


def _ends(said: str) -> str:
    """What ends a safe mode, by what the NameNode says of it."""
    if "resources are low" in said.lower():
        return "Free the NameNode's disk, or put its lost folder back; then: aero hdfs dfsadmin -safemode leave"
    if "generation stamps in future" in said:
        return (
            "The names are older than the blocks, as after a restore. What was written since is lost, and let go by:"
            " aero recover namenode, or aero hdfs dfsadmin -safemode forceExit; then load it again."
        )
    return (
        "Start the DataNode that has the missing blocks: aero up datanode. If they are lost: aero hdfs fsck / lists the"
        " files, and aero recover namenode, or aero hdfs dfsadmin -safemode forceExit, lets it go on without them."
    )


def blocks(look: Look) -> list[Finding]:
    """Files of which a block is nowhere, or every copy of one is broken."""
    state, info = _namenode(look, "FSNamesystem"), _namenode(look, "NameNodeInfo")
    missing, corrupt = state.get("MissingBlocks", 0), state.get("CorruptBlocks", 0)
    if not missing and not corrupt:
        return []
    listed = json.loads(info.get("CorruptFiles") or "[]")[:_LISTED]  # Block, a number and path, with tabs between.
    files = tuple(f"hdfs:{str(one).rpartition(chr(9))[2]}" for one in listed)
    what = f"HDFS has lost blocks: {missing} missing, {corrupt} corrupt. Who reads their files fails."
    fix = (
        "Put the DataNode's folder back if you can. Else: aero hdfs fsck / -list-corruptfileblocks names all files;"
        " load the months of raw files again, and aero rebuild makes everything after it anew."
    )
    return [Finding("lost-blocks", what, files, fix)]


def datanodes(look: Look) -> list[Finding]:
    """DataNodes that are gone, have lost a disk, have no room, or tell an address at which nobody reaches them."""
    info, found = _namenode(look, "NameNodeInfo"), []
    live, dead = (json.loads(info.get(key) or "{}") for key in ("LiveNodes", "DeadNodes"))
    for name in dead if live else ():
        what = f"The DataNode {name} is gone; files have fewer copies than they should."
        found.append(Finding("datanode-dead", what, (f"{len(live)} live, {len(dead)} dead",), "Start it again", name))
    for name, node in live.items():
        if node.get("volfails"):
            what = f"The DataNode {name} has lost a disk."
            found.append(Finding("disk-lost", what, (f"volumes that failed: {node['volfails']}",), "Replace it", name))
        if not node.get("remaining", 1):
            what = f"The DataNode {name} has no room for another block."
            fix = "Free some of its disk: aero hdfs dfs -du -h / says what is large in HDFS"
            found.append(Finding("hdfs-full", what, (f"of {node['capacity'] // 2**30} GiB 0 are left",), fix, name))
        if address := _unreachable(str(node.get("xferaddr", ""))):
            what = f"The DataNode {name} can't be reached from here at the address that it gives to clients."
            fix = "aero up datanode. If it runs: name its host as others reach it, DATANODE_HOST or /etc/hosts"
            found.append(Finding("datanode-address", what, (address,), fix, name))
    return found


def name_folders(look: Look) -> list[Finding]:
    """Of the NameNode's folders one cannot be written any more."""
    failed = json.loads(_namenode(look, "NameNodeInfo").get("NameDirStatuses") or "{}").get("failed", {})
    what = "The NameNode can't write its folder {}: its names are in fewer places."
    fix = "Mend that disk, then: aero hdfs dfsadmin -restoreFailedStorage true"
    return [Finding("names-folder", what.format(folder), (str(kind),), fix, folder) for folder, kind in failed.items()]


def checkpoint(look: Look) -> list[Finding]:
    """No checkpoint for hours: losing the NameNode's folder would take back all since."""
    state, info = _namenode(look, "FSNamesystem"), _namenode(look, "NameNodeInfo")
    if not state or not info:
        return []
    since = max(state.get("LastCheckpointTime", 0), info.get("NNStartedTimeInMillis", 0)) / 1000
    hours, edits = (time.time() - since) / 3600, state.get("TransactionsSinceLastCheckpoint", 0)
    if hours < CHECKPOINT_HOURS:
        return []
    what = f"HDFS has made no checkpoint for {hours:.0f} hours: losing the NameNode's folder would take back all since."
    waits = look.waits.get("secondarynamenode", "its start") or "nothing"
    evidence = (f"{edits} changes since the last one", f"secondarynamenode waits for {waits}")
    fix = "aero up secondarynamenode; aero logs secondarynamenode"
    return [Finding("no-checkpoint", what, evidence, fix, "secondarynamenode")]


def workers(look: Look) -> list[Finding]:
    """NodeManagers that YARN gives no work."""
    nodes = ((_yarn(look, "/ws/v1/cluster/nodes").get("nodes") or {}).get("node")) or []
    found = []
    for node in nodes:
        if node["state"] in ("UNHEALTHY", "LOST"):
            what = f"YARN gives {node['id']} no work: it is {node['state'].lower()}. Jobs wait for ever."
            fix = "Free its disk, which may be 97 % full at most: df -h" if node["state"] == "UNHEALTHY" else "Start it"
            said = str(node.get("healthReport") or "it reports no more")
            found.append(Finding("worker", what, (said,), fix, node["id"]))
    return found


def queued(look: Look) -> list[Finding]:
    """Applications that wait for their first container."""
    apps = (_yarn(look, "/ws/v1/cluster/apps?states=ACCEPTED").get("apps") or {}).get("app") or []
    late = [app for app in apps if app["elapsedTime"] > QUEUED_SECONDS * 1000]
    if not late:
        return []
    metrics = _yarn(look, "/ws/v1/cluster/metrics").get("clusterMetrics", {})
    free = f"{metrics.get('availableMB')} of {metrics.get('totalMB')} MB are free"
    evidence = [f"{app['name']} in {app['queue']} for {app['elapsedTime'] // 1000} s" for app in late[:_LISTED]]
    what = f"{len(late)} applications wait for room in YARN."
    fix = "End one that is not needed (aero live stop), or give YARN more: YARN_MEMORY_MB=12288 aero up"
    return [Finding("queued", what, (free, *evidence), fix)]


def regions(look: Look) -> list[Finding]:
    """Regions of HBase that nobody serves, and servers that it has lost."""
    if not look.is_ready("hbase"):
        return []
    assigned, server = (_hbase(look, sub) for sub in ("AssignmentManager", "Server"))
    found = []
    if assigned.get("ritOldestAge", 0) > REGION_SECONDS * 1000:
        what = f"{assigned.get('ritCount')} regions of HBase are on their way and do not arrive: their rows are away."
        evidence = f"the oldest for {assigned['ritOldestAge'] // 1000} s"
        found.append(Finding("regions", what, (evidence,), "aero down hbase; aero up"))
    if dead := server.get("tag.deadRegionServers"):
        what = "HBase has lost region servers; the others serve their regions."
        found.append(Finding("regionserver-dead", what, (str(dead),), "Start them again"))
    return found


def listeners(look: Look) -> list[Finding]:
    """Kafka tells its clients an address that they do not reach: they find the broker, and then hang."""
    from kafka.errors import KafkaError

    if "kafka" not in look.waits:
        return []
    try:
        with closing(kafka_clients.admin(look.settings, bootstrap_timeout_ms=CONNECT_SECONDS * 1000)) as admin:
            told = admin._manager.cluster.brokers()  # What it says at the first question; a second would go there.
    except (KafkaError, OSError):
        return []
    what = "Kafka tells its clients an address that can't be reached from here."
    fix = "Set KAFKA_ADVERTISED_LISTENERS to addresses that its clients reach, then: aero down kafka; aero up"
    reasons = [_unreachable(f"{broker.host}:{broker.port}") for broker in told]
    return [Finding("kafka-address", what, (reason,), fix) for reason in reasons if reason]


def _namenode(look: Look, name: str) -> dict[str, Any]:
    """A bean of the NameNode; empty where it is not ready."""
    if not look.is_ready("namenode"):
        return {}
    return bean(look.settings, "NAMENODE_HTTP", f"Hadoop:service=NameNode,name={name}") or {}


def _yarn(look: Look, path: str) -> dict[str, Any]:
    if not look.is_ready("resourcemanager"):
        return {}
    return json_page(look.settings, "RESOURCEMANAGER_HTTP", path) or {}


def _hbase(look: Look, sub: str) -> dict[str, Any]:
    return bean(look.settings, "HBASE_MASTER_HTTP", f"Hadoop:service=HBase,name=Master,sub={sub}") or {}


def _unreachable(address: str) -> str:
    """Why a `host:port` can't be connected to; an empty string where it can, or is none."""
    host, _, port = address.rpartition(":")
    if not host:
        return ""
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        return f"{address}: {error}"
    return ""
