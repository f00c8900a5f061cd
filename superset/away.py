"""What a person is told whose question was not answered since a server is away: a sentence, instead of what Java or
Thrift says of it. answers.py puts it in the place of Superset's own words.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import answers
import sessions
from pyhive import hive

_SERVERS = {"SPARK_THRIFT_PORT": "The Spark Thrift Server", "HIVESERVER2_PORT": "HiveServer2"}


def _call_to(*ports: str) -> str:
    """What Hadoop's clients say of a server that refused a call, or let it wait."""
    numbers = "|".join(os.environ.get(port, "none") for port in ports)
    return rf"(?:\bto |remote=)\S*:(?:{numbers})\b"


# What a SQL server says of those that it asks itself, and what there is to say of them.
_BEHIND = (
    (
        r"HBase does not answer for|KeeperErrorCode = ConnectionLoss|hadoop\.hbase\S*\.(?:RetriesExhausted|CallTimeout|"
        r"ConnectionClos|MasterNotRunning|NoServerForRegion)",
        "HBase, which holds the live tables, does not answer",
    ),
    (
        r"Could not connect to meta store|Unable to instantiate \S*MetaStoreClient",
        "The metastore, which knows all tables, does not answer",
    ),
    (r"[Nn]ame node is in safe mode|NameNode is in safe mode", "HDFS is starting, and can be read in a moment"),
    (_call_to("NAMENODE_PORT") + r"|Could not obtain block", "HDFS, which holds the tables' files, does not answer"),
    (
        _call_to("RESOURCEMANAGER_PORT", "RESOURCEMANAGER_SCHEDULER_PORT"),
        "YARN, which runs the question, does not answer",
    ),
)
_BEHIND_FOUND = tuple((re.compile(pattern), sentence) for pattern, sentence in _BEHIND)
_DO = "Ask again in a minute; if it stays so, an operator sees what is wrong with: aero status"


class Away(hive.OperationalError):
    """A question that was not answered since a server is away; its text is the sentence."""

    is_away = True


@contextmanager
def told(port: int | None) -> Iterator[None]:
    """Ask the SQL server at this port. Raises Away in the place of what shows that a server is away."""
    try:
        yield
    except Exception as error:
        if found := sentence(error, port):
            raise Away(found) from error
        raise


def sentence(error: Exception, port: int | None = None) -> str | None:
    """Who is away, if this error shows it; `port` is that of the SQL server that was asked."""
    if isinstance(error, sessions.GONE):
        is_refused = "Bad status" in str(error)  # Nobody of that name and password.
        return None if is_refused else _of_server(error, port)
    return of_words(answers.said(error)) if isinstance(error, hive.Error) else None


def of_words(words: str) -> str | None:
    """Who is away of those that a SQL server asks, by its words."""
    return next((f"{who}. {_DO}" for pattern, who in _BEHIND_FOUND if pattern.search(words)), None)


def _of_server(error: Exception, port: int | None) -> str:
    ports = {os.environ.get(name): server for name, server in _SERVERS.items()}
    server = ports.get(str(port), "The SQL server")
    does = f"has said nothing for {sessions.SILENT_SECONDS} s" if sessions.is_silent(error) else "does not answer"
    return f"{server} {does}. {_DO}"
