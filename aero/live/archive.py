"""A source's own answers, kept in HDFS raw as they came: gzipped lines of JSON, a line an answer, a folder a day (UTC).

    /aero/raw/live/<source>/date=2026-01-12/235912-1b2c3d4e.jsonl.gz      {"fetched_at": "…", "body": …}

Lines wait in a file of this machine until it is some megabytes big or minutes old. Then they go to HDFS as one file
under a hidden name, which is renamed: no half file is ever seen. Neither a crash nor HDFS being away loses a line: what
waits is taken along later, at the latest at the next start.
"""

import gzip
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import hdfs
import requests

from aero.datasets import LIVE_ARCHIVE
from aero.errors import AeroError
from aero.instants import instant_text, utc_now

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """One answer of a source, parsed from its JSON, and when it came."""

    fetched_at: datetime
    body: Any


def folder(source: str, day: date) -> str:
    """HDFS folder of a source's answers of one day (UTC)."""
    return f"{LIVE_ARCHIVE.path}/{source}/date={day:%Y-%m-%d}"


class Archive:
    """Keeps the pages of one source. One process a source and `waiting` folder: it takes along what lies there.

    `max_bytes` (before compression) and `max_seconds` say when lines go to HDFS, `client` is connections.webhdfs().
    """

    def __init__(
        self,
        client: hdfs.client.Client,
        source: str,
        waiting: Path,
        max_bytes: int = 16 * 1024 * 1024,
        max_seconds: float = 900,
        now: Callable[[], datetime] = utc_now,
    ):
        self.source = source
        self.waiting = waiting
        self.max_bytes = max_bytes
        self.max_seconds = max_seconds
        self._client = client
        self._now = now
        self._file: IO[bytes] | None = None
        self._opened_at = now()
        waiting.mkdir(parents=True, exist_ok=True)
        self._upload_waiting()

    def append(self, page: Page) -> None:
        """Keep one answer; it is on this machine's disk when this returns."""
        line = {"fetched_at": instant_text(page.fetched_at), "body": page.body}
        file = self._file
        if file is None or _day(file) != f"{page.fetched_at.astimezone(UTC):%Y-%m-%d}":
            file = self._open(page.fetched_at)
        file.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
        file.flush()
        self.roll_if_due()

    def roll_if_due(self) -> None:
        """Send the lines to HDFS if they are big or old enough. HDFS being away is logged, and tried again later."""
        if self._file is None:
            return
        old = self._now() - self._opened_at >= timedelta(seconds=self.max_seconds)
        if old or self._file.tell() >= self.max_bytes:
            self.close()

    def close(self) -> None:
        """Send what waits to HDFS."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._upload_waiting()

    def _open(self, fetched_at: datetime) -> IO[bytes]:
        if self._file is not None:
            self.close()
        self._opened_at = self._now()
        started = fetched_at.astimezone(UTC)
        self._file = (self.waiting / f"{started:%Y-%m-%d}_{started:%H%M%S}-{uuid.uuid4().hex[:8]}.jsonl").open("wb")
        return self._file

    def _upload_waiting(self) -> None:
        for file in sorted(self.waiting.glob("*.jsonl")):
            try:
                self._upload(file)
            except (AeroError, hdfs.HdfsError, requests.RequestException) as fault:
                log.warning("%s: %s waits in %s: HDFS: %s", self.source, file.name, self.waiting, fault)
                return
            file.unlink()

    def _upload(self, file: Path) -> None:
        day, _, name = file.name.partition("_")
        target = folder(self.source, date.fromisoformat(day))
        hidden = f"{target}/.{name}.gz"
        self._client.makedirs(target)
        self._client.write(hidden, data=gzip.compress(file.read_bytes(), mtime=0), overwrite=True)
        # A file of that name is this one, sent before a crash that kept it from being deleted here.
        if self._client.status(f"{target}/{name}.gz", strict=False) is None:
            self._client.rename(hidden, f"{target}/{name}.gz")
        else:
            self._client.delete(hidden)


def _day(file: IO[bytes]) -> str:
    return Path(file.name).name.partition("_")[0]


def read_pages(client: hdfs.client.Client, source: str, day: date) -> Iterator[Page]:
    """The answers of one day (UTC) in the order in which they came, to make their events again.

    Raises AeroError naming file and line if one cannot be read.
    """
    target = folder(source, day)
    if client.status(target, strict=False) is None:
        return
    for name in sorted(name for name in client.list(target) if not name.startswith(".")):
        with client.read(f"{target}/{name}") as reader:
            lines = gzip.decompress(reader.read()).splitlines()
        for number, line in enumerate(lines, start=1):
            try:
                kept = json.loads(line)
                yield Page(datetime.fromisoformat(kept["fetched_at"]), kept["body"])
            except (ValueError, KeyError, TypeError) as fault:
                raise AeroError(f"{target}/{name}: line {number} is no answer of {source}: {fault!r}") from fault
