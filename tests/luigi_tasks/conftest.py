"""Fixtures of the landing's tests."""

import uuid

import pytest

from aero import connections, datasets, lease
from tests.luigi_tasks.prezip_server import PrezipServer


@pytest.fixture
def prezip():
    """A PREZIP-like server, running and empty."""
    with PrezipServer().running() as server:
        yield server


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Downloads go to the test's own folder, never to the user's cache."""
    monkeypatch.setenv("AERO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def lake(monkeypatch):
    """The HDFS client, with every dataset moved under a folder of the test's own, which goes at its end."""
    root = f"/aero/tmp/test-{uuid.uuid4().hex}"
    monkeypatch.setattr(datasets, "ROOT", root)
    client = connections.webhdfs()
    yield client
    client.delete(root, recursive=True)


class Held:
    """In the place of a lease that nobody else wants."""

    def check(self):
        pass


@pytest.fixture(autouse=True)
def lease_of_its_own(monkeypatch):
    """The process of the tests never takes the cluster's lease: loads that tests start would wait for it."""
    monkeypatch.setattr(lease, "hold", lambda what: Held())
