"""What lies in the data root and does not belong together; the guards' own tests have the other cases."""

import pytest

from aero import connections
from aero.ops.doctor import folders
from tests.aero.ops.doctor.looks import look
from tests.hdfs_in_memory import HdfsInMemory


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    return tmp_path


def _storage(folder, cluster):
    (folder / "current").mkdir(parents=True)
    (folder / "current" / "VERSION").write_text(f"clusterID={cluster}\n")


def test_a_new_data_root_has_nothing_to_be_found(home):
    for check in (folders.names_of_hdfs, folders.tables_of_the_metastore, folders.logs_of_kafka):
        assert check(look()) == []


def test_names_that_are_gone_are_found_with_what_is_left(home):
    _storage(home / "hdfs" / "data", "CID-1")
    [found] = folders.names_of_hdfs(look())
    assert found.what == f"The NameNode's folder {home}/hdfs/name holds no names, but HDFS had data here:"
    assert found.evidence[0] == f"{home}/hdfs/data: blocks of a DataNode of cluster CID-1"
    assert f"{home}/hdfs/checkpoint" in found.do
    assert not (home / "hdfs" / "name").exists()


def test_blocks_of_another_cluster_are_found(home):
    _storage(home / "hdfs" / "name", "CID-1")
    _storage(home / "hdfs" / "data", "CID-2")
    [found] = folders.names_of_hdfs(look())
    assert "belongs to cluster CID-1, but" in found.what


class Hdfs(HdfsInMemory):
    def content(self, path):
        return {"length": sum(len(data) for name, data in self.files.items() if name.startswith(path))}


def test_tables_that_are_gone_are_found_once_hdfs_answers(home, monkeypatch):
    monkeypatch.setattr(connections, "webhdfs", lambda: Hdfs({"/aero/clean/flights/part-0.orc": b"x"}))
    [found] = folders.tables_of_the_metastore(look(datanode=None))
    assert f"{home}/metastore knows no table, but HDFS holds data of tables in /aero/clean." in found.what
    assert folders.tables_of_the_metastore(look(datanode="a live DataNode")) == []


def test_kafka_s_logs_without_their_id_are_found(home):
    (home / "kafka" / "flights.live-0").mkdir(parents=True)
    [found] = folders.logs_of_kafka(look())
    assert found.what == f"Kafka's folder {home}/kafka has files but no meta.properties."
