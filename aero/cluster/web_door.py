"""The door before a web server of Tornado's: who comes in is an operator, and no other page is behind the request.

A refused request is answered when its headers are there, and a password is proven on another thread.
"""

import hashlib
import hmac
import ipaddress
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import tornado.ioloop
import tornado.web
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    RequestStartLine,
    ResponseStartLine,
)

from aero import audit, http_door, people
from aero.settings import Settings

REMEMBERED = 256
PROVING = 16
# As at the Java doors (aero.doors.Proof).
FREE_FAILURES = 4
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, FORGOTTEN_SECONDS = 0.5, 60.0, 900.0
KEPT_FAILURES = 4096


@dataclass
class Failures:
    """Wrong passwords in a row, and when the next try may be made, by the clock of Pauses."""

    count: int = 0
    last: float = 0.0
    next: float = 0.0


class Pauses:
    """The pause after wrong passwords for a name from an address: from the fifth on, each twice the one before. The
    platform's own accounts, whose passwords nobody guesses, have none: who tries their names could keep Luigi's workers
    outside."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], Failures] = OrderedDict()

    def left(self, name: str, address: str) -> float:
        """Seconds until the next try may be made. Where it may be made now it is, and others wait for what comes of
        it."""
        failures, now = self._failures.get(_key(name, address)), self._clock()
        if failures and now - failures.last > FORGOTTEN_SECONDS:
            self.succeeded(name, address)
            return 0
        if not failures or failures.count <= FREE_FAILURES:
            return 0
        left = failures.next - now
        if left <= 0:
            failures.next = now + _growing(failures.count)
        return max(0.0, left)

    def failed(self, name: str, address: str) -> None:
        if name in people.PLATFORM:
            return
        key, now = _key(name, address), self._clock()
        failures = self._failures.pop(key, None) or Failures()
        failures.count += 1
        failures.last, failures.next = now, now + _growing(failures.count)
        self._failures[key] = failures
        if len(self._failures) > KEPT_FAILURES:
            self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget what was wrong before."""
        self._failures.pop(_key(name, address), None)


def _key(name: str, address: str) -> tuple[str, str]:
    """A user of this machine may come from any address of its loopback: all count as one."""
    place = ipaddress.ip_address(address)
    return name[:64], "127.0.0.1" if place.is_loopback else address  # Nobody's name is longer.


def _growing(count: int) -> float:
    doublings = count - FREE_FAILURES - 1
    return 0.0 if doublings < 0 else min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(10, doublings))


