"""A run is followed from Luigi to the containers, Prometheus is answered, a chart's number leads to its file."""

import json
import os
import signal
import subprocess

import pytest
import requests

from aero import people, run_log
from aero.cluster import services
from aero.datasets import FLIGHTS, MACHINE_SAMPLES
from aero.ops import openlineage
from aero.settings import load_settings
from tests.command import AERO, aero
from tests.printed import printed
from tests.waiting import until

pytestmark = pytest.mark.cluster
MONTH = "2013-01"
OF_A_MONTH = ("--from", MONTH, "--to", MONTH)


@pytest.fixture(scope="module")
def log(year_2013):
    """The lines of the log of a rebuild of one month, which is the last run."""
    aero("rebuild", *OF_A_MONTH)
    run = printed("logs --runs", aero("logs", "--runs", "--json").out.splitlines()[-1])
    assert run["what"] == f"LoadFlights: a rebuild of {MONTH}" and run["ended"].startswith("done after")
    return [printed("logs --run", line) for line in aero("logs", "--run", run["run"], "--json").out.splitlines()]


def test_a_run_is_told_by_luigi_spark_yarn_and_the_containers_in_the_order_of_time(log):
    assert {"aero", "luigi", "step", "spark", "spark-driver", "yarn", "container-000001"} <= {
        one["part"] for one in log
    }
    assert [one["at"] for one in log] == sorted(one["at"] for one in log) and len({one["run"] for one in log}) == 1
    assert any(one["month"] == MONTH and one["words"] == "CleanFlights cleaned" for one in log)
    [submitted, ended] = [one["words"] for one in log if one["part"] == "yarn"]
    assert f"aero-application {log[0]['run']} submitted" in submitted and "ended SUCCEEDED" in ended


def test_spark_left_its_events_of_the_run(log):
    [application] = {one["words"].partition(": ")[2] for one in log if one["words"].startswith("application: ")}
    assert list((load_settings().home / "logs" / "spark").glob(f"*{application}*"))


def test_the_run_left_lineage_that_leads_to_what_was_landed(log):
    file = run_log.folder(load_settings(), log[0]["run"]) / openlineage.FILE
    events = [json.loads(line) for line in file.read_text().splitlines()]
    began, done = (one for one in events if one["job"]["name"] == FLIGHTS.name)
    assert (began["eventType"], done["eventType"]) == ("START", "COMPLETE")
    for one in (began, done):
        assert [source["name"] for source in one["inputs"] if source["name"].startswith("/aero/raw/")], one["inputs"]
    assert done["run"] == began["run"] and done["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] > 20_000


def test_spark_s_pages_of_the_run_are_shown_to_operators(log):
    settings = load_settings()
    listed = f"http://localhost:{settings.port('SPARK_HISTORY_HTTP')}/api/v1/applications?status=completed"
    who = (people.USER, people.password_of(settings, people.USER))

    def lists_the_run():
        shown = requests.get(listed, auth=who, timeout=60).json()
        return f"aero-application {log[0]['run']}" in [one["name"] for one in shown]

    server = subprocess.Popen([AERO, "spark-history"], start_new_session=True)
    try:
        until(lists_the_run, seconds=120)
        assert requests.get(listed, timeout=60).status_code == 401
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


def test_prometheus_is_answered_by_its_token_and_told_of_services_heaps_and_months():
    settings = load_settings()
    page, token = (
        f"http://localhost:{settings.port('METRICS_HTTP')}/metrics",
        (settings.secrets / "metrics").read_text(),
    )
    assert requests.get(page, timeout=30).status_code == 401
    answer = requests.get(page, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    told = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert told['aero_service_ready{service="hiveserver2"}'] == "1" and told['aero_hdfs_blocks{state="missing"}'] == "0"
    for service in services.BASE:
        if service.heap_mb:
            assert float(told[f'aero_java_heap_used_bytes{{service="{service.name}"}}']) > 0
            assert float(told[f'aero_java_cpu_seconds_total{{service="{service.name}"}}']) > 0
    assert (
        float(told['aero_kafka_records_total{service="kafka"}']) >= 0 and 'aero_hbase_regions{service="hbase"}' in told
    )
    assert float(told['aero_months{state="published"}']) >= 1


def test_a_chart_s_number_leads_to_the_file_that_its_month_was_made_of(log):
    words = ("lineage", "On-time arrivals by airline", "--column", "on_time_arrival_share", "--month", MONTH)
    found = aero(*words, "--as", "json").json
    assert "file:reporting.ArrDelay" in {one["column"] for one in found["columns"]}
    [file] = found["files"]
    assert file["month"] == MONTH and file["url"] and len(file["sha256"]) == 64
    assert file["load_id"].startswith(file["sha256"][:12])


def test_the_schedulers_sample_of_the_machine_is_read_by_sql():
    """It takes the first one at its start, and the cluster has started and loaded a year before this."""
    question = f"SELECT MAX(value) AS heap FROM {MACHINE_SAMPLES.name} WHERE part = 'namenode'"
    [row] = aero(
        "sql", "--engine", "spark", "-e", f"{question} AND figure = 'java_heap_used_bytes'", "--format", "json"
    ).json
    assert row["heap"] > 0
