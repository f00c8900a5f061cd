"""A backup of a data root that is stopped, and the same root after its loss: what goes back, and what does not."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner

from aero import connections, people
from aero.cli import main
from aero.cluster.supervision import Process, Supervisor
from aero.datasets import ACCEPTANCES
from aero.errors import AeroError
from aero.files import replace_json, sha256
from aero.ops import backup, backup_parts, restore
from aero.ops import schedule as schedules
from aero.settings import load_settings
from tests.aero.ops.roots import storage
from tests.hdfs_in_memory import HdfsInMemory
from tests.printed import printed


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A data root that is stopped, with something of every part."""
    home = tmp_path / "root"
    monkeypatch.setenv("AERO_HOME", str(home))
    settings = load_settings()
    people.make_platform_accounts(settings)
    people.add(settings, "ada", "analyst", "a-long-password")
    storage(home / "hdfs" / "name", image=True)
    storage(home / "hdfs" / "data")
    replace_json(home / "hdfs" / "formatted.json", {"formatted_at": "2026-11-28"})
    schedules.change(settings, cron="0 4 * * *")
    for name in ("metastore/seg0/c1.dat", "metastore/service.properties", "superset/secret_key", "live/keys/opensky"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name)
    (home / "metastore" / "db.lck").touch()
    (home / "luigi").mkdir()
    with closing(sqlite3.connect(home / "luigi" / "history.db")) as database, database:
        database.execute("CREATE TABLE events (name TEXT)")
        database.execute("INSERT INTO events VALUES ('LandFlights')")
    monkeypatch.setattr(Supervisor, "processes", lambda _: {})
    return home


def aero(*words):
    return CliRunner().invoke(main, words)


def test_all_that_is_lost_but_the_blocks_comes_back(root, tmp_path):
    made = printed("backup", aero("backup", "--to", f"{tmp_path}/disk", "--json").stdout)
    assert made["folder"].startswith(f"{tmp_path}/disk/") and "metastore/seg0/c1.dat" not in made["files"]
    assert made["files"]["tables/seg0/c1.dat"]["bytes"] == len("metastore/seg0/c1.dat")
    before = _contents(root)
    (root / "hdfs" / "formatted.json").unlink()
    for name in ("hdfs/name", "metastore", "secrets", "superset", "luigi", "schedule", "live"):
        shutil.rmtree(root / name)
    shown = aero("restore", "--from", f"{tmp_path}/disk", "--dry-run")
    assert shown.output.count(" write ") == 7 and shown.output.endswith("Nothing was done.\n")
    assert not (root / "metastore").exists()
    assert aero("restore", "--from", f"{tmp_path}/disk").exit_code == 0
    after = _contents(root)
    assert after.pop("hdfs/formatted.json") and before.pop("hdfs/formatted.json")
    assert after == {name: content for name, content in before.items() if not name.endswith((".lck", ".lock"))}
    assert people.verified(load_settings(), "ada", "a-long-password")
    assert all(file.stat().st_mode & 0o077 == 0 for file in (root / "secrets").rglob("*"))


def _contents(root):
    """Every file, a database as its rows."""
    found = {}
    for file in (one for one in root.rglob("*") if one.is_file() and "audit" not in one.parts):
        if file.suffix == ".db":
            with closing(sqlite3.connect(file)) as database:
                found[str(file.relative_to(root))] = list(database.iterdump())
        else:
            found[str(file.relative_to(root))] = file.read_bytes()
    return found


def test_what_is_there_is_not_replaced_unasked_and_is_kept(root, tmp_path):
    aero("backup", "--to", f"{tmp_path}/disk")
    (root / "superset" / "secret_key").write_text("another")
    (root / "hdfs" / "name" / "current" / "edits_0000000000000000008-0000000000000000009").write_text("newer")
    before = _contents(root)
    refused = aero("restore", "--from", f"{tmp_path}/disk")
    assert refused.exit_code == 1 and "names, dashboards, luigi: something else is there." in refused.output
    assert _contents(root) == before
    shown = aero("restore", "--from", f"{tmp_path}/disk", "--only", "dashboards", "--yes")
    assert (root / "superset" / "secret_key").read_text() == "superset/secret_key"
    [kept] = (root / "superset").glob("secret_key.before-*")
    assert kept.read_text() == "another" and f"kept        {kept}" in shown.output
    assert aero("restore", "--from", f"{tmp_path}/disk", "--yes").exit_code == 0
    [kept] = (root / "hdfs").glob("name.before-*")
    assert len(list((kept / "current").iterdir())) == 4
    assert len(list((root / "hdfs" / "name" / "current").iterdir())) == 3
    assert aero("restore", "--from", f"{tmp_path}/disk", "--dry-run").output.count(" same ") == 7
    told = printed("restore", aero("restore", "--from", f"{tmp_path}/disk", "--dry-run", "--json").stdout)
    assert {one["does"] for one in told["steps"]} == {"same"} and (told["kept"], told["is_done"]) == ([], False)
    (root / "superset" / "secret_key").write_text("another")
    told = printed("restore", aero("restore", "--from", f"{tmp_path}/disk", "--yes", "--json").stdout)
    assert told["is_done"] and [one["part"] for one in told["steps"] if one["does"] == "replace"] == ["dashboards"]
    [kept] = told["kept"]
    assert kept.startswith(f"{root}/superset/secret_key.before-")


