"""New months by themselves on the running services: found, checked, through Kafka, published; broken ones refused."""

import os
import signal
import subprocess
from datetime import UTC, date, datetime

import psutil
import pytest
import requests

from aero import connections, hql, http_door, monthly
from aero.cluster.supervision import Supervisor
from aero.datasets import FLIGHTS
from aero.month import Month
from aero.ops import schedule
from aero.settings import load_settings
from luigi_tasks.produce_month import offsets_of_topic
from tests import real_months
from tests.cluster.months import delete_by_hand, in_ledger
from tests.command import AERO, aero, sql
from tests.luigi_tasks.prezip_server import PrezipServer
from tests.printed import printed
from tests.waiting import until

pytestmark = pytest.mark.cluster

STEP = 5  # every fifth of the real rows of a month: 5,500
NAMES = [column.name for column in hql.columns(FLIGHTS.hql("create")) if column.name != "diversions"]


def months_ago(count):
    """The month so many months before this one."""
    return Month.of(date.today()).plus(-count)


def rows_of(month):
    return list(real_months.rows(*month))[::STEP]


def flights_of(month):
    [row] = sql(f"select count(*) as n from aero_clean.flights where year = {month.year} and month = {month.month}")
    return row["n"]


def contents_of(month, names=NAMES):
    """Count and hash of the month's rows over these columns, whatever their order."""
    columns = ", ".join(f"coalesce(cast({name} as string), 'NULL')" for name in names)
    [row] = sql(f"select count(*) as n, sum(cast(crc32(concat_ws('|', {columns})) as bigint)) as hash"
                f" from aero_clean.flights where year = {month.year} and month = {month.month}")  # fmt: skip
    return row


class Site:
    """A server of ours like PREZIP, and the scheduler that looks at it."""

    def __init__(self, server):
        self.server = server

    def publish(self, month, rows, version):
        name, body = real_months.prezip(*month, rows)
        self.server.put(name, body, changed=1_790_000_000 + version)

    def look(self):
        """Have the scheduler look now; what it found and did, by month."""
        aero("schedule", "run-now")
        asked = datetime.now(UTC)

        def has_ended():
            run = schedule.report(load_settings())
            return "ended_at" in run and datetime.fromisoformat(run["ended_at"]) > asked

        until(has_ended, seconds=600)
        run = aero("schedule", "show", "--json").json["last_run"]
        return {month["when"]: (month["found"], month["outcome"]) for month in run["months"]}


@pytest.fixture(scope="module")
def site(cluster):
    with PrezipServer().running() as server:
        aero("schedule", "set", "--source", server.url, "--months-back", "4")
        yield Site(server)
    aero("schedule", "pause")


BEFORE, NEWEST = months_ago(3), months_ago(2)


def spark_applications():
    """How many YARN has seen."""
    page = f"http://{load_settings().address('RESOURCEMANAGER_HTTP')}/ws/v1/cluster/apps"
    session = http_door.sign(requests.Session())
    apps = session.get(page, params={"applicationTypes": "SPARK"}, timeout=10).json()["apps"]
    return len(apps["app"]) if apps else 0


def test_new_months_are_found_and_loaded_in_one_spark_application(site):
    site.publish(BEFORE, rows_of(BEFORE), version=0)
    site.publish(NEWEST, rows_of(NEWEST), version=0)
    before = spark_applications()
    assert site.look() == {str(BEFORE): ("new", "loaded"), str(NEWEST): ("new", "loaded")}
    assert spark_applications() - before == 1
    assert flights_of(NEWEST) == len(rows_of(NEWEST))


