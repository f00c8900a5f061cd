"""What is left of a server that has lost its data, what becomes of it, and what is said to be lost."""

import shutil
from contextlib import suppress

import pytest
from click.testing import CliRunner

from aero import connections
from aero.cli import main
from aero.cluster.supervision import Process, Supervisor
from aero.errors import AeroError
from aero.ops import recovery
from aero.ops.doctor import folders
from aero.settings import load_settings
from tests.aero.ops.doctor.looks import look, names
from tests.aero.ops.roots import storage
from tests.hadoop.servers import Servers
from tests.hdfs_in_memory import HdfsInMemory
from tests.printed import printed

pytestmark = pytest.mark.long

BEFORE, AFTER = "/aero/raw/before-the-checkpoint", "/aero/raw/after-it"


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A data root whose NameNode made a checkpoint between two folders, and was killed; and a copy of its names."""
    started = Servers(tmp_path_factory.mktemp("recovery") / "root")
    hdfs = started.settings.home / "hdfs"
    try:
        started.start("namenode")
        started.dfsadmin("-safemode", "forceExit")  # There is no DataNode.
        client = connections.webhdfs()
        client.makedirs(BEFORE)
        for words in (("-safemode", "enter"), ("-saveNamespace",), ("-safemode", "leave")):
            started.dfsadmin(*words)
        shutil.copytree(hdfs / "name", hdfs / "checkpoint", ignore=shutil.ignore_patterns("in_use.lock", "edits_in*"))
        client.makedirs(AFTER)
        started.dfsadmin("-rollEdits")
        started.end("namenode")
        shutil.copytree(hdfs / "name", hdfs / "kept")
        yield started
    finally:
        started.stop()


@pytest.fixture
def hadoop(stopped):
    """The same once more, as it was when it was killed."""
    hdfs = stopped.settings.home / "hdfs"
    shutil.rmtree(hdfs / "name", ignore_errors=True)
    shutil.copytree(hdfs / "kept", hdfs / "name")
    yield stopped
    with suppress(KeyError):  # Not every test has started it.
        stopped.end("namenode")


def recovered(hadoop):
    """What the recovery says is lost, after the NameNode started from what it wrote."""
    plan = recovery.namenode(hadoop.settings, {})
    for step in plan.steps:
        step.do()
    hadoop.start("namenode")
    return plan.lost


def there():
    return [path for path in (BEFORE, AFTER) if connections.webhdfs().status(path, strict=False)]


def lose(hadoop, pattern):
    for file in (hadoop.settings.home / "hdfs" / "name" / "current").glob(pattern):
        file.unlink()


def test_without_its_image_nothing_is_lost_since_the_edits_behind_the_checkpoint_are_there(hadoop):
    assert folders.names_of_hdfs(look()) == []
    lose(hadoop, "fsimage_*")
    [found] = folders.names_of_hdfs(look())
    assert found.name == "names-broken" and "has lost its image" in found.what and "aero recover namenode" in found.do
    assert recovered(hadoop).startswith("nothing")
    assert there() == [BEFORE, AFTER]
    assert list((hadoop.settings.home / "hdfs").glob("name.before-*"))


def test_without_its_edits_what_came_after_the_checkpoint_is_lost_and_that_is_said(hadoop):
    lose(hadoop, "edits_*")
    [found] = folders.names_of_hdfs(look())
    assert "has lost edits" in found.what
    lost = recovered(hadoop)
    assert lost.startswith("what was written to HDFS after 20") and "at least" in lost
    assert there() == [BEFORE]


def test_without_the_folder_the_checkpoint_is_taken(hadoop):
    shutil.rmtree(hadoop.settings.home / "hdfs" / "name")
    assert names(folders.names_of_hdfs(look())) == ["names-lost"]
    assert recovered(hadoop).startswith("what was written to HDFS after 20")
    assert there() == [BEFORE]


def test_names_that_are_whole_need_no_recovery(hadoop):
    with pytest.raises(AeroError, match="there is nothing to recover"):
        recovery.namenode(hadoop.settings, {})


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def in_hdfs(home, monkeypatch):
    """An HDFS that answers, with tables, HBase's files and the stream's checkpoint."""
    paths = "/aero/clean/flights/a.orc /aero/batch/v/a.orc /aero/raw/a.gz /hbase/data /aero/live/checkpoints/0".split()
    held = HdfsInMemory(dict.fromkeys(paths, b"x"))
    held.content = lambda path: {"length": sum(one.startswith(path) for one in held.files)}
    monkeypatch.setattr(connections, "webhdfs", lambda: held)
    monkeypatch.setattr(recovery, "processes_now", lambda settings, seconds: look(datanode=None))
    return held


def test_a_second_folder_that_is_lost_is_written_from_the_first(home, monkeypatch):
    monkeypatch.setenv("NAMENODE_DIRS", f"{home}/hdfs/name,{home}/disk2/name")
    storage(home / "hdfs" / "name", image=True)
    (home / "disk2").mkdir()
    plan = recovery.namenode(load_settings(), {})
    assert plan.found == f"names are lost in {home}/disk2/name"
    for step in plan.steps:
        step.do()
    assert folders.names_of_hdfs(look()) == []


def test_folders_of_two_hdfs_are_not_mixed_and_without_an_image_nothing_is_made_up(home):
    storage(home / "hdfs" / "data")
    with pytest.raises(AeroError, match="No image of HDFS' names is left"):
        recovery.namenode(load_settings(), {})
    storage(home / "hdfs" / "checkpoint", cluster="CID-2", image=True)
    with pytest.raises(AeroError, match="are of 2 different HDFS: CID-1, CID-2"):
        recovery.namenode(load_settings(), {})


def done(server):
    plan = recovery.SERVERS[server](load_settings(), {})
    for step in plan.steps:
        step.do()
    return plan


def tops(hdfs):
    """The folders in HDFS; that of a lost one without the time in its name."""
    return sorted(path.rpartition("/")[0].partition("lost-")[0] for path in hdfs.files)


def test_tables_that_are_lost_leave_the_raw_layer_to_be_loaded_again(in_hdfs):
    assert names(folders.tables_of_the_metastore(look(datanode=None))) == ["tables-lost"]
    assert "aero load" in done("metastore").then
    assert folders.tables_of_the_metastore(look(datanode=None)) == []
    assert "/aero/raw" in tops(in_hdfs) and tops(in_hdfs)[:2] == ["/aero/batch-", "/aero/clean-"]
    with pytest.raises(AeroError, match="nothing to recover"):
        done("metastore")


def test_hbase_starts_empty_and_what_it_had_is_beside(in_hdfs):
    assert "the live flights" in done("hbase").lost
    assert "/hbase-" in " ".join(in_hdfs.files) and in_hdfs.status("/hbase", strict=False) is None
    with pytest.raises(AeroError, match="starts empty as it is"):
        done("hbase")


def test_kafka_s_topics_go_with_how_far_they_were_read(in_hdfs, home):
    (home / "kafka" / "flights.live-0").mkdir(parents=True)
    assert "has files but no meta.properties" in done("kafka").found
    assert not (home / "kafka").exists() and list(home.glob("kafka.before-*/flights.live-0"))
    assert in_hdfs.status("/aero/live/checkpoints", strict=False) is None
    assert folders.logs_of_kafka(look()) == []


@pytest.mark.parametrize(("server", "runs"), [("metastore",) * 2, ("hbase",) * 2, ("kafka",) * 2, ("kafka", "stream")])
def test_what_runs_is_not_touched(in_hdfs, server, runs):
    with pytest.raises(AeroError, match=f"{runs} runs, or is being started again") as refused:
        recovery.SERVERS[server](load_settings(), {runs: Process(runs, "BACKOFF", 0, 0)})
    assert refused.value.fix == f"Stop it first: aero down {runs}"


@pytest.mark.parametrize("server", ["metastore", "hbase", "kafka"])
def test_without_hdfs_nothing_is_moved(home, monkeypatch, server):
    monkeypatch.setattr(recovery, "processes_now", lambda settings, seconds: look())
    with pytest.raises(AeroError, match="HDFS does not answer"):
        done(server)


@pytest.mark.parametrize(
    ("said", "fix"),
    [("Resources are low on NN", "Free the NameNode's disk"), ("The number of live datanodes 0", "Start")],
)
def test_a_safe_mode_that_ends_by_other_means_is_not_forced(monkeypatch, home, said, fix):
    found = recovery.servers.Finding("safe-mode", "HDFS is in safe mode.", (said,), f"{fix} …")
    monkeypatch.setattr(recovery, "processes_now", lambda settings, seconds: look(namenode=None))
    monkeypatch.setattr(recovery.servers, "safe_mode", lambda seen: [found])
    running = {"namenode": Process("namenode", "RUNNING", 1, 0)}
    with pytest.raises(AeroError) as refused:
        recovery.namenode(load_settings(), running)
    assert refused.value.fix.startswith(fix)
    monkeypatch.setattr(recovery.servers, "safe_mode", lambda seen: [])
    with pytest.raises(AeroError, match="is not in safe mode: there is nothing to recover"):
        recovery.namenode(load_settings(), running)


def test_the_command_says_what_it_would_do_and_does_it_only_when_told(in_hdfs, monkeypatch):
    monkeypatch.setattr(Supervisor, "processes", lambda self: {})
    before = dict(in_hdfs.files)
    looked = CliRunner().invoke(main, ["recover", "hbase"])
    assert looked.exit_code == 0 and "would do  move hdfs:/hbase to /hbase-lost-" in looked.output
    assert looked.output.endswith("Nothing was done. Add --apply to do it.\n") and in_hdfs.files == before
    told = printed("recover", CliRunner().invoke(main, ["recover", "hbase", "--json"]).stdout)
    assert in_hdfs.files == before and not told["is_done"] and told["steps"][0].startswith("move hdfs:/hbase to")
    applied = CliRunner().invoke(main, ["recover", "hbase", "--apply"])
    assert "then   aero up; aero live start" in applied.output and in_hdfs.files != before