def test_a_journal_of_the_database_before_is_not_played_into_the_one_that_comes_back(root, tmp_path):
    aero("backup", "--to", f"{tmp_path}/disk")
    (root / "luigi" / "history.db").write_text("torn")
    (root / "luigi" / "history.db-journal").write_text("of the torn one")
    assert aero("restore", "--from", f"{tmp_path}/disk", "--yes").exit_code == 0
    assert not (root / "luigi" / "history.db-journal").exists()


def test_a_database_that_is_written_to_is_copied_as_it_was_committed(root, tmp_path):
    with closing(sqlite3.connect(root / "luigi" / "history.db", isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("INSERT INTO events VALUES ('half done')")
        made = backup.make(load_settings(), {}, tmp_path / "disk")
    with closing(sqlite3.connect(made.folder / "luigi" / "history.db")) as copy:
        assert copy.execute("SELECT name FROM events").fetchall() == [("LandFlights",)]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "people" / "people").write_text("eve:operator:x"), "people/people has changed"),
        (lambda folder: (folder / "tables" / "service.properties").unlink(), "tables/service.properties is missing"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "manifest.json can't be read"),
        (lambda folder: (folder / "manifest.json").unlink(), "There is no backup in"),
        (lambda folder: _leads_out(folder), "../root leads out of it"),
    ],
)
def test_a_backup_that_is_damaged_is_not_used(root, tmp_path, damage, said):
    made = backup.make(load_settings(), {}, tmp_path / "disk")
    damage(made.folder)
    before = _contents(root)
    refused = aero("restore", "--from", str(made.folder), "--yes")
    assert refused.exit_code == 1 and said in refused.output
    assert _contents(root) == before


def _leads_out(folder):
    content = json.loads((folder / "manifest.json").read_text())
    content["files"]["../root"] = {"bytes": 0, "sha256": ""}
    (folder / "manifest.json").write_text(json.dumps(content))


def test_names_and_tables_go_back_beside_their_own_blocks_alone(root, tmp_path):
    made = backup.make(load_settings(), {}, tmp_path / "disk")
    shutil.rmtree(root / "hdfs" / "data")
    left = {step.part.name: step.does for step in restore.plan(load_settings(), made, ("names", "tables"))}
    assert left == {"names": "leave out", "tables": "leave out"}
    storage(root / "hdfs" / "data", cluster="CID-2")
    with pytest.raises(AeroError, match="of HDFS CID-1, and the blocks here are of CID-2"):
        restore.plan(load_settings(), made)


def test_a_restore_goes_into_a_platform_that_is_stopped(root, tmp_path, monkeypatch):
    backup.make(load_settings(), {}, tmp_path / "disk")
    monkeypatch.setattr(Supervisor, "processes", lambda _: {"kafka": Process("kafka", "RUNNING", 1, 0)})
    refused = aero("restore", "--from", f"{tmp_path}/disk", "--yes")
    assert refused.exit_code == 1 and "kafka run" in refused.output


def test_a_backup_into_the_data_root_or_of_none_is_refused(root, tmp_path, monkeypatch):
    assert "would be lost with it" in aero("backup", "--to", f"{root}/backups").output
    monkeypatch.setenv("AERO_HOME", f"{tmp_path}/empty")
    assert "holds no data yet" in aero("backup", "--to", f"{tmp_path}/disk").output
    assert not (tmp_path / "disk").exists()


def test_a_backup_that_breaks_off_leaves_none(root, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "sha256", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        backup.make(load_settings(), {}, tmp_path / "disk")
    assert list((tmp_path / "disk").iterdir()) == []


def test_the_newest_of_several_is_taken(root, tmp_path):
    first = backup.make(load_settings(), {}, tmp_path / "disk")
    second = tmp_path / "disk" / "aero-29991231T000000Z"
    shutil.copytree(first.folder, second)
    assert backup_parts.read(tmp_path / "disk").folder == second


def test_who_accepted_what_goes_back_into_a_new_hdfs_and_over_nothing(root, tmp_path, monkeypatch):
    made = backup.make(load_settings(), {}, tmp_path / "disk")
    names = ("ledger/acceptances/one.tsv", "ledger/acceptances/two.tsv", "ledger/months/months.tsv")
    for name in names:
        (made.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (made.folder / name).write_text(name)
    files = made.files | {name: (len(name), sha256(made.folder / name)) for name in names}
    whole = backup_parts.Manifest(made.folder, made.made_at, made.cluster_id, files)
    (made.folder / "manifest.json").write_text(json.dumps(whole.content()))
    client = HdfsInMemory({f"{ACCEPTANCES.path}/two.tsv": b"of now"})
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    assert "1 acceptances were written" in aero("restore", "--from", str(made.folder), "--acceptances").output
    again = aero("restore", "--from", str(made.folder), "--acceptances", "--json")
    assert printed("restore --acceptances", again.stdout)["acceptances"] == []
    assert client.files == {f"{ACCEPTANCES.path}/one.tsv": names[0].encode(), f"{ACCEPTANCES.path}/two.tsv": b"of now"}
