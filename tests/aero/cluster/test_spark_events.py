"""What Spark is told to write of the applications of runs, and that it does not fill the disk."""

import os
from dataclasses import replace

import pytest

from aero.cluster import spark, spark_events
from aero.settings import load_settings

RUN = "20261129T044658.514220Z"


@pytest.fixture
def settings(tmp_path):
    return replace(load_settings(), home=tmp_path)


def test_an_application_of_a_run_bears_its_id_and_writes_its_events(settings):
    conf = spark_events.written(settings, RUN)
    words = spark.application(settings, "application", conf, RUN)[1]["PYSPARK_SUBMIT_ARGS"]
    assert f"--name 'aero-application {RUN}'" in words
    assert "spark.yarn.tags=aero-run-20261129t044658.514220z" in words and "spark.eventLog.enabled=true" in words
    assert f"spark.eventLog.dir=file://{settings.home}/logs/spark" in words


def test_one_of_no_run_writes_none(settings):
    assert spark_events.written(settings, None) == {}
    words = spark.application(settings, "stream_flights")[1]["PYSPARK_SUBMIT_ARGS"]
    assert "--name aero-stream_flights" in words and "eventLog" not in words


def made(settings, *sizes):
    """Applications of these sizes, the newest first."""
    for place, size in enumerate(sizes):
        own = spark_events.folder(settings) / f"eventlog_v2_application_{place}"
        own.mkdir(parents=True)
        (own / "events_1").write_bytes(b"x" * size)
        os.utime(own, (1000 - place, 1000 - place))


def kept(settings):
    return sorted(one.name[-1] for one in spark_events.folder(settings).iterdir())


def test_the_oldest_applications_go_when_there_are_too_many(settings, monkeypatch):
    monkeypatch.setattr(spark_events, "KEPT_APPLICATIONS", 2)
    made(settings, 1, 1, 1)
    spark_events.written(settings, RUN)
    assert kept(settings) == ["0", "1"]


def test_and_when_they_are_too_large_together(settings, monkeypatch):
    monkeypatch.setattr(spark_events, "MOST_BYTES", 250)
    made(settings, 100, 100, 100)
    spark_events.written(settings, RUN)
    assert kept(settings) == ["0", "1"]
