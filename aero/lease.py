"""One writer at a time: the lease that a load, a rebuild, the archive and clean-slate hold while they write.

ZooKeeper keeps it, HBase's own, so that all machines of a cluster share one. It is kazoo's lock recipe: who came first
holds the lease, the others wait in order, and it is free some seconds after its holder is gone, however that ended.
Readers never ask for it.

Each holder has a token, higher than that of every holder before, and puts the name of its node into the fence, in one
transaction with its own node: who has none cannot. A holder that was frozen for so long that the lease went to another
would wake up in the middle of a publication. `Lease.check` therefore asks ZooKeeper before each step that readers can
see, and refuses where another holder came in between. No clock of a machine decides anything: ZooKeeper counts.

Threads of a process share its lease, and so do processes that it forks: those may check it, and never take it.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aero.datasets import FENCE_NODE, LEASE_NODE
from aero.errors import AeroError
from aero.settings import Settings, load_settings
from aero.zookeeper import PATIENCE_SECONDS, ask, connected

if TYPE_CHECKING:
    from kazoo.client import KazooClient

# Who waits says so at once, and again after so many seconds.
REMIND_SECONDS = 60
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


class Busy(AeroError):
    """Another writer is at work, and this one is not to wait."""

    exit_code = os.EX_TEMPFAIL  # 75: "try again later", for scripts.


class Lost(AeroError):
    """The lease went to another writer while this one did not answer."""


class Lease:
    """The lease as this process holds it. `client` is None in a process that was forked from the holder."""

    def __init__(self, client: KazooClient | None, holder: Holder, node: str = "") -> None:
        self._client = client
        self._is_parents = client is None
        self._is_lost = False
        self._asking = threading.RLock()
        self.holder = holder
        self.node = node

    @property
    def token(self) -> int:
        """Higher than that of every holder before."""
        return int(self.node[-SEQUENCE_DIGITS:])

    def acquire(self, wait: bool, tell: Callable[[Holder], None]) -> None:
        """Take the lease. Where another has it, `tell` hears of whom, again and again while this waits.

        Raises Busy naming the holder where another has it and this is not to `wait`.
        """
        while not self._is_taken(wait, tell):
            pass  # The connection was lost between the lock and the fence: come again.

    def check(self) -> None:
        """Return where this process may go on to change what readers see; ask before each such step.

        A lease that was lost while nobody else took it, as when ZooKeeper was started anew, is taken again. Raises Lost
        where another writer took it, AeroError where ZooKeeper does not answer.
        """
        with self._asking:
            if self._is_lost:
                raise _lost(self.holder)
            if self._client is None:
                self._client = connected(load_settings())
            if ask(self._client, self._client.exists_async, f"{LEASE_NODE}/{self.node}"):
                return
            try:
                while not self._is_taken_again():
                    pass
            except Lost:
                self._is_lost = True
                self.release()
                raise

    def release(self) -> None:
        """Give it back; the next in line has it at once."""
        from kazoo.exceptions import KazooException

        if self._client is not None:
            with suppress(KazooException):  # Where ZooKeeper is away it is free when the session has ended.
                self._client.stop()
                self._client.close()

    def _is_taken(self, wait: bool, tell: Callable[[Holder], None]) -> bool:
        assert self._client
        lock = self._client.Lock(LEASE_NODE, self._words())
        if not lock.acquire(blocking=False):
            if not wait:
                other = next(iter(_holders(self._client)), None)
                raise Busy(
                    f"Another writer is at work: {other or 'it has just ended'}.", "Try again when it has ended."
                )
            with _again_and_again(lambda: self._say(tell)):
                lock.acquire()
            self.holder = replace(self.holder, since=_now())
        return self._is_fenced(lock.node)

    def _is_taken_again(self) -> bool:
        assert self._client
        if self._is_parents:
            raise _lost(self.holder)
        lock = self._client.Lock(LEASE_NODE, self._words())
        if not lock.acquire(blocking=False):
            raise _lost(self.holder)
        return self._is_fenced(lock.node, before=self.node)

    def _is_fenced(self, node: str, before: str = "") -> bool:
        """Put the name of this holder's node into the fence. False where the node is gone, with its session.

        Raises Lost where the fence names another node than `before`, if that is given.
        """
        from kazoo.exceptions import NoNodeError

        client, path = self._client, f"{LEASE_NODE}/{node}"
        assert client
        ask(client, client.ensure_path_async, FENCE_NODE)
        while True:
            newest, at = ask(client, client.get_async, FENCE_NODE)
            if newest == node.encode():
                self.node = node
                return True
            if before and newest != before.encode():
                raise _lost(self.holder)

            def fence(version: int = at.version) -> Any:
                both = client.transaction()
                both.set_data(path, self._words().encode())
                both.set_data(FENCE_NODE, node.encode(), version)
                return both.commit_async()

            if isinstance(ask(client, fence)[0], NoNodeError):
                return False

    def _say(self, tell: Callable[[Holder], None]) -> None:
        assert self._client
        other = next(iter(_holders(self._client)), None)
        if other and other != self.holder:
            tell(other)

    def _words(self) -> str:
        return json.dumps(asdict(self.holder))


_held: list[Lease] = []
_holding = threading.Lock()


def hold(what: str) -> Lease:
    """This process' lease, taken now unless the process has it, and given back at its end. It waits for the holder.

    `what` says in words what the process does, such as `a load of 2013-01 to 2013-12`; where AERO_WRITES is set, that
    says it instead. Whom it waits for is said on standard error. Raises Busy naming the holder where AERO_NO_WAIT is
    set, AeroError where ZooKeeper does not answer.
    """
    with _holding:
        if not _held:
            what = os.environ.get(WHAT) or what
            lease = Lease(connected(load_settings()), Holder(what, os.getpid(), socket.gethostname(), _now()))
            try:
                lease.acquire(wait=not os.environ.get(NO_WAIT), tell=_say_for_whom(what))
            except BaseException:
                lease.release()
                raise
            _held.append(lease)
        return _held[0]


def refuse_if_held(settings: Settings) -> None:
    """Raises Busy naming the holder where there is one and AERO_NO_WAIT is set: before anything is started."""
    for holder in holders(settings) if os.environ.get(NO_WAIT) else ():
        raise Busy(f"Another writer is at work: {holder}.", "Try again when it has ended.")


def token() -> int | None:
    """The token of this process' lease; None where it holds none."""
    return _held[0].token if _held else None


