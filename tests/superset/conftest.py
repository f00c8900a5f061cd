"""A Superset of the tests' own, with nothing behind its databases but what a test adds."""

import io
import os
import re
import subprocess
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import requests
import yaml
from requests.adapters import HTTPAdapter

from aero import audit, people
from aero.cluster import superset_venv
from aero.datasets import REPOSITORY
from aero.screen import Console
from aero.settings import Settings, load_settings
from aero.superset import assets, credentials
from tests.hive.doors import server as hiveserver2
from tests.ports import free_port
from tests.waiting import until


def csrf_token(page: str) -> str:
    """What a page of Superset's sends against forged forms."""
    token = re.search(r'csrf_token[^>]*value="([^"]+)"|csrf_token&#34;: &#34;([^&]+)', page)
    return next(filter(None, token.groups()))


class _From(HTTPAdapter):
    """Requests that come from another address of this machine."""

    def __init__(self, address: str):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, source_address=(self.address, 0), **kwargs)


@dataclass
class Server:
    """The running server, and where its secrets are."""

    address: str
    settings: Settings

    def password(self, account: str) -> str:
        return credentials.password(self.settings, account)

    def audited(self) -> list[audit.Entry]:
        """Every line of the audit that this Superset wrote."""
        return audit.read(self.settings.home, datetime.min.replace(tzinfo=UTC))

    def stranger(self, address: str = "127.0.0.1") -> requests.Session:
        """Somebody at an address of this machine who has not signed in."""
        session = requests.Session()
        session.mount("http://", _From(address))
        return session

    def attempt(self, name: str, password: str, address: str = "127.0.0.1") -> requests.Response:
        """One attempt to sign in by the interface."""
        body = {"username": name, "password": password, "provider": "db"}
        return self.stranger(address).post(f"{self.address}/api/v1/security/login", json=body)

    def signed_in(self, name: str, password: str, address: str = "127.0.0.1") -> requests.Session:
        """A session of the interface, which may write too."""
        session, answer = self.stranger(address), self.attempt(name, password, address)
        assert answer.status_code == 200, answer.text
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        session.headers["X-CSRFToken"] = session.get(f"{self.address}/api/v1/security/csrf_token/").json()["result"]
        session.headers["Referer"] = self.address
        return session

    def at_the_page(self, name: str, password: str, address: str = "127.0.2.1") -> requests.Session:
        """A browser that filled in the page of signing in."""
        session = self.stranger(address)
        shown = session.get(f"{self.address}/login/").text
        form = {"username": name, "password": password, "csrf_token": csrf_token(shown)}
        session.post(f"{self.address}/login/", data=form)
        return session

    def add_database(
        self, name: str, port: int, schema: str, comes_in: dict[str, str], dataset: dict | None = None
    ) -> int:
        """The number of a new database that asks a server of this machine, as the platform's do; `comes_in` says as
        whom. `dataset` is one of its own, if it has any."""
        database = {
            "database_name": name,
            "sqlalchemy_uri": f"hive://127.0.0.1:{port}/{schema}",
            "expose_in_sqllab": True,
            "extra": {"engine_params": {"connect_args": {"auth": "CUSTOM"} | comes_in}},
            "uuid": str(uuid4()),
            "version": "1.0.0",
        }
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("assets/metadata.yaml", yaml.safe_dump({"version": "1.0.0", "type": "assets"}))
            archive.writestr("assets/databases/tables.yaml", yaml.safe_dump(database))
            if dataset:
                own = {"uuid": str(uuid4()), "database_uuid": database["uuid"], "version": "1.0.0"}
                archive.writestr("assets/datasets/tables/one.yaml", yaml.safe_dump(dataset | own))
        admin = self.signed_in("admin", self.password("admin"), "127.0.3.1")
        bundle = {"bundle": ("assets.zip", packed.getvalue(), "application/zip")}
        assert admin.post(f"{self.address}/api/v1/assets/import/", files=bundle).ok
        found = admin.get(f"{self.address}/api/v1/database/").json()["result"]
        return next(one["id"] for one in found if one["database_name"] == name)


@pytest.fixture(scope="module")
def sql_server(tmp_path_factory):
    """A HiveServer2 with the tables of its tests, behind a closed door."""
    with hiveserver2.filled(tmp_path_factory.mktemp("hiveserver2")) as started:
        yield started


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Superset on a database of its own, with its accounts and no dashboard."""
    settings = load_settings()
    superset_venv.install(settings, Console(quiet=True))
    venv, home, port = superset_venv.folder(settings), tmp_path_factory.mktemp("superset"), free_port()
    own = replace(settings, home=home, environment=settings.environment | {"AERO_SECRETS_DIR": str(home / "secrets")})
    credentials.make(own)
    people.make_platform_accounts(own)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AERO_HOME": str(home),
        "BIND_HOST": "127.0.0.1",
        "SUPERSET_PORT": str(port),
        "SUPERSET_HOME": str(home / "superset"),
        "SUPERSET_CONFIG_PATH": str(REPOSITORY / "superset" / "superset_config.py"),
        "SUPERSET_ADMIN": credentials.ADMIN,
        "SUPERSET_READER": credentials.READER,
        "SUPERSET_PROCESSES": "1",
        # Of the dashboards' own database, where nobody answers.
        "SPARK_THRIFT_HOST": "127.0.0.1",
        "SPARK_THRIFT_PORT": str(free_port()),
    }
    prepare = [venv / "bin" / "python", REPOSITORY / "superset" / "prepare_database.py"]
    subprocess.run(prepare, env=environment, check=True, capture_output=True)
    gunicorn = [venv / "bin" / "gunicorn", "--config", REPOSITORY / "superset" / "gunicorn.conf.py"]
    address = f"http://127.0.0.1:{port}"
    with (home / "log").open("w") as log:
        process = subprocess.Popen([*gunicorn, "superset.app:create_app()"], env=environment, stdout=log, stderr=log)
    try:
        until(lambda: requests.get(f"{address}/health", timeout=30).ok, seconds=600)
        yield Server(address, own)
    finally:
        process.terminate()
        process.wait(120)


@pytest.fixture(scope="module")
def numbers(server):
    """The number of each of the dashboards' datasets, which it brings in."""
    admin = server.signed_in("admin", server.password("admin"), "127.0.3.1")
    bundle = {"bundle": ("assets.zip", assets.bundle(), "application/zip")}
    assert admin.post(f"{server.address}/api/v1/assets/import/", files=bundle).ok
    every = {"q": "(page_size:100)"}
    found = admin.get(f"{server.address}/api/v1/dataset/", params=every).json()["result"]
    return {one["table_name"]: one["id"] for one in found}
