"""AviationStack, polled within a monthly budget of calls.

Its errors come with any HTTP status, 200 too, so `error` is looked for in a body before `data`. A request that failed
for a while is repeated, with growing waits; an error that waiting does not mend ends the poller with one line that says
what to do. The access key is part of the URL: it is hidden in every message, also in those of requests and urllib3.
"""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import requests

from aero import process_state
from aero.errors import AeroError
from aero.instants import utc_now
from aero.live.archive import Page
from aero.live.sources import SOURCES, StartOptions, answers, configs, polling
from aero.live.sources.aviationstack_records import events_of
from aero.live.sources.budget import Budget
from aero.live.sources.configs import PollConfig
from aero.live.sources.credentials import Redaction, Secret, read_secret
from aero.live.sources.polling import Poll, Temporary
from aero.settings import Settings

NAME = "aviationstack"
# The free plan has 100 calls a month.
INTERVAL_SECONDS = 8 * 3600
[KEY_VARIABLE] = SOURCES[NAME].key_variables
URL_VARIABLE = "AVIATIONSTACK_URL"
URL = "https://api.aviationstack.com/v1"
PAGE_RECORDS = 100
TIMEOUT_SECONDS = (10, 60)
TEMPORARY = {"rate_limit_reached", "internal_error"}
FIXES = {
    "invalid_access_key": f"Copy the key from your account's page into {KEY_VARIABLE} or its file.",
    "missing_access_key": f"Set {KEY_VARIABLE} or write the key to its file.",
    "inactive_user": "The account is switched off; see its page.",
    "usage_limit_reached": "The account's calls of this month are used up; wait for the next, or change the plan.",
    "function_access_restricted": "The plan does not include this request; take filters out, or change the plan.",
    "https_access_restricted": (
        f"The plan refuses HTTPS: set {URL_VARIABLE}={URL.replace('https', 'http')}; the key is then sent in clear."
    ),
}
log = logging.getLogger(__name__)


class _BudgetUsedUp(Exception):
    pass


def read_key(file: Path) -> str:
    """The access key, of its variable or of `file`. Raises AeroError naming both if there is none."""
    return read_secret(KEY_VARIABLE, file).reveal()


def config_of(options: StartOptions) -> Callable[[], PollConfig]:
    """What is polled, and how often at most."""
    return partial(PollConfig.of, options, INTERVAL_SECONDS, base_url())


def run(settings: Settings, stop: threading.Event) -> None:
    """Poll AviationStack within its monthly budget."""
    config = configs.read(settings, NAME, PollConfig)
    key = read_secret(KEY_VARIABLE, configs.key_file(settings, NAME))
    budget = Budget(process_state.folder(settings) / "aviationstack.calls", config.monthly_calls)
    source = AviationStack(key, budget, stop, config.url, config.pages, config.filters)
    polling.serve(settings, stop, source, config.interval, lambda: {"budget": str(budget)})


def base_url() -> str:
    """Where the API is: AVIATIONSTACK_URL, else its public address."""
    return os.environ.get(URL_VARIABLE) or URL


