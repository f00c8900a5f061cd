"""What a clean slate of each layer deletes, what it leaves, and what keeps it from deleting anything."""

import re
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from kafka.errors import UnknownTopicOrPartitionError

from aero import connections, datasets, kafka_clients, lease, process_state
from aero.cli import main
from aero.cluster import drift, provision
from aero.cluster.supervision import Process, Supervisor
from aero.datasets import BATCH_VIEWS, FLIGHTS, FLIGHTS_QUARANTINE, FLIGHTS_REPORTING, LIVE_FLIGHTS, MONTHS
from aero.month import Month
from aero.ops import months, readers, slate, tables
from aero.settings import load_settings
from tests.hdfs_in_memory import HdfsInMemory
from tests.printed import printed

MONTH = Month(2013, 2)
RAW_TABLES = (FLIGHTS_REPORTING, datasets.FLIGHTS_MARKETING, datasets.FLIGHTS_DATAEXPO)
WEATHER = (datasets.WEATHER_HOURLY, datasets.WEATHER_QUARANTINE, datasets.WEATHER_FORECASTS_HOURLY)
CLEAN_TABLES = (FLIGHTS, FLIGHTS_QUARANTINE, *WEATHER)
# What lies in HDFS, in Hive, in Kafka and in HBase, by what it belongs to.
FOLDERS = {
    "raw": [*(table.path for table in RAW_TABLES), datasets.WEATHER_ARCHIVE.path],
    "answers": [datasets.LIVE_ARCHIVE.path],
    "clean": [*(table.path for table in CLEAN_TABLES), datasets.STAGING.path],
    "archived": [LIVE_FLIGHTS.path],
    "small": [datasets.AIRPORTS.path, datasets.AUDIT.path],
    "batch": [view.path for view in BATCH_VIEWS],
    "live": [datasets.STREAM_CHECKPOINTS.path],
    "ops": [
        MONTHS.path,
        *(one.path for one in (datasets.CHECKS, datasets.FRESHNESS, datasets.PUBLICATIONS, datasets.ACCEPTANCES)),
        datasets.RUN_REPORTS.path,
    ],
}
PARTITIONED = {
    "raw": RAW_TABLES,
    "clean": CLEAN_TABLES,
    "archived": (LIVE_FLIGHTS,),
    "batch": BATCH_VIEWS,
}
TOPICS = {"live": {"flights.live", "flights.processed", "flights.rejected"}, "clean": {"flights.monthly"}}
HBASE = {table["name"] for table in drift.declared("hbase/tables.toml")["table"]}


class Hdfs(HdfsInMemory):
    def content(self, path, strict=True):
        below = [data for one, data in self.files.items() if one.startswith(f"{path}/")]
        return {"fileCount": len(below), "length": sum(map(len, below))}


class Servers:
    """Hive with the tables that have partitions, Kafka with its topics, HBase with its tables."""

    def __init__(self):
        self.partitions = {table.name: 3 for of_part in PARTITIONED.values() for table in of_part}
        self.topics = set().union(*TOPICS.values(), {"another's"})
        self.hbase_tables = {name.encode() for name in HBASE} | {b"another's"}
        self.statement = ""

    def cursor(self):
        return self

    def execute(self, statement):
        self.statement = statement
        if dropped := re.fullmatch(r"ALTER TABLE (\S+) DROP IF EXISTS PARTITION \(year > 0\)", statement):
            self.partitions[dropped[1]] = 0

    def fetchall(self):
        return ["year=2013/month=2"] * self.partitions[self.statement.removeprefix("SHOW PARTITIONS ")]

    def delete_topics(self, names):
        if not self.topics.issuperset(names):
            raise UnknownTopicOrPartitionError(names)
        self.topics -= set(names)

    def tables(self):
        return list(self.hbase_tables)

    def delete_table(self, name, disable):
        self.hbase_tables.remove(name.encode())

    def close(self):
        pass


