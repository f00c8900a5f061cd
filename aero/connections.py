"""Clients of the running services, each made, and its library imported, when it is asked for.

Together the libraries take longer to import than most commands of `aero` take.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aero.errors import AeroError
from aero.settings import load_settings

if TYPE_CHECKING:
    import happybase
    import hdfs
    from pyhive import hive as pyhive

USER = "aero"


def webhdfs(user: str = USER) -> hdfs.InsecureClient:
    """WebHDFS client on the NameNode, acting as `user`."""
    import hdfs

    return hdfs.InsecureClient(f"http://{load_settings().address('NAMENODE_HTTP')}", user=user)


def hive() -> pyhive.Connection:
    """Connection to HiveServer2. Raises AeroError where it does not answer."""
    return _sql("HiveServer2", "HIVESERVER2", "hiveserver2")


def spark() -> pyhive.Connection:
    """Connection to the Spark Thrift Server. Raises AeroError where it does not answer."""
    return _sql("The Spark Thrift Server", "SPARK_THRIFT", "spark-thrift")


def _sql(server: str, name: str, service: str) -> pyhive.Connection:
    from pyhive import hive as pyhive
    from thrift.transport.TTransport import TTransportException

    settings = load_settings()
    try:
        with _unlogged("thrift.transport.TSocket"):
            return pyhive.connect(settings.host(name), settings.port(name), username=USER)
    except TTransportException as refused:
        raise AeroError(
            f"{server} does not answer at {settings.address(name)}.", f"Start it: aero up {service}"
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

    settings = load_settings()
    return happybase.Connection(settings.host("HBASE_THRIFT"), settings.port("HBASE_THRIFT"), timeout=30_000)


def kafka_bootstrap() -> str:
    """`host:port` for Kafka's clients."""
    return load_settings().address("KAFKA")
