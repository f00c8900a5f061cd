"""What is done before Superset's start."""

from subprocess import CompletedProcess

import pytest

from aero.settings import Settings
from aero.superset import setup


@pytest.fixture
def ran(monkeypatch):
    """The commands that would have been run."""
    commands = []
    monkeypatch.setattr(
        setup.subprocess, "run", lambda command, **_: commands.append(command) or CompletedProcess(command, 0, "", "")
    )
    return commands


def test_it_is_prepared_once_for_each_version_of_superset_and_of_the_script(tmp_path, ran, monkeypatch):
    settings = Settings(tmp_path, tmp_path, {})
    for venv in ("/venv-1", "/venv-1", "/venv-2"):
        setup.prepare(settings, {"SUPERSET_VENV": venv}, [])
    assert [command[0] for command in ran] == ["/venv-1/bin/python", "/venv-2/bin/python"]
    (tmp_path / "superset" / "prepared_by").write_text("/venv-2")  # As a version before this one left it.
    setup.prepare(settings, {"SUPERSET_VENV": "/venv-2"}, [])
    assert len(ran) == 3


def test_requests_that_a_version_before_kept_are_removed(tmp_path, ran):
    kept = tmp_path / "superset" / "questions"
    kept.mkdir(parents=True)
    (kept / "0123.json").write_text('{"x": 1}')
    setup.prepare(Settings(tmp_path, tmp_path, {}), {"SUPERSET_VENV": "/venv"}, [])
    assert not kept.exists()
