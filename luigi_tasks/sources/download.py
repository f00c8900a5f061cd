"""One file over HTTP: retried with growing pauses, and resumed where the server can."""

import errno
import json
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import tenacity

from aero.errors import AeroError, innermost, reason
from aero.raw_versions import Revision
from luigi_tasks.sources.offers import Progress

TIMEOUT = (10, 60)  # seconds to connect, and between two pieces of a body
LARGEST = 2 * 1024**3  # bytes; a month has 27 MB, a year of the Data Expo's 120 MB
MOST_DIGITS = 15
LONGEST_FIELD = 200  # characters of a validator; they are kept beside the file, in HDFS and in SQL
CHUNK = 1 << 16  # bytes; what came of the last one is lost when a body breaks off
MOST_JSON = 16 * 1024**2
WHOLE_SECONDS = 120
NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH}
BUSY = {429, 500, 502, 503, 504}
FORBIDDEN = 403
BROWSERS_ALONE = (
    "A site that answers only browsers: AERO_USER_AGENT='Mozilla/5.0 …' aero load …, as your browser calls itself."
)
LATER = "Try again later: what came so far is kept, and months that are whole are not fetched again."

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Patience:
    """How often to try, and how many seconds to pause: `first_pause`, doubled each time up to `longest_pause`."""

    attempts: int = 5
    first_pause: float = 1.0
    longest_pause: float = 60.0


class Refused(AeroError):
    """The server answered with a status that trying again will not change."""

    def __init__(self, url: str, status: int, reason: str):
        more = f" {BROWSERS_ALONE}" if status == FORBIDDEN else ""
        fix = f"Open the address in a browser to see why.{more}"
        super().__init__(f"{url}: the server answered {status} {reason}", fix)
        self.status = status


class Unreachable(AeroError):
    """There is no way to the server from this machine, for this file as for any other: trying again changes nothing."""


class _TryAgain(Exception):
    """The server may do better next time; `pause` is what it asked for, in seconds."""

    def __init__(self, problem: str, pause: float = 0.0):
        super().__init__(problem)
        self.pause = pause


def _headers() -> dict[str, str]:
    """Sizes and ranges are those of the file itself; AERO_USER_AGENT is what this program calls itself."""
    agent = os.environ.get("AERO_USER_AGENT")
    return {"Accept-Encoding": "identity"} | ({"User-Agent": agent} if agent else {})


def head(url: str, patience: Patience) -> Revision:
    """What the server says of a file without sending it. Raises Refused, or AeroError when it does not answer."""

    def ask() -> Revision:
        with _network_faults_named(url):
            answer = requests.head(url, headers=_headers(), timeout=TIMEOUT, allow_redirects=True)
        if answer.status_code in (405, 501):  # no HEAD here: nothing is known before the body
            return Revision(url)
        _check_status(answer, url)
        return Revision(url, _size(answer, url), _field(answer, "Last-Modified"), _field(answer, "ETag"))

    return _patiently(ask, url, patience)


def download(url: str, part: Path, progress: Progress, patience: Patience) -> Path:
    """Fetch `url` whole into the file `part`, going on from what an earlier try or run left in it.

    Raises Refused, or AeroError once `patience` is over: what came stays in `part` for the next run.
    """

    def fetch() -> Path:
        _fetch_rest(url, part, progress)
        return part

    whole = _patiently(fetch, url, patience)
    _validator_file(part).unlink(missing_ok=True)
    return whole


def json_of(url: str, patience: Patience, headers: dict[str, str]) -> Any:
    """The JSON value that `url` answers with. Raises Refused, or AeroError once `patience` is over: none came, or
    one that breaks off, is no JSON, larger than MOST_JSON bytes, or not whole within WHOLE_SECONDS."""

    def ask() -> Any:
        body, until = b"", time.monotonic() + WHOLE_SECONDS
        asked = headers | _headers()
        with _network_faults_named(url), requests.get(url, headers=asked, stream=True, timeout=TIMEOUT) as answer:
            _check_status(answer, url)
            for chunk in answer.iter_content(CHUNK):
                body += chunk
                if len(body) > MOST_JSON:
                    raise _TryAgain(f"more than {MOST_JSON:,} bytes came")
                if time.monotonic() > until:
                    raise _TryAgain(f"it was not whole after {WHOLE_SECONDS} seconds")
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise _TryAgain(f"what came is no JSON, it begins with {body[:16]!r}") from None

    return _patiently(ask, url, patience)


def _patiently(ask: Callable[[], Answer], url: str, patience: Patience) -> Answer:
    first = patience.first_pause
    backoff = tenacity.wait_exponential_jitter(multiplier=first, max=patience.longest_pause, jitter=first)
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(_TryAgain),
        stop=tenacity.stop_after_attempt(patience.attempts),
        wait=lambda state: max(backoff(state), min(_pause(state), patience.longest_pause)),
        reraise=True,
    )
    try:
        return retrying(ask)
    except _TryAgain as last:
        raise AeroError(f"{url}: {last} ({patience.attempts} attempts)", LATER) from last