def test_a_broken_revision_is_refused_and_told_beside_one_that_replaces_its_month(site, told):
    rows, revised = rows_of(NEWEST), rows_of(BEFORE)[:-10]
    site.publish(BEFORE, revised, version=1)
    site.publish(NEWEST, rows[: len(rows) // 2], version=1)
    assert site.look() == {str(BEFORE): ("revised", "loaded"), str(NEWEST): ("revised", "failed")}
    told.until("new", f"month-failed:{NEWEST}")
    assert in_ledger(BEFORE)["state"] == "revised" and flights_of(BEFORE) == len(revised)
    assert flights_of(NEWEST) == len(rows)
    entry = in_ledger(NEWEST)
    assert (entry["state"], entry["is_served"], entry["served_rows"]) == ("failed", True, len(rows))
    assert "every_day_has_flights" in entry["message"]
    of_newest = f"year = {NEWEST.year} and month = {NEWEST.month}"
    failed = sql(f"select check_name from aero_ops.checks where outcome = 'failed' and {of_newest}")
    assert {"every_day_has_flights", "rows_as_expected"} <= {row["check_name"] for row in failed}
    # Weather and forecasts that other tests made are of 2013: its exit code may say so.
    told = printed("freshness", subprocess.run([AERO, "freshness", "--json"], stdout=subprocess.PIPE).stdout)
    views = {row["table_name"]: row["state"] for row in told}
    assert views[FLIGHTS.name] == "fresh" and views["aero_batch.route_delays_monthly"] == "fresh"


@pytest.mark.long
def test_a_refused_month_that_somebody_accepts_is_published_and_withdrawn_and_says_by_whom(site, told):
    accepted = aero("accept", str(NEWEST), "--because", "half a [month] is all there is", "--json").json
    gates = {one["check_name"] for one in accepted["accepted"]}
    assert {"every_day_has_flights", "rows_as_expected"} <= gates
    assert flights_of(NEWEST) == len(rows_of(NEWEST)) // 2
    told.until("mended", f"month-failed:{NEWEST}")
    entry = in_ledger(NEWEST)
    assert (entry["state"], entry["message"]) == ("revised", None)
    assert {one["check_name"] for one in entry["accepted"]} == gates
    of_month = f"year = {NEWEST.year} and month = {NEWEST.month}"
    kept = sql(f"select check_name, load_id, because from aero_ops.acceptances where {of_month}")
    assert {row["check_name"] for row in kept} == gates
    assert {(row["load_id"], row["because"]) for row in kept} == {
        (entry["served_load_id"], "half a [month] is all there is")
    }
    assert "accepted by" in aero("checks", str(NEWEST)).out
    assert site.look() == {}


@pytest.mark.kills
def test_killed_publisher_spark_and_kafka_leave_what_a_clean_load_leaves(cluster, tmp_path):
    month = months_ago(5)
    (tmp_path / "month.csv").write_bytes(real_months.csv_bytes(real_months.rows(*month)))
    aero("load", "--from", str(month), "--to", str(month), "--source", str(tmp_path))
    bulk = contents_of(month)
    load_id = in_ledger(month)["served_load_id"]
    delete_by_hand(month)
    client = connections.webhdfs()
    client.delete(FLIGHTS.partition_path(*month), recursive=True)
    command = [AERO, "increment", str(month), "--source", str(tmp_path)]

    publisher = subprocess.Popen(command, start_new_session=True)
    _wait_for_records(1000)
    os.killpg(publisher.pid, signal.SIGKILL)
    assert flights_of(month) == 0

    consumer = subprocess.Popen(command, start_new_session=True)
    _wait_for_records(1000)
    offsets = f"{monthly.staging_path(load_id)}/checkpoint/offsets"
    client.write(f"{offsets}/.0.of-one-killed-in-its-first-moment.tmp", data=b"")
    kafka = Supervisor(load_settings()).process("kafka").pid
    psutil.Process(kafka).kill()
    until(lambda: client.status(f"{offsets}/0", strict=False))
    application = _kill_luigi(consumer)
    until(lambda: not application.is_running() or application.status() == psutil.STATUS_ZOMBIE)
    consumer.wait()
    assert flights_of(month) == 0

    aero("increment", str(month), "--source", str(tmp_path))
    assert contents_of(month) == bulk
    assert client.status(monthly.staging_path(load_id), strict=False) is None


def _kill_luigi(command):
    """kill -9 Luigi alone; its Spark application, which has to notice by itself."""
    processes = psutil.Process(command.pid).children(recursive=True)
    luigi = next(one for one in processes if "luigi_tasks" in one.cmdline())
    application = next(one for one in luigi.children() if "application.py" in one.cmdline()[-1])
    luigi.kill()
    return application


def _wait_for_records(count):
    before = sum(offsets_of_topic()[1].values())
    until(lambda: sum(offsets_of_topic()[1].values()) >= before + count, seconds=300)


def test_a_flight_is_explained_from_its_line_to_its_views(site):
    columns = "airline_id, flight_number, cast(flight_date as string) as flew_on, origin_id, source_line"
    of_month = f"year = {BEFORE.year} and month = {BEFORE.month}"
    [flight] = sql(f"select {columns} from aero_clean.flights where {of_month} and not is_cancelled limit 1")
    number = f"{flight['airline_id']}{flight['flight_number']}"
    [found] = aero("explain", number, "--day", flight["flew_on"], "--from", flight["origin_id"], "--json").json
    assert found["raw"]["number"] == flight["source_line"]
    assert flight["flew_on"] in found["raw"]["text"] and f'"{flight["flight_number"]}"' in found["raw"]["text"]
    assert len({view["view_name"] for view in found["views"]}) == 12
    assert all(view["flights"] > 0 for view in found["views"])


@pytest.mark.long
def test_a_month_deleted_by_hand_is_missing_within_a_minute_and_a_rebuild_has_the_same_rows_in_new_folders(site):
    names = [name for name in NAMES if name != "load_id"]
    rows, before = contents_of(BEFORE, names), in_ledger(BEFORE)
    delete_by_hand(BEFORE)
    assert in_ledger(BEFORE)["state"] == "missing"
    question = f"select state from aero_ops.months where year = {BEFORE.year} and month = {BEFORE.month}"
    until(lambda: sql(question) == [{"state": "missing"}], seconds=60)
    aero("rebuild", "--from", str(BEFORE), "--to", str(BEFORE))
    after = in_ledger(BEFORE)
    assert after["served_load_id"] != before["served_load_id"] and after["rows_clean"] == rows["n"]
    assert contents_of(BEFORE, names) == rows
    again = aero("load", "--from", str(BEFORE), "--to", str(BEFORE), "--source", site.server.url, "--json").json
    assert again["steps"]["cleaning"] == {"unchanged": 1}


def test_a_clean_slate_says_what_it_would_delete_and_deletes_nothing_unasked(site):
    output = aero("clean-slate", "--layer", "all").out
    assert "partitions of aero_clean.flights" in output and "topic flights.live" in output and "/aero/raw" not in output
    assert "Nothing was deleted" in output
    refused = aero("clean-slate", "--layer", "batch", "--delete", "--confirm", "all", fails=True)
    assert "nothing was deleted" in refused.err
    assert flights_of(BEFORE) > 0