class Proof:
    """Who comes in by a name and password. What was proven is remembered as a salted hash, while the line of the people
    file is the same."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._salt = secrets.token_bytes(16)
        self._proven: OrderedDict[bytes, None] = OrderedDict()
        self._pauses = Pauses()
        self._pool = ThreadPoolExecutor(2, "proof")
        self._waiting = 0

    def remembered(self, name: str, password: str) -> people.Person | None:
        person = people.load(self._settings).get(name)
        return person if person and self._digest(person, password) in self._proven else None

    async def proven(self, name: str, password: str, address: str) -> people.Person | None:
        """Raises BlockingIOError, which says why, where it has to be tried later."""
        if person := self.remembered(name, password):
            return person
        if self._waiting >= PROVING:
            raise BlockingIOError("Too many sign in at the same time: try again in a few seconds.")
        if seconds := self._pauses.left(name, address):
            raise BlockingIOError(f"Too many wrong passwords: try again in {math.ceil(seconds)} seconds.")
        self._waiting += 1
        try:
            loop = tornado.ioloop.IOLoop.current()
            person = await loop.run_in_executor(self._pool, people.verified, self._settings, name, password)
        finally:
            self._waiting -= 1
        if not person:
            self._pauses.failed(name, address)
        else:
            self._pauses.succeeded(name, address)
            self._proven[self._digest(person, password)] = None
            if len(self._proven) > REMEMBERED:
                self._proven.popitem(last=False)
        return person

    def _digest(self, person: people.Person, password: str) -> bytes:
        return hashlib.sha256(self._salt + f"{person.line()}\n{password}".encode()).digest()


class Door(HTTPServerConnectionDelegate):
    """Stands where Tornado's server has its application. `name` is the audit's. `reads` says of a path whether asking
    for it changes nothing. Who has the `token`, where there is one, reads too."""

    def __init__(
        self,
        application: tornado.web.Application,
        settings: Settings,
        name: str,
        reads: Callable[[str], object],
        token: str = "",
    ) -> None:
        self.application = application
        self.settings = settings
        self.name = name
        self.reads = reads
        self.token = token
        self.hosts = http_door.hosts(settings)
        self.proof = Proof(settings)

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        return _Request(self, server_conn, request_conn)

    async def refusal(self, line: RequestStartLine, given: HTTPHeaders, address: str) -> tuple[int, str] | None:
        """Status and sentence of a refused request; None for one that comes in."""
        name, password = http_door.name_and_password(given.get("Authorization"))
        is_reading = line.method == "HEAD" or (line.method == "GET" and bool(self.reads(line.path)))
        status, sentence = 200, ""
        if sentence := http_door.fault(line.method, is_reading, given, self.hosts) or "":
            status = 403
        elif is_reading and self._has_token(given.get("Authorization") or ""):
            return None
        elif password is None:
            status, sentence = 401, "Sign in with the name and password of an operator (aero user list)."
        else:
            status, sentence = await self._signed_in(name, password, address)
        # Luigi's workers ask every second, as the platform's account.
        if status != 200 or not (is_reading or name == people.USER):
            outcome = {200: audit.Outcome.ALLOWED, 403: audit.Outcome.REFUSED}.get(status, audit.Outcome.NOT_SIGNED_IN)
            what = f"{line.method} {line.path}"
            audit.write(self.settings.home, self.name, name, address, what, outcome, sentence)
        return None if status == 200 else (status, sentence)

    def _has_token(self, authorization: str) -> bool:
        given = authorization.encode(errors="replace")
        return bool(self.token) and hmac.compare_digest(given, f"Bearer {self.token}".encode())

    async def _signed_in(self, name: str, password: str, address: str) -> tuple[int, str]:
        try:
            person = await self.proof.proven(name, password, address)
        except BlockingIOError as too_soon:
            return 429, str(too_soon)
        if person is None:
            return 401, "The name or the password is wrong."
        if person.role != "operator":
            return 403, f"{name} is no operator but {person.role}: this page is for operators."
        return 200, ""


class _Request(HTTPMessageDelegate):
    """One request: passed on to the application once it is let in."""

    def __init__(self, door: Door, server_conn: object, connection: HTTPConnection) -> None:
        self._door, self._server, self._connection = door, server_conn, connection
        self._inside: HTTPMessageDelegate | None = None

    async def headers_received(self, start_line: Any, headers: HTTPHeaders) -> None:
        address = getattr(getattr(self._connection, "context", None), "remote_ip", "") or ""
        refused = await self._door.refusal(start_line, headers, address)
        if refused:
            await self._refuse(*refused)
            return
        self._inside = self._door.application.start_request(self._server, self._connection)
        received = self._inside.headers_received(start_line, headers)
        if received is not None:
            await received

    async def _refuse(self, status: int, sentence: str) -> None:
        body = f"{sentence}\n".encode()
        answer = HTTPHeaders({"Content-Type": "text/plain; charset=utf-8", "Connection": "close"})
        answer["Content-Length"] = str(len(body))
        if status == 401:
            answer["WWW-Authenticate"] = http_door.CHALLENGE
        await self._connection.write_headers(ResponseStartLine("HTTP/1.1", status, "Refused"), answer, body)
        self._connection.finish()

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._inside.data_received(chunk) if self._inside else None

    def finish(self) -> None:
        if self._inside:
            self._inside.finish()

    def on_connection_close(self) -> None:
        if self._inside:
            self._inside.on_connection_close()
