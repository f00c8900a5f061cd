"""The Hive metastore: its door, which databases it knows, and what it says of a table's partitions in one call a table,
where HiveServer2 needs a statement for each.

With METASTORE_DOOR=closed it lets in operators alone, by name and password (SASL PLAIN; hive/doors). Its clients in
Java, HiveServer2 and Spark, read the platform's password from its file whenever they connect.

Only the calls that are used here are declared, with the numbers that Hive's `hive_metastore.thrift` gives their fields;
the fields that are not declared are passed over.
"""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from aero import people
from aero.datasets import Dataset
from aero.errors import AeroError, Away
from aero.settings import Settings, load_settings

TIMEOUT_SECONDS = 60
log = logging.getLogger("metastore")
_DECLARED = """
struct StorageDescriptor { 2: string location }
struct Partition { 1: list<string> values, 6: StorageDescriptor sd }
exception MetaException { 1: string message }
exception NoSuchObjectException { 1: string message }
service ThriftHiveMetastore {
  list<string> get_all_databases() throws (1: MetaException fault)
  list<Partition> get_partitions(1: string db_name, 2: string tbl_name, 3: i16 max_parts)
    throws (1: NoSuchObjectException missing, 2: MetaException fault)
  string getVersion()
}
"""
# What the server reads (hive/conf/hive-site.xml), by the variable that says it, where its door is closed.
_SERVER = {"METASTORE_AUTHENTICATION": "CUSTOM"}
# What each client reads, by the variable and by the property.
_CLIENT = {
    "METASTORE_CLIENT": ("hive.metastore.client.auth.mode", "PLAIN"),
    "METASTORE_SETUGI": ("hive.metastore.execute.setugi", "false"),
    "METASTORE_USER": ("hive.metastore.client.plain.username", people.USER),
    "METASTORE_PASSWORDS": ("hadoop.security.credential.provider.path", "aero-passwords:///"),
}
# So says thriftpy2 what a server answers to a password that is not the right one.
_NOT_LET_IN = "Bad status"
# Values of a table's partition columns, outermost first: (2013, 7), or (2013,) where it has one a year.
Partition = tuple[int, ...]


def variables(settings: Settings) -> dict[str, str]:
    """What hive/conf/hive-site.xml reads; nothing where the door is open."""
    return _SERVER | {name: value for name, (_, value) in _CLIENT.items()} if settings.is_closed("METASTORE") else {}


def spark_conf(settings: Settings) -> dict[str, str]:
    """How Spark finds the metastore, and comes in."""
    own = {"hive.metastore.uris": f"thrift://{settings.address('METASTORE')}"}
    if settings.is_closed("METASTORE"):
        own |= dict(_CLIENT.values())
    return {f"spark.hadoop.{name}": value for name, value in own.items()}


def version(settings: Settings, seconds: float) -> str:
    """What it says of its version, as a sign of life. Raises AeroError where it does not, in `seconds`, or lets nobody
    in."""
    with _connected(settings, seconds) as client:
        return client.getVersion()


def locations(dataset: Dataset, settings: Settings | None = None) -> dict[Partition, str]:
    """The HDFS folder that readers see of each partition of a table, such as `/aero/clean/flights/…/load=8c1f`.

    A partition whose values are not numbers, as somebody may add by hand, is left out and named in the log. A table
    that is not there has none. Raises AeroError where the metastore does not answer.
    """
    with _connected(settings or load_settings()) as client:
        partitions = client.get_partitions(dataset.database, dataset.table, -1)
    found = {}
    for one in partitions:
        if all(value.isdecimal() for value in one.values):
            found[tuple(map(int, one.values))] = _path(one.sd.location)
        else:
            _warn(f"{dataset.name} has a partition that is none of its: {', '.join(one.values)}")
    return dict(sorted(found.items()))


def databases(settings: Settings) -> list[str]:
    """The names of all databases. Raises AeroError where the metastore does not answer."""
    with _connected(settings) as client:
        return list(client.get_all_databases())


@cache
def _warn(problem: str) -> None:
    """Say it once in a process."""
    log.warning("%s. Readers see its rows: drop it.", problem)


def _path(location: str) -> str:
    """`/aero/…` of `hdfs://localhost:8020/aero/…`."""
    return "/" + location.split("://", 1)[-1].split("/", 1)[-1]


@contextmanager
def _connected(settings: Settings, seconds: float = TIMEOUT_SECONDS) -> Iterator[Any]:
    from thriftpy2.parser import load_fp
    from thriftpy2.rpc import make_client
    from thriftpy2.thrift import TException
    from thriftpy2.transport import TBufferedTransportFactory

    declared = load_fp(io.StringIO(_DECLARED), "hive_metastore_thrift")
    address = settings.host("METASTORE"), settings.port("METASTORE")
    transport = TBufferedTransportFactory()
    if settings.is_closed("METASTORE"):
        transport = signed_in(people.USER, people.password_of(settings, people.USER))
    try:
        client = make_client(
            declared.ThriftHiveMetastore, *address, trans_factory=transport, timeout=int(seconds * 1000)
        )
    except (TException, OSError, EOFError) as away:
        if _NOT_LET_IN in str(away):
            raise AeroError(
                f"The metastore does not let {people.USER} in: a wrong password.",
                "For another one: aero user passwd aero --generate",
            ) from None
        raise Away(
            f"The metastore does not answer at {settings.address('METASTORE')}.", "Start it: aero up metastore"
        ) from away
    try:
        yield client
    except (declared.NoSuchObjectException, declared.MetaException) as refused:
        raise AeroError(f"The metastore refused: {refused.message}", "See: aero logs metastore") from refused
    except (TException, OSError, EOFError) as lost:
        raise AeroError(f"The metastore ended the connection: {lost!r}", "See: aero logs metastore") from lost
    finally:
        client.close()


def signed_in(name: str, password: str) -> Any:
    """The transport factory of thriftpy2 for somebody who proves who they are."""
    from thriftpy2 import transport

    factory: Any = transport.TSaslClientTransportFactory
    return factory(lambda: _Plain(name, password), "PLAIN")


class _Plain:
    """SASL PLAIN (RFC 4616) as thriftpy2 asks for it: the first message says all, and what follows is as it is."""

    def __init__(self, name: str, password: str) -> None:
        self._message = f"\0{name}\0{password}".encode()

    def start(self, mechanism: str) -> tuple[bool, str, bytes]:
        return True, mechanism, self._message

    def encode(self, data: bytes) -> tuple[bool, bytes]:
        return True, data