@pytest.fixture
def world(monkeypatch, tmp_path):
    """HDFS (`files`) and the servers, with something of every layer, and `made`, what is made again."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    hdfs, servers, made = Hdfs(), Servers(), []
    hdfs.files = {f"{folder}/part-0": b"rows" for folders in FOLDERS.values() for folder in folders}
    pinned = replace(months.empty(MONTH), raw_file="a.csv", raw_sha256="a" * 64, pinned_load_id="a", pinned_by="ann")
    del hdfs.files[f"{MONTHS.path}/part-0"]
    tables.replace(hdfs, MONTHS, [pinned])
    monkeypatch.setattr(connections, "webhdfs", lambda: hdfs)
    monkeypatch.setattr(connections, "hive", lambda: nullcontext(servers))
    monkeypatch.setattr(connections, "hbase", lambda: servers)
    monkeypatch.setattr(kafka_clients, "admin", lambda: servers)
    monkeypatch.setattr(Supervisor, "processes", lambda _self: {})
    monkeypatch.setattr(lease, "hold", lambda what: SimpleNamespace(check=lambda: None))
    monkeypatch.setattr(provision, "hdfs_folders", lambda *_: made.append("folders"))
    monkeypatch.setattr(provision, "hbase_tables", lambda *_: made.append("tables"))
    monkeypatch.setattr(slate, "_topics_are_there", lambda *_: made.append("topics"))
    monkeypatch.setattr(slate, "refresh_or_say", lambda *_: made.append("answers"))
    monkeypatch.setattr(readers, "reconcile", lambda: made.append("ledger"))
    replays = process_state.folder(load_settings()) / "replays"
    replays.mkdir(parents=True)
    (replays / "a.json").touch()
    return SimpleNamespace(hdfs=hdfs, servers=servers, made=made, replays=replays)


def clean_slate(*arguments, answer=None):
    return CliRunner().invoke(main, ["clean-slate", *arguments], input=answer)


def left(world):
    """What is still there, by what it belongs to."""
    parts = {part for part, folders in FOLDERS.items() if any(world.hdfs.status(one, strict=False) for one in folders)}
    whole = {part for part, folders in FOLDERS.items() if all(world.hdfs.status(one, strict=False) for one in folders)}
    assert parts == whole, "of each part all goes or nothing"
    for part, of_part in PARTITIONED.items():
        assert {bool(world.servers.partitions[table.name]) for table in of_part} == {part in parts}
    for part, topics in TOPICS.items():
        assert topics & world.servers.topics == (topics if part in parts else set())
    live = {name.encode() for name in HBASE}
    assert live & world.servers.hbase_tables == (live if "live" in parts else set())
    assert world.replays.exists() == ("live" in parts)
    assert "another's" in world.servers.topics and b"another's" in world.servers.hbase_tables
    return parts


@pytest.mark.parametrize(
    ("layer", "gone", "made"),
    [
        ("live", {"live"}, ["folders", "topics", "tables", "ledger"]),
        ("clean", {"clean", "batch"}, ["folders", "topics", "ledger", "answers"]),
        ("batch", {"batch"}, ["folders", "ledger", "answers"]),
        ("raw", {"raw"}, ["folders", "topics", "ledger"]),
        ("all", {"live", "clean", "batch", "ops"}, ["folders", "topics", "tables", "ledger", "answers"]),
    ],
)
def test_what_belongs_to_a_layer_goes_together_and_all_else_stays(world, layer, gone, made):
    result = clean_slate("--layer", layer, "--delete", "--confirm", layer)
    assert result.exit_code == 0, result.output
    assert result.output.endswith(f"{layer} is empty.\n")
    assert left(world) == FOLDERS.keys() - gone
    assert world.made == made
    if "ops" not in gone:
        entry = months.read(world.hdfs)[MONTH]
        assert (entry.pinned_load_id is None) == (layer == "clean")
        assert (entry.raw_file is None, entry.raw_sha256 is None) == (
            (True, True) if layer == "raw" else (False, False)
        )


def test_a_second_one_of_what_is_empty_already_is_no_fault(world):
    for _ in range(2):
        assert clean_slate("--layer", "all", "--delete", "--confirm", "all").exit_code == 0


@pytest.mark.parametrize("layer", slate.LAYERS)
@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ((), None),
        (("--confirm", "{layer}"), None),
        (("--delete",), "\n"),
        (("--delete",), "no\n"),
        (("--delete", "--confirm", "x"), None),
    ],
)
def test_nothing_goes_without_being_asked_for_and_named(world, layer, arguments, answer):
    before = dict(world.hdfs.files)
    result = clean_slate("--layer", layer, *(one.format(layer=layer) for one in arguments), answer=answer)
    assert left(world) == set(FOLDERS) and world.hdfs.files == before and world.made == []
    assert "othing was deleted" in result.output
    assert result.exit_code == (1 if "--delete" in arguments else 0)


def test_it_says_how_much_would_go(world):
    result = clean_slate("--layer", "clean")
    assert re.search(r"would delete  hdfs:/aero/clean/flights +1 files, 0\.0 MiB\n", result.output)
    assert re.search(r"would delete  partitions of aero_clean\.flights +3 partitions\n", result.output)
    assert re.search(r"would delete  pins in the month ledger +1 months\n", result.output)


def test_scripts_have_what_would_go_and_what_went_and_a_person_is_still_asked(world):
    looked = printed("clean-slate", clean_slate("--layer", "clean", "--json").stdout)
    assert not looked["is_deleted"] and left(world) == set(FOLDERS)
    assert {"what": "partitions of aero_clean.flights", "holds": "3 partitions"} in looked["items"]
    refused = clean_slate("--layer", "clean", "--delete", "--json", answer="no\n")
    assert refused.exit_code == 1 and refused.stdout == "" and left(world) == set(FOLDERS)
    done = clean_slate("--layer", "clean", "--delete", "--json", answer="clean\n")
    assert "Type clean to delete all this" in done.stderr
    assert printed("clean-slate", done.stdout) == looked | {"is_deleted": True}
    assert left(world) == FOLDERS.keys() - {"clean", "batch"}


@pytest.mark.parametrize("name", ["stream", "replay", "aviationstack", "opensky"])
@pytest.mark.parametrize(("layer", "is_refused"), [("live", True), ("all", True), ("clean", False), ("batch", False)])
def test_what_still_writes_to_the_live_layer_is_named_and_nothing_goes(world, monkeypatch, name, layer, is_refused):
    running = {one: Process(one, "RUNNING" if one == name else "STOPPED", 0, 4711) for one in ("stream", name)}
    monkeypatch.setattr(Supervisor, "processes", lambda _self: running)
    result = clean_slate("--layer", layer, "--delete", "--confirm", layer)
    if is_refused:
        assert f"{name} would go on writing." in result.output and left(world) == set(FOLDERS)
    assert result.exit_code == (1 if is_refused else 0)


def test_who_loses_the_lease_in_the_middle_deletes_no_more(world, monkeypatch):
    asked = []

    def check():
        asked.append("asked")
        if len(asked) > 2:
            raise lease.Lost("lost")

    monkeypatch.setattr(lease, "hold", lambda what: SimpleNamespace(check=check))
    result = clean_slate("--layer", "batch", "--delete", "--confirm", "batch")
    gone = [view for view in BATCH_VIEWS if not world.servers.partitions[view.name]]
    assert gone == [BATCH_VIEWS[0]] and isinstance(result.exception, lease.Lost | SystemExit) and world.made == []
