"""Where everything is: folders, hosts and ports, from the environment, with a default for each.

One machine needs no setting. Every `*-site.xml`, `server.properties` and client reads the same variables, so a port is
written down once: here.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aero.errors import AeroError

# The roles a client or another server connects to. In a compose cluster each is its container's name.
HOSTS = (
    "NAMENODE_HOST",
    "SECONDARY_NAMENODE_HOST",
    "RESOURCEMANAGER_HOST",
    "METASTORE_HOST",
    "HIVESERVER2_HOST",
    "SPARK_THRIFT_HOST",
    "ZOOKEEPER_HOST",
    "HBASE_MASTER_HOST",
    "HBASE_THRIFT_HOST",
    "HBASE_THRIFT2_HOST",
    "KAFKA_HOST",
    "LUIGID_HOST",
    "SUPERSET_HOST",
    "POSTGRES_HOST",
)

# Loads of a partition that are kept, the one that readers see among them; AERO_KEEP_LOADS sets another number.
KEEP_LOADS = 5

# Days for which aero_ops.audit keeps who asked what; AERO_AUDIT_DAYS sets another number.
AUDIT_DAYS = 90

# How long HDFS may keep silent before a client gives up; AERO_HDFS_SECONDS sets another number. A write waits so long
# where a DataNode is lost, and another takes its place.
HDFS_SECONDS = 120.0

# A process that ends sooner did not start, says supervisord, and gives up after some tries.
START_SECONDS = 2

PORTS = {
    "NAMENODE_PORT": 8020,
    "NAMENODE_HTTP_PORT": 9870,
    "SECONDARY_NAMENODE_HTTP_PORT": 9868,
    "DATANODE_PORT": 9866,
    "DATANODE_HTTP_PORT": 9864,
    "DATANODE_IPC_PORT": 9867,
    "RESOURCEMANAGER_PORT": 8032,
    "RESOURCEMANAGER_SCHEDULER_PORT": 8030,
    "RESOURCEMANAGER_TRACKER_PORT": 8031,
    "RESOURCEMANAGER_ADMIN_PORT": 8033,
    "RESOURCEMANAGER_HTTP_PORT": 8088,
    "NODEMANAGER_PORT": 8041,
    "NODEMANAGER_LOCALIZER_PORT": 8040,
    "NODEMANAGER_HTTP_PORT": 8042,
    "NODEMANAGER_SHUFFLE_PORT": 13562,
    "METASTORE_PORT": 9083,
    "HIVESERVER2_PORT": 10000,
    "SPARK_THRIFT_PORT": 10015,
    "SPARK_HISTORY_HTTP_PORT": 18080,
    "NOTEBOOK_HTTP_PORT": 8888,
    "ZOOKEEPER_PORT": 2181,
    "HBASE_MASTER_PORT": 16000,
    "HBASE_MASTER_HTTP_PORT": 16010,
    "HBASE_REGIONSERVER_PORT": 16020,
    "HBASE_REGIONSERVER_HTTP_PORT": 16030,
    "HBASE_THRIFT_PORT": 9090,
    "HBASE_THRIFT_HTTP_PORT": 9095,
    "HBASE_THRIFT2_PORT": 9091,
    "HBASE_THRIFT2_HTTP_PORT": 9096,
    "KAFKA_PORT": 9092,
    "KAFKA_CONTROLLER_PORT": 9093,
    "LUIGID_PORT": 8082,
    "METRICS_HTTP_PORT": 9400,
    "SUPERSET_PORT": 8089,
    "POSTGRES_PORT": 5432,
    "REDIS_PORT": 6379,
}

# `closed`: these servers let in only who has a password (aero/people.py); `open`: whoever reaches them.
DOORS = {f"{name}_DOOR": "closed" for name in ("HIVE", "SPARK", "METASTORE", "HTTP", "BROKER")}


def number(variable: str, otherwise: int) -> int:
    """What the environment says, or `otherwise`. Raises AeroError where it is no whole number above 0."""
    text = os.environ.get(variable)
    if text and (not text.isdecimal() or int(text) == 0):
        raise AeroError(
            f"{variable} is {text!r}, not a whole number above 0.", f"Set it to such as {otherwise}, or unset it."
        )
    return int(text) if text else otherwise


@dataclass(frozen=True)
class Settings:
    """`home` holds every byte that must outlive a restart; `cache` what can be fetched or built again. `is_container`:
    whether this is a container of a cluster, where Docker starts and stops the services.
    """

    home: Path
    cache: Path
    environment: dict[str, str]
    is_container: bool = False

    @property
    def downloads(self) -> Path:
        """What comes from a source lies here on its way to HDFS, and goes on from here if it broke off. A container's
        cache is part of its image, so there it is the volume that all that load share."""
        return (self.home / "run" if self.is_container else self.cache) / "downloads"

    @property
    def temporary(self) -> Path:
        """Temporary files of all services, which no other user may read, as /tmp would let them."""
        return self.home / "tmp"

    @property
    def secrets(self) -> Path:
        """Who may come in, and passwords (aero/people.py): a folder that only its owner may enter."""
        return Path(self.environment.get("AERO_SECRETS_DIR") or self.home / "secrets")

    @property
    def keep_loads(self) -> int:
        """How many loads of a partition are kept, at least the one that readers see. Raises AeroError as `number`."""
        return number("AERO_KEEP_LOADS", KEEP_LOADS)

    @property
    def audit_days(self) -> int:
        """For how many days the audit is kept, at least today. Raises AeroError as `number`."""
        return number("AERO_AUDIT_DAYS", AUDIT_DAYS)

    @property
    def hdfs_seconds(self) -> float:
        """How long a client of WebHDFS waits for an answer, or for more of it. Raises AeroError where it is no time."""
        text = os.environ.get("AERO_HDFS_SECONDS") or str(HDFS_SECONDS)
        if not re.fullmatch(r"(?=.*[1-9])\d{1,9}(\.\d+)?", text, re.ASCII):
            raise AeroError(f"AERO_HDFS_SECONDS is {text!r}, no number of seconds above 0.", f"Such as {HDFS_SECONDS}.")
        return float(text)

    def host(self, name: str) -> str:
        return self.environment[f"{name}_HOST"]

    def port(self, name: str) -> int:
        return int(self.environment[f"{name}_PORT"])

    def is_closed(self, name: str) -> bool:
        """Whether a door, such as HIVE, asks for a password."""
        return self.environment.get(f"{name}_DOOR") == "closed"

    def address(self, name: str) -> str:
        """`host:port` of one door, such as NAMENODE or KAFKA."""
        host = name.removesuffix("_HTTP")
        return f"{self.host(host)}:{self.port(name)}"

    def page(self, name: str) -> str | None:
        """Address of a page as a browser of this machine reaches it; None where a cluster keeps it inside."""
        return os.environ.get(f"{name}_PAGE") or (None if self.is_container else f"http://{self.address(name)}/")


def _port(name: str, port: int, offset: str) -> str:
    """The port of a name. Kubernetes, for one, sets such variables to addresses."""
    own = os.environ.get(name)
    text, variable = (own, name) if own else (offset, "AERO_PORT_OFFSET")
    moved = int(text) + (0 if own else port) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else 0
    if not 0 < moved < 65_536:
        raise AeroError(f"{variable} is {text!r}: {name} would be no port.", f"Unset it; the port is {port} then.")
    return str(moved)


def _bypass_proxies(hosts: Iterable[str]) -> None:
    """Where the environment names a proxy, let this process and those that it starts ask the platform's servers past
    it: requests, urllib and what is made of them read no_proxy."""
    names = {name.lower() for name, value in os.environ.items() if value}
    passed = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").replace(" ", "")
    if passed != "*" and names & {"http_proxy", "https_proxy", "all_proxy"}:
        own = ("localhost", "127.0.0.1", "::1", *hosts)
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(dict.fromkeys((*passed.split(","), *own))).strip(",")


def load_settings() -> Settings:
    """Settings of this process. `AERO_PORT_OFFSET` moves every port: a second cluster can run beside the first. From
    then on no proxy of the environment stands between it and the platform's servers.

    Raises AeroError naming the variable whose value is no port.
    """
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = Path(os.environ.get("AERO_HOME") or data / "aero").expanduser().resolve()
    cache = Path(os.environ.get("AERO_CACHE") or caches / "aero").expanduser().resolve()
    offset = os.environ.get("AERO_PORT_OFFSET") or "0"
    environment = {name: os.environ.get(name, "localhost") for name in HOSTS}
    _bypass_proxies(environment.values())
    environment |= {name: _port(name, port, offset) for name, port in PORTS.items()}
    # What servers listen on: loopback alone, or in a container every interface of its networks.
    environment |= {"AERO_HOME": str(home), "BIND_HOST": os.environ.get("BIND_HOST", "localhost")}
    environment |= {"AERO_SECRETS_DIR": os.environ.get("AERO_SECRETS_DIR") or str(home / "secrets")}
    environment |= {name: os.environ.get(name) or state for name, state in DOORS.items()}
    # Further names by which a browser reaches the web pages, with a comma between two.
    environment |= {"AERO_HTTP_HOSTS": os.environ.get("AERO_HTTP_HOSTS", "")}
    return Settings(home, cache, environment, is_container=os.environ.get("AERO_PROFILE") == "container")
