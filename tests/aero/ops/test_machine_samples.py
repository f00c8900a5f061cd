"""What is sampled is what the services wrote down, and a day is one file of the table for as long as it is kept."""

from datetime import timedelta

import pytest

from aero.datasets import MACHINE_SAMPLES
from aero.ops import machine_samples, metrics, tables
from aero.ops.machine_samples import KEPT_DAYS, MachineSample
from aero.settings import load_settings
from tests.aero.ops.doctor.looks import look
from tests.hdfs_in_memory import HdfsInMemory

NOW = tables.now()
BASE = MachineSample(NOW, "kafka", "java_heap_used_bytes", 5e8)


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    folder = load_settings().home / "run" / "metrics"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def lake():
    return HdfsInMemory()


def _file(at):
    return f"{MACHINE_SAMPLES.path}/{at:%Y%m%d}.tsv"


def _taken(**waits):
    return {(one.part, one.figure): one.value for one in machine_samples.taken(look(**waits), NOW)}


def test_a_sample_has_what_is_kept_of_a_services_file_and_the_disk(folder):
    (folder / "kafka").write_text("java_heap_used_bytes 500000000\njava_threads 80\nkafka_records_total 7\n")
    taken = _taken(kafka=None)
    assert taken["kafka", "java_heap_used_bytes"] == 5e8 and taken["kafka", "kafka_records_total"] == 7
    assert 0 < taken["machine", "disk_free_bytes"] < taken["machine", "disk_size_bytes"]
    assert {figure for _, figure in taken} <= {name.removeprefix("aero_") for name in machine_samples.FIGURES}


def test_figures_are_series_of_the_metrics():
    assert set(metrics.HELP) >= machine_samples.FIGURES


def test_parts_that_do_not_answer_or_fail_leave_the_others(folder, monkeypatch):
    (folder / "kafka").write_text("java_heap_used_bytes nonsense\n")
    assert ("machine", "disk_free_bytes") in _taken(kafka=None, namenode="its page")
    (folder / "kafka").write_text("java_heap_used_bytes 1\n")
    monkeypatch.setattr(metrics.psutil, "disk_usage", lambda _: (_ for _ in ()).throw(OSError("the disk is gone")))
    assert _taken(kafka=None, namenode="its page") == {("kafka", "java_heap_used_bytes"): 1}


def test_samples_of_a_day_are_one_file_and_those_of_the_next_another(lake):
    samples = [MachineSample(NOW + timedelta(days=days), "kafka", "figure", days) for days in (0, 0, 1)]
    for sample in samples:
        machine_samples.publish(lake, [sample])
    found = [tables.read_file(lake, _file(NOW + timedelta(days=days)), MachineSample)[0] for days in (0, 1)]
    assert found == [samples[:2], samples[2:]]


def test_days_that_are_too_old_are_removed(lake):
    days = [NOW - timedelta(days=back) for back in (KEPT_DAYS + 1, KEPT_DAYS, 1)]
    lake.files = dict.fromkeys(map(_file, days), b"")
    machine_samples.publish(lake, [BASE])
    assert set(lake.files) == {*map(_file, days[1:]), _file(NOW)}
