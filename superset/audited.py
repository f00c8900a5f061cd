"""What Superset's door writes into the audit: who signed in, what was opened and changed, and what servers were asked.

A chart whose answer is remembered asks no server; that its dashboard was opened is written. What repeats itself, as a
page that refreshes does, is written once in a while.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import answers
from flask import Flask, Response, g, has_app_context, has_request_context, request
from pyhive.exc import Error

from aero import audit
from aero.settings import load_settings

DOOR = "superset"
HOME = load_settings().home
# The same line of the same person is written again after so many seconds; so many lines are remembered for that.
AGAIN_SECONDS, REMEMBERED = 600, 5000
# Superset asks this before each question.
_ITS_OWN = re.compile(r"use `|select 1$", re.IGNORECASE)
_OPENED = re.compile(r"/(?:superset|api/v1)/(dashboard/[^/]+)/?")
# Pages send these by themselves, or another line says what was asked.
_QUIET = re.compile(
    r"/(login|superset/(log)|tabstateview|tableschemaview|api/v1/(security/login|\w+/(\w+/)?\w*(form_data|state)))/"
)
_QUESTIONS = re.compile(r"/api/v1/(chart/(\d+/)?data|sqllab/execute|chart/warm_up_cache)")
# Of a request: that a line says already what became of its question.
_WRITTEN = "aero_audited"
_lately: OrderedDict[tuple, float] = OrderedDict()
_lock = Lock()


def register(app: Flask) -> None:
    """Have every request looked at when it is answered."""
    app.after_request(_answered)


def write(name: str, what: str, outcome: audit.Outcome, why: str = "", again_seconds: int = 0) -> None:
    """A line, unless it was written in the last seconds already."""
    address = (request.remote_addr if has_request_context() else None) or ""
    if not (again_seconds and _is_repeated((name, address, what, outcome), again_seconds)):
        audit.write(HOME, DOOR, name, address, what, outcome, why)


@contextmanager
def question(sql: str) -> Iterator[None]:
    """A question to a server, written when it is asked, or with why it was not."""
    text, asks = " ".join(sql.split()), _name() or DOOR
    try:
        yield
    except Error as error:
        outcome = audit.Outcome.REFUSED if answers.refusal(error) else audit.Outcome.FAILED
        write(asks, text, outcome, answers.said(error)[:500])
        if has_request_context():
            request.environ[_WRITTEN] = True
            answers.note(error)
        raise
    if not _ITS_OWN.match(text):
        write(asks, text, audit.Outcome.ALLOWED, again_seconds=AGAIN_SECONDS)


def _name() -> str | None:
    """The name of who has signed in."""
    return getattr(g.get("user"), "username", None) if has_app_context() else None


def _answered(response: Response) -> Response:
    """Of a request of who has signed in: what it opened, what it changed, and what it was refused."""
    name, path = _name(), request.path
    if not name or _QUIET.match(path) or _WRITTEN in request.environ:
        return response
    is_change = request.method in ("POST", "PUT", "DELETE")
    if opened := _OPENED.fullmatch(path):
        what = f"{'change' if is_change else 'open'} {opened[1]}"
    elif is_change and (response.status_code >= 400 or not _QUESTIONS.match(path)):
        what = f"{request.method} {path}"
    else:
        return response
    code = response.status_code
    outcome = audit.Outcome.ALLOWED if code < 400 else audit.Outcome.FAILED
    outcome = audit.Outcome.REFUSED if code in (401, 403) else outcome
    # A page of Superset's for an error is a file, which is sent past us.
    why = "" if code < 400 or response.direct_passthrough else response.get_data(as_text=True)[:500]
    write(name, what, outcome, why, again_seconds=0 if is_change else AGAIN_SECONDS)
    return response


def _is_repeated(line: tuple, seconds: int) -> bool:
    now = time.monotonic()
    with _lock:
        is_repeated = now - _lately.get(line, -seconds) < seconds
        if not is_repeated:
            _lately[line] = now
            _lately.move_to_end(line)
        while len(_lately) > REMEMBERED:
            _lately.popitem(last=False)
    return is_repeated
