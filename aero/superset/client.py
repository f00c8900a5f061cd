"""Superset's HTTP interface, as one of its accounts."""

import json
import time
from functools import cached_property
from typing import Any

import requests

from aero.errors import AeroError
from aero.settings import Settings
from aero.superset import credentials

TIMEOUT_SECONDS = 120
# Where somebody else has tried to sign in too often from here, it is this machine's turn again soon.
ATTEMPTS = 3
ALL = {"q": "(page_size:1000)"}


class Superset:
    """One signed-in session: of an account of Superset's own, or with a password of whoever has one.

    Every method raises AeroError with Superset's words where it refuses or is not there.
    """

    def __init__(self, settings: Settings, account: str = credentials.ADMIN, password: str | None = None):
        self.settings = settings
        self.account = account
        self.password = password
        self.address = f"http://{settings.address('SUPERSET')}"

    def is_answering(self) -> bool:
        """Whether its page of signing in comes, which it reads its database for."""
        try:
            return requests.get(f"{self.address}/login/", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    @cached_property
    def _session(self) -> requests.Session:
        session = requests.Session()
        password = self.password or credentials.password(self.settings, self.account)
        who = {"username": self.account, "password": password, "provider": "db"}
        token = self._sent(session, "POST", "/api/v1/security/login", json=who).json()["access_token"]
        session.headers.update({"Authorization": f"Bearer {token}", "Referer": self.address})
        session.headers["X-CSRFToken"] = self._sent(session, "GET", "/api/v1/security/csrf_token/").json()["result"]
        return session

    def _sent(self, session: requests.Session, method: str, path: str, **what: Any) -> requests.Response:
        try:
            answer = session.request(method, self.address + path, timeout=TIMEOUT_SECONDS, **what)
            for _ in range(ATTEMPTS - 1):
                seconds = int(answer.headers.get("Retry-After", "1"))
                if answer.status_code != requests.codes.too_many_requests or seconds > TIMEOUT_SECONDS:
                    break
                time.sleep(seconds)
                answer = session.request(method, self.address + path, timeout=TIMEOUT_SECONDS, **what)
        except requests.RequestException as error:
            raise AeroError(f"Superset does not answer at {self.address}.", "Start it: aero up superset") from error
        if not answer.ok:
            raise AeroError(f"Superset refused {method} {path} with {answer.status_code}: {answer.text[:2000]}")
        return answer

    def ask(self, method: str, path: str, **what: Any) -> requests.Response:
        """One request, answered with success."""
        return self._sent(self._session, method, path, **what)

    def result(self, path: str, **what: Any) -> Any:
        """What a GET answers under `result`."""
        answer = self.ask("GET", path, **what)
        try:
            return answer.json()["result"]
        except (ValueError, KeyError, TypeError) as error:
            raise AeroError(f"Superset answered GET {path} without a result: {answer.text[:200]}") from error

    def import_assets(self, bundle: bytes) -> None:
        """Load a zip of assets with Superset's own importer, over what is there under the same uuids."""
        self.ask("POST", "/api/v1/assets/import/", files={"bundle": ("assets.zip", bundle, "application/zip")})

    def export_assets(self) -> bytes:
        """A zip of all databases, datasets, charts and dashboards."""
        return self.ask("GET", "/api/v1/assets/export/").content

    def datasets(self) -> list[dict[str, Any]]:
        """Every dataset with its `id` and its `database`."""
        return self.result("/api/v1/dataset/", params=ALL)

    def charts(self) -> list[dict[str, Any]]:
        """Every chart with its `id`, its `slice_name` and its dataset's number, `datasource_id`."""
        return self.result("/api/v1/chart/", params=ALL)

    def dashboards(self) -> list[dict[str, Any]]:
        """The metadata of every dashboard: its filters and colours."""
        numbers = [one["id"] for one in self.result("/api/v1/dashboard/", params=ALL)]
        return [json.loads(self.result(f"/api/v1/dashboard/{one}")["json_metadata"] or "{}") for one in numbers]

    def touch_dataset(self, number: int) -> int | None:
        """Give a dataset a new time of change, which is part of the key under which its answers are remembered.

        An answer to a question that began before cannot be taken for new: it is remembered under the old key. Returns
        for how many seconds answers are remembered.
        """
        path = f"/api/v1/dataset/{number}"
        keys = ("id", "uuid", "metric_name", "expression", "verbose_name", "description", "d3format")
        dataset = self.result(path)
        self.ask("PUT", path, json={"metrics": [{key: one.get(key) for key in keys} for one in dataset["metrics"]]})
        return dataset.get("cache_timeout")

    def chart_data(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to one question, as the page asks it. It is remembered."""
        return self.ask("POST", "/api/v1/chart/data", json=body).json()

    def chart_answer(self, number: int) -> dict[str, Any]:
        """The answer to what a chart asks, as its `query_context` says. It is remembered."""
        return self.ask("GET", f"/api/v1/chart/{number}/data/").json()
