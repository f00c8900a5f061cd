"""Clients of the running services, each made when it is asked for."""

import happybase
import hdfs
from pyhive import hive as pyhive

from aero import settings

USER = "aero"


def webhdfs(user: str = USER) -> hdfs.InsecureClient:
    """WebHDFS client on the NameNode, acting as `user`."""
    return hdfs.InsecureClient(f"http://{settings.load().address('NAMENODE_HTTP')}", user=user)


def hive(database: str = "default") -> pyhive.Connection:
    """Connection to HiveServer2."""
    here = settings.load()
    return pyhive.connect(here.host("HIVESERVER2"), here.port("HIVESERVER2"), username=USER, database=database)


def hbase() -> happybase.Connection:
    """Connection to HBase's Thrift server, which drops it after a minute idle: open one for each batch."""
    here = settings.load()
    return happybase.Connection(here.host("HBASE_THRIFT"), here.port("HBASE_THRIFT"), timeout=30_000)


def kafka_bootstrap() -> str:
    """`host:port` for Kafka's clients."""
    return settings.load().address("KAFKA")
