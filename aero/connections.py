"""Clients of the running services, each made, and its library imported, when it is asked for.

Together the libraries take longer to import than most commands of `aero` take.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aero import settings
from aero.errors import AeroError

if TYPE_CHECKING:
    import happybase
    import hdfs
    from pyhive import hive as pyhive

USER = "aero"


def webhdfs(user: str = USER) -> hdfs.InsecureClient:
    """WebHDFS client on the NameNode, acting as `user`."""
    import hdfs

    return hdfs.InsecureClient(f"http://{settings.load().address('NAMENODE_HTTP')}", user=user)


def hive(database: str = "default") -> pyhive.Connection:
    """Connection to HiveServer2. Raises AeroError where it does not answer."""
    from pyhive import hive as pyhive
    from thrift.transport.TTransport import TTransportException

    here = settings.load()
    try:
        with _unlogged("thrift.transport.TSocket"):
            return pyhive.connect(here.host("HIVESERVER2"), here.port("HIVESERVER2"), username=USER, database=database)
    except TTransportException as refused:
        raise AeroError(
            f"HiveServer2 does not answer at {here.address('HIVESERVER2')}.", "Start it: aero up hiveserver2"
        ) from refused


@contextmanager
def _unlogged(name: str) -> Iterator[None]:
    """Without what a library logs of an error that it raises as well."""
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def hbase() -> happybase.Connection:
    """Connection to HBase's Thrift server, which drops it after a minute idle: open one for each batch."""
    import happybase

    here = settings.load()
    return happybase.Connection(here.host("HBASE_THRIFT"), here.port("HBASE_THRIFT"), timeout=30_000)


def kafka_bootstrap() -> str:
    """`host:port` for Kafka's clients."""
    return settings.load().address("KAFKA")
