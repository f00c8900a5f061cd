"""A NameNode without names is not formatted where anything remembers data."""

from pathlib import Path

import pytest

from aero.cluster import hdfs_guard
from aero.errors import AeroError
from aero.settings import Settings

DERBY = {"METASTORE_DB_URL": "jdbc:derby:;databaseName=/x;create=true"}
NEVER_RUN = ["false"]


def _storage(folder: Path, cluster: str = "CID-1") -> None:
    (folder / "current").mkdir(parents=True)
    (folder / "current" / "VERSION").write_text(f"#when\nclusterID={cluster}\n")


def _started(home: Path) -> None:
    hdfs_guard.format_once(Settings(home, home, {}), DERBY, NEVER_RUN)


@pytest.mark.parametrize("where", ["data", "data/1/blocks", "data/2/blocks", "checkpoint"])
def test_blocks_and_checkpoints_are_traces(tmp_path, where):
    _storage(tmp_path / "hdfs" / where)
    with pytest.raises(AeroError, match=rf"(?s)holds no names, but HDFS had data here.*hdfs/{where}"):
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
    with pytest.raises(AeroError, match=r"CID-1, but .*data/2/blocks to cluster CID-2"):
        _started(tmp_path)


def test_names_that_are_there_are_left_alone(tmp_path):
    _storage(tmp_path / "hdfs" / "name")
    _storage(tmp_path / "hdfs" / "data" / "1" / "blocks")
    _started(tmp_path)


def test_an_empty_root_is_formatted(tmp_path):
    with pytest.raises(AeroError, match="could not be formatted"):  # By `false`: nothing kept it from trying.
        _started(tmp_path)