def _pause(state: tenacity.RetryCallState) -> float:
    """Seconds that the server asked to wait after the last try."""
    error = state.outcome.exception() if state.outcome else None
    return error.pause if isinstance(error, _TryAgain) else 0.0


def _fetch_rest(url: str, part: Path, progress: Progress) -> None:
    """Add what is missing to `part`, or write it anew where the server does not resume.

    A body shorter than its Content-Length is an error that urllib3 raises.
    """
    headers = _headers() | _resume(part)
    with _network_faults_named(url), requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
        if answer.status_code == 416:  # the file shrank under us
            part.unlink(missing_ok=True)
            raise _TryAgain("the file changed while it was fetched")
        _check_status(answer, url)
        start = _start(answer, part)
        length = _size(answer, url)
        total = None if length is None else start + length
        with part.open("ab" if start else "wb") as file:
            _remember_validator(answer, part)
            for chunk in answer.iter_content(CHUNK):
                if file.tell() + len(chunk) > LARGEST:
                    part.unlink()
                    raise _too_large(url)
                file.write(chunk)
                progress(file.tell(), total)


def _size(answer: requests.Response, url: str) -> int | None:
    """The bytes that the server says it sends. Raises AeroError where these are too many."""
    length = answer.headers.get("Content-Length", "")
    if not length.isdecimal():
        return None
    if len(length) > MOST_DIGITS or int(length) > LARGEST:
        raise _too_large(url)
    return int(length)


def _field(answer: requests.Response, name: str) -> str | None:
    """A validator; one that is too long to be kept is as good as none."""
    value = answer.headers.get(name)
    return value if value and len(value) <= LONGEST_FIELD and value.isprintable() else None


def _too_large(url: str) -> AeroError:
    problem = f"{url}: the file is larger than {LARGEST:,} bytes"
    return AeroError(problem, "No month of flights is that large: open the address in a browser to see what it is.")


def _start(answer: requests.Response, part: Path) -> int:
    """Where in the file the body begins: 0, or the end of `part`."""
    if answer.status_code != 206:
        return 0
    begin = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    size = part.stat().st_size
    if begin is None or int(begin[1]) != size:
        part.unlink()
        raise _TryAgain(f"asked to go on from byte {size:,}, the server sent another piece")
    return size


@contextmanager
def _network_faults_named(url: str) -> Iterator[None]:
    try:
        yield
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as cut:
        raise _TryAgain(f"the body was truncated: {reason(cut)}") from cut
    except requests.exceptions.Timeout as slow:
        raise _TryAgain(f"no answer within {TIMEOUT[1]} seconds") from slow
    except requests.exceptions.SSLError as untrusted:
        raise Unreachable(
            f"{_host(url)}: its certificate is not trusted: {reason(untrusted)}",
            "Where a proxy of yours signs it, give the file of its CA: REQUESTS_CA_BUNDLE=/path/to/ca.pem aero load …",
        ) from untrusted
    except requests.exceptions.ConnectionError as lost:
        if _is_unreachable(lost):
            raise Unreachable(
                f"{_host(url)}: there is no way to it from this machine: {reason(lost)}",
                "Is there a network, and is the address right? HTTPS_PROXY gives a proxy, --source a folder of yours.",
            ) from lost
        raise _TryAgain(f"no connection: {reason(lost)}") from lost
    except requests.exceptions.RequestException as wrong:
        raise AeroError(f"{url}: {wrong}", "Check the address: AERO_BTS_URL or --source.") from wrong


def _is_unreachable(lost: Exception) -> bool:
    """Whether no name server knows the host, or no route leads to it."""
    inner = innermost(lost)
    return isinstance(inner, socket.gaierror) or (isinstance(inner, OSError) and inner.errno in NO_ROUTE)


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _check_status(answer: requests.Response, url: str) -> None:
    if answer.status_code in BUSY:
        pause = answer.headers.get("Retry-After", "")
        raise _TryAgain(
            f"the server answered {answer.status_code} {answer.reason}", float(pause) if pause.isdecimal() else 0.0
        )
    if answer.status_code >= 400:
        raise Refused(url, answer.status_code, answer.reason)


def _resume(part: Path) -> dict[str, str]:
    """Headers that ask for the rest, and for the whole if the file changed meanwhile; none without a validator."""
    validator = _validator_file(part)
    if not (part.exists() and part.stat().st_size and validator.exists()):
        return {}
    return {"Range": f"bytes={part.stat().st_size}-", "If-Range": validator.read_text()}


def _remember_validator(answer: requests.Response, part: Path) -> None:
    etag = _field(answer, "ETag")
    # If-Range takes no weak ETag.
    validator = etag if etag and not etag.startswith("W/") else _field(answer, "Last-Modified")
    if validator:
        _validator_file(part).write_text(validator)
    else:
        _validator_file(part).unlink(missing_ok=True)


def _validator_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.validator")
