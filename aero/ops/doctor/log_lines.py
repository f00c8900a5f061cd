"""Lines that servers of this kind leave in their log when they do not start, what each means and what helps."""

from typing import NamedTuple


class Known(NamedTuple):
    """A trouble by its words in a log. `{name}` is the service, `{heap}` its heap's setting, `{home}` the root."""

    words: str
    what: str
    do: str


# The first that is found is the one that is said: what comes first causes what comes behind.
KNOWN = (
    Known("OutOfMemoryError: Java heap space", "its Java heap is full", "{heap}=2048 aero up"),
    Known("OutOfMemoryError: GC overhead", "its Java heap is full", "{heap}=2048 aero up"),
    Known("unable to create native thread", "its user may have no more threads",
          "Raise nproc in /etc/security/limits.conf"),
    Known("Too many open files", "it may open no more files", "Raise nofile in /etc/security/limits.conf"),
    Known("No space left on device", "a disk is full", "Free some: df -h {home}"),
    Known("Address already in use", "a port of its own is taken", "aero doctor says by whom once it is stopped:"
          " aero down {name}"),
    Known("UnsupportedClassVersionError", "it was started by an older Java", "Set JAVA_HOME to a Java 17 or 21"),
    Known("Incompatible clusterIDs", "its blocks are another cluster's than the NameNode's names",
          "Put back the folder under {home}/hdfs that belongs to the other; format nothing"),
    Known("already locked the storage", "another process uses its folder", "End that process: the line has its number"),
    Known("gap in the edit log", "edits of HDFS are lost",
          "Put {home}/hdfs/name back from a backup, or take the last checkpoint (README, “What can go wrong”)"),
    Known("Failed to load an FSImage file", "the image of HDFS is broken",
          "Put {home}/hdfs/name back from a backup, or take the last checkpoint (README, “What can go wrong”)"),
    Known("ERROR XSDB6", "another process has the metastore's database open",
          "End that process; one metastore alone may use {home}/metastore"),
    Known("Invalid cluster.id in", "its logs are another Kafka's",
          "Put {home}/kafka back from a copy, or move it away"),
    Known("doesn't match stored clusterId", "its logs are another Kafka's",
          "Put {home}/kafka back from a copy, or move it away"),
    Known("ClockOutOfSyncException", "the clocks of its machines differ", "Set them by NTP: timedatectl set-ntp true"),
    Known("hbase.version file missing", "half of HBase's folder in HDFS is gone", "aero hdfs dfs -ls /hbase; restore it"
          " from a backup, or move it away: live states are lost then, and flights are not"),
    Known("doesn't satisfy minimum allocations", "YARN has less memory than its smallest container",
          "Give it more: YARN_MEMORY_MB=9216 aero up"),
    Known("UnknownHostException", "it does not know the name of a host", "Add the host to /etc/hosts"),
    Known("NameNode is not formatted", "the NameNode's folder holds no names", "README, “What can go wrong”"),
)  # fmt: skip


def first_known(lines: list[str]) -> tuple[Known, str] | None:
    """The first trouble of KNOWN that lines of a log name, and the last such line; None where it is none of them."""
    for known in KNOWN:
        telling = [line for line in lines if known.words in line]
        if telling:
            return known, telling[-1].strip()
    return None
