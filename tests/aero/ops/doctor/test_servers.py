"""Troubles of HDFS, YARN and Kafka, made on servers of the test's own, and their words in real logs."""

import json
import os
import shutil
import time

import pytest

from aero import connections
from aero.cluster import services
from aero.ops.doctor import servers
from aero.ops.doctor.log_lines import first_known
from tests.aero.ops.doctor.looks import look, names
from tests.hadoop.servers import OPERATOR, Servers
from tests.kafka_broker import Broker
from tests.ports import free_port
from tests.waiting import until

HDFS = (
    servers.safe_mode, servers.blocks, servers.datanodes, servers.name_folders, servers.checkpoint,
)  # fmt: skip
READY = {"namenode": None, "datanode": None, "secondarynamenode": None}


@pytest.fixture(scope="module")
def hadoop(tmp_path_factory):
    home = tmp_path_factory.mktemp("hdfs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NAMENODE_DIRS", f"{home}/hdfs/name,{home}/hdfs/second")
        started = Servers(home)
        try:
            started.start("namenode", "datanode", "resourcemanager")
            yield started
        finally:
            started.stop()


def _found(look_at):
    return [one for check in HDFS for one in check(look_at)]


def test_an_hdfs_that_is_well_has_no_trouble(hadoop):
    assert _found(look(**READY)) == []


def test_safe_mode_is_found(hadoop):
    hadoop.dfsadmin("-safemode", "enter")
    [found] = _found(look(**READY))
    hadoop.dfsadmin("-safemode", "leave")
    assert found.name == "safe-mode" and any("turned on manually" in line for line in found.evidence)
    assert "-safemode forceExit" in found.do
    assert _found(look(**READY)) == []


def test_hours_without_a_checkpoint_are_found(hadoop, monkeypatch):
    hours = servers.CHECKPOINT_HOURS
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + (hours - 0.2) * 3600)
    assert servers.checkpoint(look(**READY)) == []
    monkeypatch.setattr(time, "time", lambda: now + (hours + 1) * 3600)
    [found] = servers.checkpoint(look(namenode=None))
    assert found.name == "no-checkpoint" and found.evidence[1] == "secondarynamenode waits for its start"


def test_lost_blocks_are_found_with_their_files_and_a_datanode_that_is_gone(hadoop):
    connections.webhdfs().write("/aero/raw/a.csv.gz", data=b"x" * 1000)
    hadoop.end("datanode")
    for block in (hadoop.settings.home / "hdfs" / "data").rglob("blk_*"):
        block.unlink()
    gone = servers.datanodes(look(**READY))
    assert names(gone) == ["datanode-address"] and "Connection refused" in gone[0].evidence[0]
    hadoop.start("datanode")
    until(lambda: names(servers.blocks(look(**READY))) == ["lost-blocks"], seconds=60, may_be_away=False)
    [found] = servers.blocks(look(**READY))
    assert found.evidence == ("hdfs:/aero/raw/a.csv.gz",) and "1 missing" in found.what


def test_a_folder_of_names_that_can_not_be_written_is_found_and_that_hdfs_stops_for_it(hadoop):
    second = hadoop.settings.home / "hdfs" / "second"
    shutil.rmtree(second / "current")
    hadoop.dfsadmin("-rollEdits")
    [found] = servers.name_folders(look(**READY))
    assert found.name == "names-folder" and str(second) in found.what
    shutil.rmtree(second)
    until(lambda: servers.safe_mode(look(**READY)), seconds=60, may_be_away=False)
    [stopped] = servers.safe_mode(look(**READY))
    assert any("Resources are low on NN" in line for line in stopped.evidence) and stopped.do.startswith(
        "Free the NameNode's disk"
    )


