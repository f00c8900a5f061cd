"""The door to ZooKeeper, HBase's own: connections of kazoo's client, and questions that are bounded in time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aero.errors import AeroError
from aero.settings import Settings

if TYPE_CHECKING:
    from kazoo.client import KazooClient

# How long a client may be silent before what it holds is free, in seconds.
SESSION_SECONDS = 10
CONNECT_SECONDS = 15
# How long a question waits for a ZooKeeper that is being started again, in seconds.
PATIENCE_SECONDS = 60


def ask(client: KazooClient, call: Callable[..., Any], *arguments: Any, seconds: float | None = None) -> Any:
    """The answer of one of kazoo's calls that end in `_async`: the others wait for ever for a ZooKeeper that is away.

    Raises NoNodeError where there is no such node, AeroError where there is no answer in that many seconds.
    """
    from kazoo.exceptions import KazooException, NoNodeError
    from kazoo.handlers.threading import KazooTimeoutError

    until = time.monotonic() + (seconds or PATIENCE_SECONDS)
    try:
        return client.retry(lambda: call(*arguments).get(timeout=max(0.1, until - time.monotonic())))
    except NoNodeError:
        raise
    except (KazooException, KazooTimeoutError) as away:
        raise AeroError(f"ZooKeeper does not answer: {away!r}", "See: aero status") from away


def connected(settings: Settings, seconds: float | None = None) -> KazooClient:
    from kazoo.client import KazooClient
    from kazoo.handlers.threading import KazooTimeoutError
    from kazoo.retry import KazooRetry

    retry = KazooRetry(max_tries=-1, max_delay=1, deadline=seconds or PATIENCE_SECONDS)
    client = KazooClient(settings.address("ZOOKEEPER"), timeout=SESSION_SECONDS, command_retry=retry)
    client.logger.setLevel(logging.CRITICAL)  # It tells of every lost connection, and connects again by itself.
    try:
        client.start(timeout=seconds or CONNECT_SECONDS)
    except KazooTimeoutError as away:
        client.close()
        raise AeroError(
            f"ZooKeeper does not answer at {settings.address('ZOOKEEPER')}: it keeps writers apart.",
            "Start it: aero up hbase",
        ) from away
    return client
