"""One writer at a time: the lease that a load, a rebuild, the archive and clean-slate hold while they write.

ZooKeeper keeps it, HBase's own, so that all machines of a cluster share one. It is kazoo's lock recipe: who came first
holds the lease, the others wait in order, and it is free some seconds after its holder is gone, however that ended.
Readers never ask for it.

Each holder has a token, higher than that of every holder before. A holder that was frozen for so long that the lease
went to another would wake up in the middle of a publication. `Lease.check` therefore asks ZooKeeper before each step
that readers can see, and refuses where another holder came in between.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aero.datasets import FENCE_NODE, LEASE_NODE
from aero.errors import AeroError
from aero.settings import Settings, load_settings

if TYPE_CHECKING:
    from kazoo.client import KazooClient

# How long a holder may be silent before the lease is another's, in seconds.
SESSION_SECONDS = 10
CONNECT_SECONDS = 15
# How long a question waits for a ZooKeeper that is being started again, in seconds.
PATIENCE_SECONDS = 60
SEQUENCE_DIGITS = 10
# Set to have a writer refuse instead of waiting; `--no-wait` of the commands sets it.
NO_WAIT = "AERO_NO_WAIT"
# What this process does, in words, where who started it knows it better than the task that takes the lease.
WHAT = "AERO_WRITES"


@dataclass(frozen=True)
class Holder:
    """Who holds the lease, or waits for it: `what` it does in words, its process and machine, and since when (UTC)."""

    what: str
    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"{self.what} (process {self.pid} on {self.host}, since {self.since[11:16]} UTC)"


class Lost(AeroError):
    """The lease went to another writer while this one did not answer."""

    def __init__(self, what: str):
        super().__init__(
            f"{what} was stopped before it changed what readers see: it did not answer for a while, and another writer"
            " took its place.",
            "Run it again: what is there already is left as it is.",
        )


class Lease:
    """The lease as this process holds it. `token` is higher than that of every holder before."""

    def __init__(self, client: KazooClient, holder: Holder):
        self._client = client
        self.holder = holder
        self.token = -1

    def acquire(self, wait: bool, tell: Callable[[Holder], None]) -> None:
        """Take the lease. Where another has it, `tell` hears once of whom, and this waits.

        Raises AeroError naming the holder where another has it and this is not to `wait`.
        """
        self._lock = self._client.Lock(LEASE_NODE, json.dumps(asdict(self.holder)))
        if not self._lock.acquire(blocking=False):
            other = next(iter(_holders(self._client)), None)
            if not wait:
                raise AeroError(
                    f"Another writer is at work: {other or 'it has just ended'}.", "Try again when it has ended."
                )
            if other:
                tell(other)
            self._lock.acquire()
        self.token = int(self._lock.node[-SEQUENCE_DIGITS:])
        self._client.ensure_path(FENCE_NODE)
        self._client.set(FENCE_NODE, str(self.token).encode())

    def check(self) -> None:
        """Return where this process may go on to change what readers see; ask before each such step.

        A lease that was lost while nobody else took it, as when ZooKeeper was started anew, is taken again. Raises Lost
        where another writer took it, AeroError where ZooKeeper does not answer.
        """
        from kazoo.exceptions import KazooException, NoNodeError

        try:
            with suppress(NoNodeError):
                self._client.retry(self._client.get, f"{LEASE_NODE}/{self._lock.node}")
                return
            before, _ = self._client.retry(self._client.get, FENCE_NODE)
            if int(before) != self.token:
                raise Lost(self.holder.what)
            try:
                self.acquire(wait=False, tell=lambda _: None)
            except AeroError as taken:
                raise Lost(self.holder.what) from taken
        except KazooException as away:
            raise AeroError(f"ZooKeeper does not answer: {away!r}", "See: aero status") from away

    def release(self) -> None:
        """Give it back; the next in line has it at once."""
        from kazoo.exceptions import KazooException

        with suppress(KazooException):
            self._lock.release()
        self._client.stop()
        self._client.close()


_held: list[Lease] = []


def hold(what: str) -> Lease:
    """This process' lease, taken now unless the process has it, and given back at its end. It waits for the holder.

    `what` says in words what the process does, such as `a load of 2013-01 to 2013-12`; where AERO_WRITES is set, that
    says it instead. Whom it waits for is said on standard error. Raises AeroError naming the holder where AERO_NO_WAIT
    is set, or where ZooKeeper does not answer.
    """
    if not _held:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        what = os.environ.get(WHAT) or what
        lease = Lease(_connected(load_settings()), Holder(what, os.getpid(), socket.gethostname(), now))
        try:
            lease.acquire(wait=not os.environ.get(NO_WAIT), tell=_say_for_whom(what))
        except BaseException:
            lease.release()
            raise
        _held.append(lease)
    return _held[0]


def token() -> int | None:
    """The token of this process' lease; None where it holds none."""
    return _held[0].token if _held else None


@atexit.register
def let_go() -> None:
    """Give the process' lease back, if it has one."""
    while _held:
        _held.pop().release()


def holders(settings: Settings, seconds: float = CONNECT_SECONDS) -> list[Holder]:
    """Who holds the lease, and who waits for it, in their order. Raises AeroError where ZooKeeper does not answer in
    that many seconds.
    """
    from kazoo.exceptions import KazooException

    client = _connected(settings, seconds, seconds)
    try:
        return _holders(client)
    except KazooException as away:
        raise AeroError(f"ZooKeeper does not answer: {away!r}", "See: aero status") from away
    finally:
        client.stop()
        client.close()


def _holders(client: KazooClient) -> list[Holder]:
    from kazoo.exceptions import NoNodeError

    found = []
    with suppress(NoNodeError):
        for node in sorted(client.get_children(LEASE_NODE), key=lambda node: node[-SEQUENCE_DIGITS:]):
            with suppress(NoNodeError):  # It may end between the two questions.
                found.append(Holder(**json.loads(client.get(f"{LEASE_NODE}/{node}")[0])))
    return found


def _connected(settings: Settings, seconds: float = CONNECT_SECONDS, patience: float = PATIENCE_SECONDS) -> KazooClient:
    from kazoo.client import KazooClient
    from kazoo.handlers.threading import KazooTimeoutError
    from kazoo.retry import KazooRetry

    retry = KazooRetry(max_tries=-1, max_delay=1, deadline=patience)
    client = KazooClient(settings.address("ZOOKEEPER"), timeout=SESSION_SECONDS, command_retry=retry)
    client.logger.setLevel(logging.ERROR)  # It tells of every lost connection, and connects again by itself.
    try:
        client.start(timeout=seconds)
    except KazooTimeoutError as away:
        client.close()
        raise AeroError(
            f"ZooKeeper does not answer at {settings.address('ZOOKEEPER')}: it keeps writers apart.",
            "Start it: aero up hbase",
        ) from away
    return client


def _say_for_whom(what: str) -> Callable[[Holder], None]:
    def say(other: Holder) -> None:
        print(f"{what} waits for {other}; --no-wait to refuse", file=sys.stderr, flush=True)

    return say
