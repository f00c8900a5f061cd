"""What the Hive metastore says of a table's partitions, in one call a table: HiveServer2 needs a statement for each.

Only the call that is used here is declared, with the numbers that Hive's `hive_metastore.thrift` gives its fields; the
fields that are not declared are passed over.
"""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from aero.datasets import Dataset
from aero.errors import AeroError
from aero.settings import Settings, load_settings

TIMEOUT_MILLISECONDS = 60_000
log = logging.getLogger("metastore")
_DECLARED = """
struct StorageDescriptor { 2: string location }
struct Partition { 1: list<string> values, 6: StorageDescriptor sd }
exception MetaException { 1: string message }
exception NoSuchObjectException { 1: string message }
service ThriftHiveMetastore {
  list<Partition> get_partitions(1: string db_name, 2: string tbl_name, 3: i16 max_parts)
    throws (1: NoSuchObjectException missing, 2: MetaException fault)
}
"""
# Values of a table's partition columns, outermost first: (2013, 7), or (2013,) where it has one a year.
Partition = tuple[int, ...]


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


@cache
def _warn(problem: str) -> None:
    """Say it once in a process."""
    log.warning("%s. Readers see its rows: drop it.", problem)


def _path(location: str) -> str:
    """`/aero/…` of `hdfs://localhost:8020/aero/…`."""
    return "/" + location.split("://", 1)[-1].split("/", 1)[-1]


@contextmanager
def _connected(settings: Settings) -> Iterator[Any]:
    from thriftpy2.parser import load_fp
    from thriftpy2.rpc import make_client
    from thriftpy2.thrift import TException

    declared = load_fp(io.StringIO(_DECLARED), "hive_metastore_thrift")
    address = settings.host("METASTORE"), settings.port("METASTORE")
    try:
        client = make_client(declared.ThriftHiveMetastore, *address, timeout=TIMEOUT_MILLISECONDS)
    except (TException, OSError) as away:
        raise AeroError(
            f"The metastore does not answer at {settings.address('METASTORE')}.", "Start it: aero up metastore"
        ) from away
    try:
        yield client
    except (declared.NoSuchObjectException, declared.MetaException) as refused:
        raise AeroError(f"The metastore refused: {refused.message}", "See: aero logs metastore") from refused
    except (TException, OSError) as lost:
        raise AeroError(f"The metastore ended the connection: {lost!r}", "See: aero logs metastore") from lost
    finally:
        client.close()
