"""Clients of the running services, each made, and its library imported, when it is asked for.

Together the libraries take longer to import than most commands of `aero` take.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from aero import people
from aero.errors import AeroError, Away
from aero.settings import Settings, load_settings

if TYPE_CHECKING:
    import happybase
    import hdfs
    from pyhive import hive as pyhive

# The SQL servers, by the settings of their ports, and their doors in the settings.
SQL_DOORS = {"HIVESERVER2": "HIVE", "SPARK_THRIFT": "SPARK"}
# So says thrift_sasl what a server answers to a password that is not the right one.
_NOT_LET_IN = "Bad status"


def webhdfs(user: str = people.USER) -> hdfs.InsecureClient:
    """WebHDFS client on the NameNode, acting as `user`. Raises AeroError where it may not come in."""
    from aero import http_door
    from aero.webhdfs import Client

    settings = load_settings()
    address = f"http://{settings.address('NAMENODE_HTTP')}"
    return Client(address, settings.hdfs_seconds, user=user, session=http_door.hdfs_session())


class Login(NamedTuple):
    """Who comes in; the password is read at closed doors alone."""

    name: str
    password: str


def hive(login: Login | None = None) -> pyhive.Connection:
    """Connection to HiveServer2, as the platform unless `login` says who. Raises AeroError where it does not answer
    or does not let in."""
    return _sql("HiveServer2", "HIVESERVER2", "hiveserver2", login)


def spark(login: Login | None = None) -> pyhive.Connection:
    """Connection to the Spark Thrift Server, in the same way."""
    return _sql("The Spark Thrift Server", "SPARK_THRIFT", "spark-thrift", login)


def sign_in(settings: Settings, name: str, login: Login | None = None) -> dict[str, str]:
    """The arguments with which PyHive comes in at HIVESERVER2 or SPARK_THRIFT, as the platform unless `login` says who.

    Raises AeroError where the platform's password can't be read.
    """
    if not settings.is_closed(SQL_DOORS[name]):
        return {"username": login.name if login else people.USER}
    user, password = login or Login(people.USER, people.password_of(settings, people.USER))
    return {"username": user, "password": password, "auth": "CUSTOM"}


def _sql(server: str, name: str, service: str, login: Login | None) -> pyhive.Connection:
    from pyhive import hive as pyhive
    from thrift.transport.TTransport import TTransportException

    settings = load_settings()
    words = sign_in(settings, name, login)
    try:
        with _unlogged("thrift.transport.TSocket"):
            return pyhive.connect(settings.host(name), settings.port(name), **words)
    except pyhive.OperationalError as refused:
        said = refusal(refused).partition("\n")[0]
        raise Away(f"{server} opens no session: {said}", "What runs, and what it waits for: aero status") from refused
    except TTransportException as refused:
        if _NOT_LET_IN in str(refused):
            raise AeroError(
                f"{server} does not let {words['username']} in: a wrong password, or nobody of that name.",
                "Who there is: aero user list. For another password: aero user passwd NAME",
            ) from None
        raise Away(
            f"{server} does not answer at {settings.address(name)}.", f"Start it: aero up {service}"
        ) from refused


def refusal(error: Exception) -> str:
    """What a SQL server says of a statement that it did not do; of another error, its own words."""
    status = getattr(error.args[0], "status", None) if error.args else None
    return status.errorMessage if status and status.errorMessage else str(error)


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
