"""What a version before left in a data root is read by this one: the texts below are as it wrote them, and stay so.

A change that breaks one of them needs a migration, with a test of its own.
"""

from dataclasses import replace

from aero.cluster import hdfs_guard
from aero.datasets import MONTHS
from aero.files import sha256
from aero.live.sources import configs
from aero.live.sources.configs import ReplayConfig
from aero.month import Month
from aero.ops import backup_parts, months, schedule, tables
from aero.settings import load_settings
from tests.aero.ops.test_month_entries import PINNED
from tests.hdfs_in_memory import HdfsInMemory

LEDGER = (
    rf"2013|2|2013-02-01|published|\N|true|reporting|bts|/a.csv|9|{'a' * 64}|10|9|1|aaaaaaaaaaaa-1|aaaaaaaaaaaa-1|9|0|"
    rf"1|2026-11-23 06:15:00|2026-11-23 06:15:00|2026-11-23 06:15:00|reporting|bts|{'a' * 64}|aaaaaaaaaaaa-1|ann|"
    r"the new one is half"
)
REPLAY = (
    '{"first_day": "2013-07-10", "last_day": "2013-07-10", "speed": 600.0, "seed": 7,'
    ' "faults": {"late": 0.05, "duplicate": 0.05}, "file": null}'
)
SCHEDULE = (
    '{"cron": "15 7 * * *", "source": "bts", "family": null, "months_back": 3, "is_paused": true, "asked_at": null}'
)


def test_a_line_of_the_ledger():
    held = HdfsInMemory({tables.path(MONTHS): LEDGER.replace("|", "\t").encode() + b"\n"})
    ledger, damages = months.look(held)
    assert damages == [] and ledger[Month(2013, 2)] == PINNED


def test_a_replay_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    (tmp_path / "live" / "plans").mkdir(parents=True)
    (tmp_path / "live" / "plans" / "replay.json").write_text(REPLAY)
    config = configs.read(load_settings(), "replay", ReplayConfig)
    assert (config.speed, config.seed, config.injected.late) == (600.0, 7, 0.05)
    # The name of its delivery log: under another it would be played from the beginning.
    assert config.log_folder(load_settings()).name == "2013-07-10-6f648d3d"


def test_the_schedule_with_fields_that_came_later_as_they_are_by_default(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    (tmp_path / "schedule").mkdir()
    (tmp_path / "schedule" / "plan.json").write_text(SCHEDULE)
    assert schedule.read(load_settings()) == replace(
        schedule.Schedule(), cron="15 7 * * *", months_back=3, is_paused=True
    )


def test_a_backup(tmp_path):
    name = tmp_path / "aero-20261128T181500Z"
    (name / "names" / "current").mkdir(parents=True)
    version = name / "names" / "current" / "VERSION"
    version.write_text("clusterID=CID-1\n")
    (name / "manifest.json").write_text(
        '{"format": 1, "made_at": "2026-11-28T18:15:00+00:00", "cluster_id": "CID-1", "files":'
        f' {{"names/current/VERSION": {{"bytes": 16, "sha256": "{sha256(version)}"}}}}}}'
    )
    found = backup_parts.read(tmp_path)
    assert found.cluster_id == hdfs_guard.cluster_id(name / "names") and list(found.of("names")) == ["current/VERSION"]
