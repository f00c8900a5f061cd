"""Sessions of the SQL servers, used again and again.

For each chart Superset makes a connection that asks, and others that ask nothing. A connection here signs in when it
first asks; when it is closed, its session waits for the next one that comes in the same way. Sessions only read
(reading.py), so nothing of a question stays in one but the database that a USE names: such a session is not kept.
"""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock

from pyhive import hive
from thrift.transport import TSocket
from thrift.transport.TTransport import TTransportException

# A session that nobody used for so long is closed, and of those that come in one way no more than so many wait.
KEPT_SECONDS, KEPT = 60, 12
# However often it is used, none gets older: a server keeps something of what each was asked.
LIVES_SECONDS = 600
# A server that says nothing for so long is taken for a frozen one; the web server gives up later (gunicorn.conf.py).
SILENT_SECONDS = 170
# What a session that has ended at the server answers, or the way to it.
GONE = (TTransportException, OSError, EOFError)
_USE = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*USE\b", re.IGNORECASE | re.DOTALL)


class Socket(TSocket.TSocket):
    """One on which nobody waits for ever."""

    def __init__(self, *arguments, **words):
        super().__init__(*arguments, **words)
        self.setTimeout(SILENT_SECONDS * 1000)


# PyHive makes its sockets itself, without a limit.
TSocket.TSocket = Socket


def is_silent(error: Exception) -> bool:
    """Whether a server has the question, and has said nothing for too long."""
    return getattr(error, "type", None) == TTransportException.TIMED_OUT and isinstance(error, TTransportException)


class Cursor(hive.Cursor):
    """Asks in its connection's session; anew in a fresh one, where the session that waited has ended meanwhile."""

    def execute(self, operation: str, parameters=None, **words) -> None:
        """As PyHive's."""
        if _USE.match(operation):
            self._connection.spoil()
        try:
            super().execute(operation, parameters, **words)
        except Exception as error:
            if not self._connection.has_gone(error):
                self._connection.spoil()
                raise
            super().execute(operation, parameters, **words)


class Connection:
    """What Superset takes for a connection of PyHive's."""

    cursor_class = Cursor

    def __init__(self, *arguments, **words):
        self._opens = arguments, words
        self._session: hive.Connection | None = None
        self._is_used = self._is_spoilt = False
        self._cursors: list[hive.Cursor] = []

    @property
    def port(self) -> int | None:
        """Of the server."""
        return self._opens[1].get("port")

    @property
    def client(self):
        return self._opened().client

    @property
    def sessionHandle(self):
        return self._opened().sessionHandle

    def cursor(self, *arguments, **words) -> hive.Cursor:
        """One that asks through this connection."""
        self._cursors.append(self.cursor_class(self, *arguments, **words))
        return self._cursors[-1]

    def commit(self) -> None:
        """There is nothing to commit."""

    def rollback(self) -> None:
        """There is nothing to take back."""

    def has_gone(self, error: Exception) -> bool:
        """Whether this error says that its session, which had waited here, has ended meanwhile. It has none then."""
        says = (isinstance(error, GONE) and not is_silent(error)) or "SessionHandle" in str(error)
        if not (says and self._is_used and self._session):
            return False
        # Those that wait with it have ended as well.
        for session in (self._session, *_waiting.take_all(self._key)):
            _end(session)
        self._session = None
        return True

    def spoil(self) -> None:
        """Do not keep its session."""
        self._is_spoilt = True

    def close(self) -> None:
        """Its session goes to the next one."""
        if session := self._session:
            try:
                for cursor in self._cursors:
                    cursor.close()
            except (hive.Error, *GONE):
                self._is_spoilt = True
            self._session = None
            if self._is_spoilt or time.monotonic() - session.opened_at > LIVES_SECONDS:
                _end(session)
            else:
                _waiting.put(self._key, session)
        self._cursors.clear()

    @property
    def _key(self) -> str:
        return repr(self._opens)

    def _opened(self) -> hive.Connection:
        if self._session is None:
            self._session = _waiting.take(self._key)
            self._is_used = self._session is not None
            if self._session is None:
                arguments, words = self._opens
                self._session = hive.Connection(*arguments, **words)
                self._session.opened_at = time.monotonic()
        return self._session


class _Waiting:
    """Sessions that nobody uses, by how they came in, with since when; the one that was used last is last."""

    def __init__(self):
        self._sessions: dict[str, list[tuple[float, hive.Connection]]] = {}
        self._lock = Lock()

    def put(self, key: str, session: hive.Connection) -> None:
        with self._lock:
            self._sessions.setdefault(key, []).append((time.monotonic(), session))
        self._end_old()

    def take(self, key: str) -> hive.Connection | None:
        self._end_old()
        with self._lock:
            sessions = self._sessions.get(key)
            return sessions.pop()[1] if sessions else None

    def take_all(self, key: str) -> list[hive.Connection]:
        with self._lock:
            return [session for _, session in self._sessions.pop(key, [])]

    def _end_old(self) -> None:
        with self._lock:
            old = list(self._take_old(time.monotonic() - KEPT_SECONDS))
        for session in old:
            _end(session)

    def _take_old(self, before: float) -> Iterator[hive.Connection]:
        for sessions in self._sessions.values():
            while sessions and (sessions[0][0] < before or len(sessions) > KEPT):
                yield sessions.pop(0)[1]


_waiting = _Waiting()


def _end(session: hive.Connection) -> None:
    with suppress(hive.Error, *GONE):
        session.close()