@atexit.register
def let_go() -> None:
    """Give the process' lease back, if it has one."""
    while _held:
        _held.pop().release()


def _in_child() -> None:
    """A process that was forked from a holder may not use its connection."""
    global _holding
    _holding = threading.Lock()
    _held[:] = [Lease(None, held.holder, held.node) for held in _held]


os.register_at_fork(after_in_child=_in_child)


def holders(settings: Settings, seconds: float | None = None) -> list[Holder]:
    """Who holds the lease, and who waits for it, in their order. Raises AeroError where ZooKeeper does not answer in
    that many seconds.
    """
    client = connected(settings, seconds)
    try:
        return _holders(client, seconds or PATIENCE_SECONDS)
    finally:
        client.stop()
        client.close()


def _holders(client: KazooClient, seconds: float | None = None) -> list[Holder]:
    from kazoo.exceptions import NoNodeError

    found = []
    with suppress(NoNodeError):
        nodes = ask(client, client.get_children_async, LEASE_NODE, seconds=seconds)
        for node in sorted(nodes, key=lambda node: node[-SEQUENCE_DIGITS:]):
            with suppress(NoNodeError):  # It may end between the two questions.
                words, _ = ask(client, client.get_async, f"{LEASE_NODE}/{node}", seconds=seconds)
                found.append(_holder(words))
    return found


def _holder(words: bytes) -> Holder:
    try:
        return Holder(**json.loads(words))
    except (ValueError, TypeError):
        return Holder("a writer of another version of AERO", 0, "?", "")


@contextmanager
def _again_and_again(say: Callable[[], None]) -> Iterator[None]:
    """While the block runs, `say` at once and every REMIND_SECONDS."""
    has_ended = threading.Event()

    def repeat() -> None:
        while not has_ended.is_set():
            try:
                say()
            except AeroError as away:
                print(away.problem, file=sys.stderr, flush=True)
            has_ended.wait(REMIND_SECONDS)

    threading.Thread(target=repeat, daemon=True).start()
    try:
        yield
    finally:
        has_ended.set()


def _say_for_whom(what: str) -> Callable[[Holder], None]:
    return lambda other: print(f"{what} waits for {other}; --no-wait to refuse", file=sys.stderr, flush=True)


def _lost(holder: Holder) -> Lost:
    return Lost(
        f"{holder.what} was stopped before it changed what readers see: it did not answer for a while, and another"
        " writer took its place.",
        "Run it again: what is there already is left as it is.",
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
