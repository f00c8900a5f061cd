"""Names of a real HDFS and tables of a real metastore, lost and put back from a backup that was made while they ran."""

import io
import shutil
import threading
from types import SimpleNamespace

import psutil
import pytest

from aero import connections, lease, metastore, people
from aero.cluster import services
from aero.cluster.supervision import Process
from aero.datasets import MONTHS
from aero.errors import AeroError
from aero.files import replace_json
from aero.ops import backup, backup_parts, restore
from aero.ops.doctor import servers
from tests.aero.ops.doctor.looks import look
from tests.aero.ops.roots import storage
from tests.hadoop.servers import Servers
from tests.hive.doors.test_metastore import served
from tests.waiting import until

pytestmark = pytest.mark.long

KEPT, LATER = "/aero/raw/kept.csv.gz", "/aero/raw/later.csv.gz"


@pytest.fixture
def nobody_writes(monkeypatch):
    """ZooKeeper, which has the lease, does not run here."""
    held = []
    monkeypatch.setattr(lease, "hold", lambda what: SimpleNamespace(check=lambda: held.append(what)))
    return held


@pytest.fixture
def hadoop(tmp_path):
    started = Servers(tmp_path / "root")
    try:
        started.start("namenode", "datanode")
        yield started
    finally:
        started.stop()


def _running(hadoop, *names):
    return {name: Process(name, "RUNNING", hadoop.pid(name), 0) for name in names}


def _read(path):
    with connections.webhdfs().read(path) as file:
        return file.read()


@pytest.mark.parametrize("runs", [True, False], ids=["while it runs", "while it is stopped"])
def test_names_that_are_lost_are_those_of_the_backup_again(hadoop, tmp_path, nobody_writes, runs):
    home, client = hadoop.settings.home, connections.webhdfs()
    client.write(KEPT, data=b"kept")
    client.write(f"{MONTHS.path}/months.tsv", data=b"2013\t1\n")
    if not runs:
        hadoop.end("namenode")
    made = backup.make(hadoop.settings, _running(hadoop, "namenode") if runs else {}, tmp_path / "disk")
    assert nobody_writes == (["a backup"] if runs else [])
    assert ("ledger/months/months.tsv" in made.files) == runs
    if runs:
        client.write(LATER, data=b"later")
        hadoop.end("namenode")
    hadoop.end("datanode")
    shutil.rmtree(home / "hdfs" / "name")
    with pytest.raises(AeroError, match="holds no names, but HDFS had data here"):
        hadoop.start("namenode")
    steps = restore.plan(hadoop.settings, backup_parts.read(tmp_path / "disk"), ("names",))
    assert [step.does for step in steps] == ["write"]
    assert restore.apply(hadoop.settings, made, steps) == []
    hadoop.start("namenode")
    if runs:
        hadoop.run("datanode", services.BY_NAME["datanode"].command(hadoop.variables))
        until(lambda: "forceExit; then load it again" in _safe_mode(), seconds=120, may_be_away=False)
        hadoop.dfsadmin("-safemode", "forceExit")
    else:
        hadoop.start("datanode")
    assert _read(KEPT) == b"kept"
    assert client.status(LATER, strict=False) is None
    # The DataNode drops what was written since, whose numbers the new blocks have, when it is told to.
    until(lambda: client.write(LATER, data=b"again", overwrite=True) is None, seconds=60)
    assert _read(LATER) == b"again"


def _safe_mode():
    """What the doctor says to do about it: the blocks of what was written since are newer than the names."""
    return "".join(one.do for one in servers.safe_mode(look(namenode=None)))


CREATE = """
struct Database { 1: string name, 2: string description, 3: string locationUri }
service Creating { void create_database(1: Database database) }
"""


def _creating(settings):
    """A function that makes a database in the metastore."""
    from thriftpy2.parser import load_fp
    from thriftpy2.rpc import make_client

    declared = load_fp(io.StringIO(CREATE), "creating_thrift")
    transport = metastore.signed_in(people.USER, people.password_of(settings, people.USER))
    client = make_client(
        declared.Creating,
        settings.host("METASTORE"),
        settings.port("METASTORE"),
        trans_factory=transport,
        timeout=60_000,
    )
    return lambda name: client.create_database(declared.Database(name, "", f"file:{settings.home}/{name}"))


def test_tables_that_are_lost_are_those_of_the_backup_again(tmp_path, nobody_writes):
    home = tmp_path / "root"
    home.mkdir()
    storage(home / "hdfs" / "name", image=True)
    storage(home / "hdfs" / "data")
    replace_json(home / "hdfs" / "formatted.json", {})
    with served(home, "closed") as settings:
        create, stop = _creating(settings), threading.Event()
        create("before")

        def go_on():
            numbers = iter(range(10_000))
            while not stop.is_set():
                create(f"meanwhile_{next(numbers)}")

        writer = threading.Thread(target=go_on)
        writer.start()
        [pid] = _java_of(home)
        made = backup.make(settings, {"metastore": Process("metastore", "RUNNING", pid, 0)}, tmp_path / "disk")
        stop.set()
        writer.join()
        create("after")
    for folder in ("tmp", "conf"):
        shutil.rmtree(home / folder)
    shutil.rmtree(home / "metastore")
    steps = restore.plan(settings, backup_parts.read(made.folder), ("tables",))
    restore.apply(settings, made, steps)
    with served(home, "closed") as settings:
        found = metastore.databases(settings)
        assert "before" in found and "after" not in found
        _creating(settings)("again")


def _java_of(home):
    return [one.pid for one in psutil.process_iter() if f"databaseName={home}/metastore" in _environment(one)]


def _environment(process):
    try:
        is_java = process.name() == "java"
        return process.environ().get("METASTORE_DB_URL", "") if is_java else ""
    except psutil.Error:
        return ""