@pytest.mark.parametrize(
    ("server", "said"),
    [("namenode", "another process uses its folder"), ("datanode", "its blocks are another cluster's")],
)
def test_what_keeps_a_server_from_starting_is_told_by_its_log(hadoop, server, said, monkeypatch):
    own_ports = {name: str(free_port()) for name in ("NAMENODE_PORT", "NAMENODE_HTTP_PORT") if server == "namenode"}
    if server == "datanode":
        hadoop.end("datanode")
        for version in (hadoop.settings.home / "hdfs" / "data").rglob("VERSION"):
            version.write_text(version.read_text().replace("clusterID=", "clusterID=CID-other-"))
    command = services.BY_NAME[server].command(hadoop.variables)
    monkeypatch.setattr(hadoop, "variables", hadoop.variables | own_ports)
    process = hadoop.run(f"{server}-again", command)
    lines = hadoop.log(f"{server}-again")
    until(lambda: process.poll() is not None or first_known(lines.read_text().splitlines()), seconds=60)
    known, line = first_known(lines.read_text().splitlines())
    assert known.what.startswith(said) and known.words in line


def test_an_application_that_waits_for_room_is_found(hadoop, monkeypatch):
    """There is no NodeManager."""
    yarn = look(resourcemanager=None, nodemanager="an active NodeManager")
    assert servers.queued(yarn) == servers.workers(yarn) == []
    new = hadoop.asked("RESOURCEMANAGER_HTTP", "/ws/v1/cluster/apps/new-application", "POST", OPERATOR).json()
    order = {
        "application-id": new["application-id"], "application-name": "a load", "application-type": "TEST",
        "am-container-spec": {"commands": {"command": "true"}}, "resource": {"memory": 256, "vCores": 1},
    }  # fmt: skip
    how = {"data": json.dumps(order), "Content_Type": "application/json"}
    assert hadoop.asked("RESOURCEMANAGER_HTTP", "/ws/v1/cluster/apps", "POST", OPERATOR, **how).status_code == 202
    assert servers.queued(yarn) == [], "it has waited for seconds only"
    monkeypatch.setattr(servers, "QUEUED_SECONDS", 0)
    until(lambda: servers.queued(yarn), seconds=60, may_be_away=False)
    [found] = servers.queued(yarn)
    assert found.evidence[0] == "0 of 0 MB are free" and found.evidence[1].startswith("a load in ")


def test_workers_that_yarn_gives_nothing_are_found(monkeypatch):
    full = {"id": "w1:8041", "state": "UNHEALTHY", "healthReport": "1/1 local-dirs usable space is below 98.0%"}
    nodes = {"nodes": {"node": [full, {"id": "w2:8041", "state": "RUNNING"}]}}
    monkeypatch.setattr(servers, "json_page", lambda *_: nodes)
    [found] = servers.workers(look(resourcemanager=None))
    assert found.evidence == (full["healthReport"],) and found.what.startswith("YARN gives w1:8041 no work")


def test_regions_that_do_not_arrive_and_servers_that_are_gone_are_found(monkeypatch):
    beans = {"AssignmentManager": {"ritCount": 2, "ritOldestAge": 121_000}, "Server": {"tag.deadRegionServers": "rs1"}}
    monkeypatch.setattr(servers, "bean", lambda _settings, _door, query: beans[query.rpartition("sub=")[2]])
    found = servers.regions(look(hbase=None))
    assert names(found) == ["regions", "regionserver-dead"] and found[0].evidence == ("the oldest for 121 s",)
    beans |= {"AssignmentManager": {"ritCount": 1, "ritOldestAge": 3000}, "Server": {"tag.deadRegionServers": ""}}
    assert servers.regions(look(hbase=None)) == []


@pytest.fixture
def broker(tmp_path):
    one = Broker(tmp_path)
    yield one
    one.end()


def test_an_address_of_kafka_that_leads_nowhere_is_found(broker):
    inside = os.environ["KAFKA_PORT"]
    broker.patch.setenv("KAFKA_ADVERTISED_LISTENERS", f"INSIDE://localhost:1,OUTSIDE://localhost:{broker.outside}")
    broker.run("open")
    waits = look(kafka="metadata from the broker")
    until(lambda: servers.listeners(waits), seconds=120, may_be_away=False)
    [found] = servers.listeners(waits)
    assert found.name == "kafka-address" and found.evidence[0].startswith("localhost:1: ")
    broker.stop()
    broker.patch.setenv(
        "KAFKA_ADVERTISED_LISTENERS", f"INSIDE://localhost:{inside},OUTSIDE://localhost:{broker.outside}"
    )
    broker.start("open")
    assert servers.listeners(look(kafka=None)) == []
