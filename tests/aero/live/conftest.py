"""A local HTTP server that gives the answers listed for it, and a clock that a test sets."""

import json
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest


@dataclass(frozen=True)
class Request:
    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]


class LocalServer:
    """Answers requests with `answers` in turn, the last one again and again: a body, or (status, body[, headers]).

    A body that is neither text nor bytes is sent as JSON. HANG_UP closes the connection without an answer.
    """

    HANG_UP = object()

    def __init__(self):
        self.answers: deque = deque()
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer("")

            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def answer(self, form: str):
                url = urlsplit(self.path)
                server.requests.append(Request(url.path, _flat(url.query), dict(self.headers), _flat(form)))
                answer = server.answers.popleft() if len(server.answers) > 1 else server.answers[0]
                if answer is LocalServer.HANG_UP:
                    self.close_connection = True
                    return
                status, body, headers = (*answer, {})[:3] if isinstance(answer, tuple) else (200, answer, {})
                content = body if isinstance(body, bytes) else _text(body).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(ConnectionError):  # Who asked may have enough.
                    self.wfile.write(content)

            def log_message(self, *arguments):
                pass

        return Handler


def _text(body) -> str:
    return body if isinstance(body, str) else json.dumps(body)


def _flat(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query).items()}


@pytest.fixture
def server():
    local = LocalServer()
    yield local
    local.close()


@pytest.fixture
def stopped_never():
    """The stop event of a poller that nobody stops."""
    return threading.Event()


class Clock:
    """The clock of a source; its time passes when `now` is set."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock_at():
    """Makes a clock that shows an instant."""
    return Clock
