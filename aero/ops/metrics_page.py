"""`/metrics` of the service `scheduler`: what `aero metrics` prints, over HTTP, for Prometheus.

With HTTP_DOOR=closed it asks as the other pages do, and takes the token of `secrets/metrics` too, which opens nothing
else.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import tornado.httpserver
import tornado.web

from aero import files
from aero.cluster.web_door import Door
from aero.ops import metrics
from aero.ops.doctor.finding import Look
from aero.settings import Settings

# However often it is asked, servers are asked this often at most.
CACHED_SECONDS = 10.0
# Who asks beside so many that wait is sent away.
WAITING = 8
TOKEN = "metrics"
log = logging.getLogger("metrics")


class Page:
    """The text, made anew when it is asked for and older than CACHED_SECONDS. `newest` looks at the services."""

    def __init__(self, newest: Callable[[], Look]) -> None:
        self._newest = newest
        self._made_at = -CACHED_SECONDS
        self._text = ""
        self._one = ThreadPoolExecutor(1, "metrics")
        self._waiting = 0

    async def text(self) -> str | None:
        """None where too many wait for it."""
        if self._waiting >= WAITING:
            return None
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._one, self._fresh)
        finally:
            self._waiting -= 1

    def _fresh(self) -> str:
        if time.monotonic() - self._made_at >= CACHED_SECONDS:
            self._text = metrics.text(metrics.samples(self._newest()))
            self._made_at = time.monotonic()
        return self._text


class _Handler(tornado.web.RequestHandler):
    def initialize(self, page: Page) -> None:
        self._page = page

    async def get(self) -> None:
        text = await self._page.text()
        if text is None:
            self.set_status(503)
            self.finish("Too many ask at the same time.\n")
            return
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(text)


def start(settings: Settings, newest: Callable[[], Look]) -> None:
    """Answer in the background, as long as this process lives. A port that is taken is logged, and hinders nobody."""
    threading.Thread(target=_run, args=(settings, newest), name="metrics page", daemon=True).start()


def _run(settings: Settings, newest: Callable[[], Look]) -> None:
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    try:
        asyncio.run(_serve(settings, Page(newest)))
    except OSError as fault:
        log.error("no metrics over HTTP: %s", fault)


async def _serve(settings: Settings, page: Page) -> None:
    inside = tornado.web.Application([("/metrics", _Handler, {"page": page})])
    server = tornado.httpserver.HTTPServer(
        _behind_a_door(settings, inside), max_header_size=16_384, max_body_size=1_024, idle_connection_timeout=60
    )
    server.listen(settings.port("METRICS_HTTP"), settings.environment["BIND_HOST"])
    await asyncio.Event().wait()


def _behind_a_door(settings: Settings, inside: tornado.web.Application) -> tornado.web.Application | Door:
    if not settings.is_closed("HTTP"):
        return inside
    secret = settings.secrets / TOKEN
    files.make_secret(secret)
    return Door(inside, settings, "metrics", lambda _path: True, secret.read_text(encoding="utf-8").strip())
