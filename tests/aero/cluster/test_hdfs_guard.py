"""A NameNode without names is not formatted where anything remembers data."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from aero.cluster import hdfs_guard
from aero.errors import AeroError
from aero.settings import Settings

DERBY = {"METASTORE_DB_URL": "jdbc:derby:;databaseName=/x;create=true"}
NEVER_RUN = ["false"]
# A NameNode that formats the folder it is given, and refuses anything but formatting without a question.
FORMATS = """
import os, sys, pathlib
assert sys.argv[2:] == ["-format", "-nonInteractive"] and os.environ["METASTORE_DB_URL"] and os.environ["PATH"]
folder = pathlib.Path(sys.argv[1]) / "current"
folder.mkdir(parents=True)
(folder / "VERSION").write_text("clusterID=CID-new\\n")
"""


def _storage(folder: Path, cluster: str = "CID-1") -> None:
    (folder / "current").mkdir(parents=True)
    (folder / "current" / "VERSION").write_text(f"#when\nclusterID={cluster}\n")


def _started(home: Path, namenode: list[str] = NEVER_RUN, **variables: str) -> None:
    hdfs_guard.format_once(Settings(home, home, {}), DERBY | variables, namenode)


def _formats(home: Path) -> list[str]:
    return [sys.executable, "-c", FORMATS, str(home / "hdfs" / "name")]


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("data", "blocks of a DataNode"),
        ("data/1/blocks", "blocks of a DataNode"),
        ("data/2/blocks", "blocks of a DataNode"),
        ("checkpoint", "a checkpoint"),
    ],
)
def test_blocks_and_checkpoints_are_traces(tmp_path, where, what):
    _storage(tmp_path / "hdfs" / where, cluster="CID-1=x=y")
    said = rf"(?s)holds no names, but HDFS had data here.*hdfs/{where}: {what} of cluster CID-1=x=y\n"
    with pytest.raises(AeroError, match=said):
        _started(tmp_path)


def test_tables_of_the_metastore_are_a_trace(tmp_path):
    (tmp_path / "metastore").mkdir()
    (tmp_path / "metastore" / "service.properties").touch()
    with pytest.raises(AeroError, match="the tables of the metastore"):
        _started(tmp_path)


def test_blocks_of_another_cluster_are_refused(tmp_path):
    _storage(tmp_path / "hdfs" / "name")
    _storage(tmp_path / "hdfs" / "data" / "1" / "blocks")
    _storage(tmp_path / "hdfs" / "data" / "2" / "blocks", cluster="CID-2")
    with pytest.raises(AeroError, match=r"CID-1, but .*data/2/blocks to cluster CID-2") as refused:
        _started(tmp_path)
    assert "Put back the folder that belongs to the other." in refused.value.fix


def test_names_that_are_there_are_left_alone(tmp_path):
    _storage(tmp_path / "hdfs" / "name")
    _storage(tmp_path / "hdfs" / "data" / "1" / "blocks")
    _started(tmp_path)


def test_an_empty_root_is_formatted(tmp_path):
    with pytest.raises(AeroError, match="could not be formatted"):  # By `false`: nothing kept it from trying.
        _started(tmp_path)


def test_a_folder_that_was_formatted_once_is_not_formatted_again_though_all_of_it_is_gone(tmp_path):
    """No block was ever written, so nothing but the marker remembers."""
    home = tmp_path / "a new" / "root"
    _started(home, _formats(home))
    assert hdfs_guard.cluster_id(home / "hdfs" / "name") == "CID-new"
    _started(home)
    shutil.rmtree(home / "hdfs" / "name")
    with pytest.raises(AeroError) as refused:
        _started(home, _formats(home))
    marker = home / "hdfs" / "formatted.json"
    at = json.loads(marker.read_text())["formatted_at"]
    assert at.endswith("+00:00") and refused.value.problem.splitlines() == [
        f"The NameNode's folder {home}/hdfs/name holds no names, but HDFS had data here:",
        f"    {marker}: formatted {at}",
        "  It is not formatted: that would make every block worthless.",
    ]
    assert f"aero recover namenode takes the names of {home}/hdfs/checkpoint" in refused.value.fix
    assert not (home / "hdfs" / "name").exists()


def test_where_formatting_fails_it_is_tried_again(tmp_path):
    for _ in range(2):
        with pytest.raises(AeroError, match="could not be formatted:\nno space left\n$"):
            _started(tmp_path, ["sh", "-c", "echo no space left >&2; exit 1"])
    _started(tmp_path, _formats(tmp_path))


def test_files_that_are_no_image_are_a_trace(tmp_path):
    (tmp_path / "hdfs" / "name" / "lost+found").mkdir(parents=True)
    with pytest.raises(AeroError, match=r"(?s)holds no names.*hdfs/name: files that are no image"):
        _started(tmp_path)


def test_the_folders_may_be_named_in_the_environment(tmp_path, monkeypatch):
    _storage(tmp_path / "elsewhere")
    monkeypatch.setenv("NAMENODE_DIRS", f" file://{tmp_path}/elsewhere")
    _started(tmp_path)


@pytest.mark.parametrize("lost", ["name", "second"])
def test_one_of_two_folders_that_is_lost_is_named_and_not_run_without(tmp_path, lost):
    folders = {name: tmp_path / "hdfs" / name for name in ("name", "second")}
    for name in folders.keys() - {lost}:
        _storage(folders[name])
    both = ",".join(f"file://{folder}" for folder in folders.values())
    with pytest.raises(AeroError, match=rf"folder {folders[lost]} is not there or empty; .* still holds") as refused:
        _started(tmp_path, NAMENODE_DIRS=both)
    assert "aero recover namenode" in refused.value.fix
    assert not folders[lost].exists()
