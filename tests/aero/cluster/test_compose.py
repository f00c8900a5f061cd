"""What `aero --profile compose` hands to its container: files of this machine are there too, all else is as it was typed."""

import pytest

from aero.cluster import compose


@pytest.fixture
def handed(monkeypatch):
    """What Compose was told to run, up to now."""
    told = []
    monkeypatch.setattr(compose, "compose", lambda *arguments: told.append(arguments) or 0)
    return told


def test_files_are_mounted_and_long_statements_are_not_taken_for_one(handed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "superset").mkdir()
    (tmp_path / "months.hql").touch()
    statement = f"select {', '.join(['carrier'] * 100)}"
    compose.run(["sql", "months.hql", "-e", statement])
    compose.run(["superset", "password"])
    compose.run(["load", f"--source={tmp_path}"])
    file = tmp_path / "months.hql"
    assert handed[0][-5:] == ("aero", "sql", str(file), "-e", statement) and f"--volume={file}:{file}:ro" in handed[0]
    assert handed[1][-3:] == ("aero", "superset", "password") and not any("--volume" in part for part in handed[1])
    assert handed[2][-1] == f"--source={tmp_path}" and f"--volume={tmp_path}:{tmp_path}:ro" in handed[2]
