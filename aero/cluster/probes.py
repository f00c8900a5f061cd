"""How the probes of aero/cluster/readiness.py ask a server: by a page, a bean, a line, or a call of a client.

A door is the name of a host and port in the settings, such as NAMENODE_HTTP or KAFKA.
"""

import json
import socket
from collections.abc import Callable
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from aero import http_door
from aero.errors import AeroError
from aero.settings import Settings

TIMEOUT_SECONDS = 5


def page(settings: Settings, door: str, path: str) -> bytes | None:
    """What a page says; None where nobody answers, or with an error, or it asks for a password that is not there."""
    try:
        request = Request(f"http://{settings.address(door)}{path}")
        for name, value in http_door.headers(settings).items():
            request.add_unredirected_header(name, value)
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return response.read()
    except (URLError, OSError, AeroError):
        return None


def json_page(settings: Settings, door: str, path: str) -> dict[str, Any] | None:
    """The JSON object of a page; None where there is none."""
    try:
        return json.loads(page(settings, door, path) or "null")
    except ValueError:
        return None


def bean(settings: Settings, door: str, query: str) -> dict[str, Any] | None:
    """The first bean that Hadoop's or HBase's page of metrics has for a query."""
    beans = (json_page(settings, door, f"/jmx?qry={query}") or {}).get("beans")
    return beans[0] if beans else None


def says(host: str, port: int, question: bytes, answer: bytes) -> bool:
    """Whether a server answers a question with these bytes."""
    try:
        with socket.create_connection((host, port), timeout=TIMEOUT_SECONDS) as connection:
            connection.sendall(question)
            return connection.recv(len(answer)) == answer
    except OSError:
        return False


def call(
    settings: Settings,
    door: str,
    ask: Callable[[str, int], object],
    waits_for: str,
    errors: tuple[type[Exception], ...],
    closed: str = "its Thrift interface to answer",
) -> str | None:
    """None when `ask`, called with the door's host and port, returns; `waits_for` when it raises one of `errors`.

    Where the port is closed, `closed`; a client, which would log a stack trace, is not called then.
    """
    host, port = settings.host(door), settings.port(door)
    try:
        socket.create_connection((host, port), timeout=TIMEOUT_SECONDS).close()
    except OSError:
        return closed
    failures: tuple[type[Exception], ...] = (*errors, OSError, EOFError)
    try:
        ask(host, port)
    except failures:
        return waits_for
    return None
