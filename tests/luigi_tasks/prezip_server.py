"""A web server of ours with files like those of PREZIP, that misbehaves where it is told to."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Fault = Callable[["_Handler", "File"], None]


@dataclass
class File:
    """What stands under a path. `changed` is its Last-Modified, in seconds since 1970."""

    body: bytes
    changed: int = 1_700_000_000
    etag: str | None = None

    @property
    def last_modified(self) -> str:
        return formatdate(self.changed, usegmt=True)


class PrezipServer:
    """`files` by path; `faults` by path, each used up by one GET; `gets` and `heads` count what was asked for."""

    def __init__(self):
        self.files: dict[str, File] = {}
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.resumes = True
        self.takes_head = True
        self.only_for = ""  # what an agent must begin with
        self.gets: list[str] = []
        self.heads: list[str] = []
        self.ranges: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.prezip = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def put(self, path: str, body: bytes, **file) -> str:
        """Serve `body` under `path`: its URL."""
        self.files[f"/{path}"] = File(body, **file)
        return f"{self.url}/{path}"

    def misbehave(self, path: str, *faults: Fault) -> None:
        self.faults[f"/{path}"].extend(faults)

    @contextmanager
    def running(self) -> Iterator["PrezipServer"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def status(code: int, **headers: str) -> Fault:
    """Answer with a status and no file."""

    def answer(handler: "_Handler", file: File) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def page(html: str) -> Fault:
    """Answer 200 with a page in the file's place."""

    def answer(handler: "_Handler", file: File) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", str(len(html.encode())))
        handler.end_headers()
        handler.wfile.write(html.encode())

    return answer


def truncate(after: int) -> Fault:
    """Promise the file (or the rest that was asked for), send its first `after` bytes, and hang up."""

    def answer(handler: "_Handler", file: File) -> None:
        handler.send_file(file, only=after)

    return answer


def endless(length: str) -> Fault:
    """Send zeros until the other side has enough, with this as Content-Length."""

    def answer(handler: "_Handler", file: File) -> None:
        handler.send_response(200)
        handler.send_header("Last-Modified", file.last_modified)
        if length:
            handler.send_header("Content-Length", length)
        handler.end_headers()
        handler.close_connection = True
        for _ in range(1000):
            try:
                handler.wfile.write(bytes(65_536))
            except OSError:
                return

    return answer


def hang_up(handler: "_Handler", file: File) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def prezip(self) -> PrezipServer:
        return self.server.prezip

    def do_HEAD(self) -> None:
        self.prezip.heads.append(self.path)
        file = self.prezip.files.get(self.path)
        if not self._is_welcome():
            status(403)(self, file)
        elif not self.prezip.takes_head:
            status(405)(self, file)
        elif file is None:
            status(404)(self, file)
        else:
            self._start(200, file, len(file.body))

    def do_GET(self) -> None:
        self.prezip.gets.append(self.path)
        self.prezip.ranges.append(self.headers.get("Range"))
        file = self.prezip.files.get(self.path)
        if self.prezip.faults[self.path]:
            self.prezip.faults[self.path].popleft()(self, file)
        elif not self._is_welcome():
            status(403)(self, file)
        elif file is None:
            status(404)(self, file)
        else:
            self.send_file(file)

    def _is_welcome(self) -> bool:
        return self.headers.get("User-Agent", "").startswith(self.prezip.only_for)

    def send_file(self, file: File, only: int | None = None) -> None:
        """The file, or the rest that Range asks for while If-Range still holds; of that, `only` so many bytes."""
        begin = self._begin(file)
        rest = file.body[begin:]
        if begin >= len(file.body):
            status(416)(self, file)
            return
        self._start(206 if begin else 200, file, len(rest), begin)
        self.wfile.write(rest[:only])
        if only is not None:
            self.close_connection = True

    def _begin(self, file: File) -> int:
        asked = self.headers.get("Range")
        strong = file.etag if file.etag and not file.etag.startswith("W/") else None
        is_same = self.headers.get("If-Range") in (strong, file.last_modified)
        if not self.prezip.resumes or asked is None or not is_same:
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _start(self, code: int, file: File, length: int, begin: int = 0) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/x-zip-compressed")
        self.send_header("Content-Length", str(length))
        self.send_header("Last-Modified", file.last_modified)
        if file.etag:
            self.send_header("ETag", file.etag)
        if code == 206:
            self.send_header("Content-Range", f"bytes {begin}-{len(file.body) - 1}/{len(file.body)}")
        self.end_headers()

    def log_message(self, *_) -> None:
        """Nothing: what was asked is in `gets` and `heads`."""
