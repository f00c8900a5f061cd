"""Superset's HTTP interface, as its administrator."""

from functools import cached_property

import requests

from aero.errors import AeroError
from aero.settings import Settings
from aero.superset import credentials

TIMEOUT_SECONDS = 120


class Superset:
    """One signed-in session. Every method raises AeroError with Superset's words where it refuses or is not there."""

    def __init__(self, settings: Settings):
        self.settings = settings
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
        who = {"username": credentials.ADMIN, "password": credentials.admin_password(self.settings), "provider": "db"}
        token = self._sent(session, "POST", "/api/v1/security/login", json=who).json()["access_token"]
        session.headers.update({"Authorization": f"Bearer {token}", "Referer": self.address})
        session.headers["X-CSRFToken"] = self._sent(session, "GET", "/api/v1/security/csrf_token/").json()["result"]
        return session

    def _sent(self, session: requests.Session, method: str, path: str, **what) -> requests.Response:
        try:
            answer = session.request(method, self.address + path, timeout=TIMEOUT_SECONDS, **what)
        except requests.RequestException as error:
            raise AeroError(f"Superset does not answer at {self.address}.", "Start it: aero up superset") from error
        if not answer.ok:
            raise AeroError(f"Superset refused {method} {path} with {answer.status_code}: {answer.text[:2000]}")
        return answer

    def ask(self, method: str, path: str, **what) -> requests.Response:
        """One request, answered with success."""
        return self._sent(self._session, method, path, **what)

    def import_assets(self, bundle: bytes) -> None:
        """Load a zip of assets with Superset's own importer, over what is there under the same uuids."""
        self.ask("POST", "/api/v1/assets/import/", files={"bundle": ("assets.zip", bundle, "application/zip")})

    def export_assets(self) -> bytes:
        """A zip of all databases, datasets, charts and dashboards."""
        return self.ask("GET", "/api/v1/assets/export/").content

    def datasets(self) -> list[dict]:
        """Every dataset with its `id` and its `database`."""
        return self.ask("GET", "/api/v1/dataset/", params={"q": "(page_size:1000)"}).json()["result"]

    def touch_dataset(self, number: int) -> None:
        """Give a dataset a new time of change, which is part of the key under which its answers are remembered.

        What is asked now and was begun before cannot be taken for new: it is remembered under the old key.
        """
        path = f"/api/v1/dataset/{number}"
        keys = ("id", "uuid", "metric_name", "expression", "verbose_name", "description", "d3format")
        metrics = self.ask("GET", path).json()["result"]["metrics"]
        self.ask("PUT", path, json={"metrics": [{key: metric.get(key) for key in keys} for metric in metrics]})

    def chart_data(self, body: dict) -> dict:
        """The answer to one question of a chart, as the page asks it."""
        return self.ask("POST", "/api/v1/chart/data", json=body).json()