class AviationStack:
    """`poll` fetches at most `pages` pages of 100 flights; each request, a repeated one too, takes a call of `budget`.

    `filters` are the API's own parameters, such as {"dep_iata": "JFK"}. `attempts` and `first_wait` (seconds, doubled
    each time, at most five minutes) say how a failing request is repeated before the poll is given up until the next.
    """

    name = NAME

    def __init__(
        self,
        key: Secret,
        budget: Budget,
        stop: threading.Event,
        url: str = URL,
        pages: int = 1,
        filters: Mapping[str, str] | None = None,
        attempts: int = 6,
        first_wait: float = 2.0,
        now: Callable[[], datetime] = utc_now,
    ):
        self.key = key
        self.budget = budget
        self.url = url.rstrip("/")
        self.pages = pages
        self.filters = dict(filters or {})
        self._stop = stop
        self._now = now
        self._retrying = polling.retrying(stop, attempts, first_wait, longest_wait=300)
        self._session = requests.Session()
        self._said_used_up: datetime | None = None
        for library in ("urllib3.connectionpool", "urllib3.util.retry"):
            logging.getLogger(library).addFilter(Redaction(key))

    def poll(self) -> Poll:
        """The flights of now. Empty when the budget is used up; as far as it came when the source goes on failing.

        Raises AeroError, without the key in it, for an error that waiting does not mend.
        """
        poll = Poll()
        records: list[dict[str, Any]] = []
        try:
            for number in range(self.pages):
                body = self._retrying(self._fetch, number * PAGE_RECORDS)
                poll.pages.append(Page(self._now(), body))
                records += body["data"]
                if _is_last(body, number * PAGE_RECORDS):
                    break
        except _BudgetUsedUp:
            self._say_used_up()
        except Temporary as fault:
            log.warning("aviationstack: given up until the next poll: %s", fault)
        if poll.pages:
            poll.events, poll.counts = events_of(records, poll.pages[-1].fetched_at)
            log.info("aviationstack: %s", self.budget)
        return poll

    def _fetch(self, offset: int) -> dict[str, Any]:
        if not self.budget.take():
            raise _BudgetUsedUp
        parameters = {"access_key": self.key.reveal(), "limit": f"{PAGE_RECORDS}", "offset": f"{offset}"} | self.filters
        failure: Exception
        try:
            answer = self._session.get(
                f"{self.url}/flights",
                params=parameters,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            )
        except (requests.ConnectionError, requests.Timeout) as fault:
            failure = Temporary(f"{self.url}: {self.key.redact(fault)}")
        except requests.RequestException as fault:
            failure = AeroError(f"{self.url}: {self.key.redact(fault)}", f"Look at {URL_VARIABLE}.")
        else:
            return self._checked(answer)
        raise failure  # outside of the handler, so that the library's error, with the key in it, is not shown beside it

    def _checked(self, answer: requests.Response) -> dict[str, Any]:
        """The page in an answer. Raises Temporary or AeroError for anything else."""
        body = answers.json_of(answer)
        where, status = f"{self.url}: HTTP {answer.status_code}", answer.status_code
        code, message = _error(body)
        code, message = answers.message_of(code), answers.message_of(self.key.redact(message))
        if code in TEMPORARY or status >= 500 or (status == 429 and code not in FIXES):
            raise Temporary(f"{where} {code} {message}".rstrip())
        if code or status >= 300:
            fix = FIXES["invalid_access_key"] if status == 401 else f"Look at the plan, the filters and {URL_VARIABLE}."
            raise AeroError(f"aviationstack: {where} {code} {message}".rstrip(), FIXES.get(code, fix))
        if not isinstance(body, dict) or not isinstance(body.get("data"), list):
            raise Temporary(f"{where}, but the body is no page of flights")
        answers.checked_records(body["data"])
        return body

    def _say_used_up(self) -> None:
        renewed_at = self.budget.renewed_at()
        if self._said_used_up != renewed_at:
            self._said_used_up = renewed_at
            log.warning("aviationstack: %s; no call before %s", self.budget, f"{renewed_at:%Y-%m-%d}")


def _error(body: Any) -> tuple[str, str]:
    """Code and message of an error body, empty if it is none. Old bodies have `type` and `info`, gateways `message`."""
    if not isinstance(body, dict):
        return "", ""
    error = body.get("error")
    if isinstance(error, dict):
        code = error.get("type") or error.get("code") or "error"
        parts = [error.get("message") or error.get("info"), error.get("context")]
        return str(code), " ".join(str(part) for part in parts if part)
    if error or "data" not in body:
        return "", str(error or body.get("message") or "")
    return "", ""


def _is_last(page: dict[str, Any], offset: int) -> bool:
    pagination = page.get("pagination")
    total = pagination.get("total") if isinstance(pagination, dict) else None
    fetched = offset + len(page["data"])
    return not page["data"] or (isinstance(total, int) and fetched >= total)
