"""The services as their user meets them: up, status, logs, down, and what may go wrong."""

import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from kafka.admin import NewTopic
from pyhive.exc import OperationalError

from aero import connections, kafka_clients
from aero.cluster import kafka_guard, services
from aero.errors import AeroError
from aero.settings import load_settings
from luigi_tasks import spark_job
from tests.command import AERO, aero, sql
from tests.printed import printed
from tests.waiting import until_true

pytestmark = pytest.mark.cluster


def _status() -> dict[str, dict]:
    """The services that `aero up` starts."""
    rows = aero("status", "--json", "--within", "60").json  # A test's machine is busy.
    assert [row["name"] for row in rows] == [service.name for service in services.SERVICES]
    return {row["name"]: row for row in rows if row["state"] != "on demand"}


def test_every_service_of_the_list_is_ready_and_says_what_it_is():
    # The supervisor calls a server running some seconds after its start, which may be after it is ready.
    until_true(lambda: {row["state"] for row in _status().values()} == {"running"})
    status = _status()
    assert list(status) == [service.name for service in services.BASE]
    for row in status.values():
        assert row["ready"] and row["state"] == "running" and row["waits_for"] is None
        assert psutil.pid_exists(row["pid"]) and row["memory_mb"] > 10 and row["since"]
        assert all(port > 10_000 for port in row["ports"].values())


def test_the_table_for_people_names_every_service_and_the_pages():
    shown = aero("status", "--within", "60").out
    assert all(service.name in shown for service in services.SERVICES)
    assert f"{len(services.BASE)} of {len(services.BASE)} ready" in shown
    assert f"http://localhost:{load_settings().port('NAMENODE_HTTP')}/" in shown


def test_the_doctor_finds_nothing_on_services_that_are_well():
    """But for what tests before this one did to months."""
    until_true(lambda: all(row["ready"] for row in _status().values()))
    shown = subprocess.run([AERO, "doctor", "--json", "--within", "60"], capture_output=True, text=True)
    found = printed("doctor", shown.stdout)
    assert shown.returncode == bool(found), shown.stderr
    assert [one for one in found if one["name"] not in ("failed-months", "schedule")] == []


def test_up_again_starts_nothing():
    before = {name: row["pid"] for name, row in _status().items()}
    answer = aero("up")
    assert answer.err.count("was running") == len(services.BASE)
    assert {name: row["pid"] for name, row in _status().items()} == before


def test_a_frozen_namenode_is_named_and_keeps_no_command_waiting():
    namenode = psutil.Process(_status()["namenode"]["pid"])
    namenode.suspend()
    try:
        shown = aero("status", "--json", "--within", "3", fails=True).json
        months = aero("months", fails=True)
        found = aero("doctor", "--json", "--within", "3", fails=True).json
    finally:
        namenode.resume()
    # Servers that ask it may be as silent.
    [frozen] = [one for one in found if one["what"].startswith("namenode runs and is not ready")]
    assert frozen["name"] == "not-ready" and "holds up" in frozen["evidence"][1]
    waits = {row["name"]: row["waits_for"] for row in shown if row["state"] == "running" and not row["ready"]}
    assert waits["namenode"] == "an answer; it has said nothing for 3 s" and "kafka" not in waits
    assert "namenode is up, and has not answered for 8 s." in months.err and "aero down namenode; aero up" in months.err
    until_true(lambda: all(row["ready"] for row in _status().values()))


def _processes(row: dict) -> set[int]:
    """The process of a service; of a Python command also those that it has started."""
    if services.BY_NAME[row["name"]].runtime:
        return {row["pid"]}
    return {row["pid"], *(child.pid for child in psutil.Process(row["pid"]).children(recursive=True))}


def test_every_port_of_every_service_is_bound_to_loopback_only():
    processes = {name: _processes(row) for name, row in _status().items()}
    ours = set().union(*processes.values())
    listening = [one for one in psutil.net_connections("inet") if one.status == psutil.CONN_LISTEN and one.pid in ours]
    abroad = [one.laddr for one in listening if one.laddr.ip not in ("127.0.0.1", "::1", "::ffff:127.0.0.1")]
    assert abroad == []
    bound = {name: {one.laddr.port for one in listening if one.pid in pids} for name, pids in processes.items()}
    for name, row in _status().items():
        assert set(row["ports"].values()) <= bound[name], name


def test_heaps_are_capped_below_8_gib():
    assert sum(service.heap_mb for service in services.SERVICES) < 8 * 1024


def test_logs_shows_the_last_lines_of_a_service():
    lines = aero("logs", "namenode", "-n", "5").out.splitlines()
    assert len(lines) == 5


def test_a_service_killed_is_started_again_by_the_supervisor():
    before = _status()["hbase-thrift"]["pid"]
    psutil.Process(before).kill()

    def another_is_ready() -> bool:
        row = {row["name"]: row for row in printed("status", _raw_status())}["hbase-thrift"]
        return row["ready"] and row["pid"] != before

    until_true(another_is_ready)


def _raw_status() -> str:
    """The status whatever its exit code, which tells whether all are ready."""
    command = [Path(sys.executable).parent / "aero", "status", "--json"]
    return subprocess.run(command, capture_output=True, text=True).stdout


def test_the_secondary_namenode_makes_checkpoints():
    image = load_settings().home / "hdfs" / "checkpoint" / "current"
    connections.webhdfs().makedirs("/aero/tmp/something-to-check-point")
    newest = max((file.name for file in image.glob("fsimage_*")), default="")
    until_true(lambda: max((file.name for file in image.glob("fsimage_*[0-9]")), default="") > newest)


def test_folders_have_the_owners_and_modes_of_their_file():
    status = connections.webhdfs().status("/tmp/hive")
    assert (status["owner"], status["permission"]) == ("aero", "733")


def test_a_topic_that_differs_from_its_file_is_named_and_left_as_it_is():
    admin = kafka_clients.admin()
    try:
        admin.delete_topics(["flights.rejected"])
        until_true(lambda: "flights.rejected" not in admin.list_topics())
        admin.create_topics([NewTopic("flights.rejected", 3)])
        answer = aero("up", "kafka")
        assert "flights.rejected has 3 partitions, its file says 1" in " ".join(answer.err.split())
        [topic] = admin.describe_topics(["flights.rejected"])
        assert len(topic["partitions"]) == 3
    finally:
        admin.delete_topics(["flights.rejected"])
        until_true(lambda: "flights.rejected" not in admin.list_topics())
        admin.close()
    aero("up", "kafka")


def test_a_table_that_differs_from_its_file_is_named_and_left_as_it_is():
    sql("DROP TABLE aero_clean.airlines")
    sql("CREATE EXTERNAL TABLE aero_clean.airlines (airline_id INT, name STRING) LOCATION '/aero/clean/airlines'")
    answer = aero("up", "hiveserver2")
    assert "aero_clean.airlines column 1 is airline_id int, its file says airline_id string" in " ".join(
        answer.err.split()
    )
    assert sql("DESCRIBE aero_clean.airlines")[0]["data_type"] == "int"
    sql("DROP TABLE aero_clean.airlines")
    aero("up", "hiveserver2")


def test_the_name_of_an_analyst_who_left_is_given_anew_without_their_database():
    added = ("user", "add", "left-ann", "--role", "analyst", "--generate")
    aero(*added)
    try:
        sql("CREATE DATABASE scratch_left_ann")
        [dropped] = [
            line.split('"')[1] for line in aero("user", "rm", "left-ann", "--yes").err.splitlines() if '"' in line
        ]
        assert "There is a database scratch_left_ann of somebody" in aero(*added, fails=True).err
        sql(dropped)
        aero(*added)
    finally:
        sql("DROP DATABASE IF EXISTS scratch_left_ann CASCADE")
        aero("user", "rm", "left-ann", "--yes")


def test_kafka_is_formatted_with_an_id_that_begins_with_a_dash(tmp_path, monkeypatch):
    monkeypatch.setattr(kafka_guard.uuid, "uuid4", lambda: UUID(bytes=b"\xf8" + bytes(15)))
    variables = services.environment(load_settings()) | {"AERO_HOME": str(tmp_path)}
    broker = services.BY_NAME["kafka"].command(variables)
    kafka_guard.format_once(replace(load_settings(), home=tmp_path), variables, broker)
    assert "cluster.id=-" in (tmp_path / "kafka" / "meta.properties").read_text()


def test_a_container_larger_than_yarn_is_refused_at_once_and_the_next_job_runs(monkeypatch):
    monkeypatch.setenv("SPARK_EXECUTOR_MEMORY", "9999g")
    most = services.environment(load_settings())["YARN_MEMORY_MB"]
    with pytest.raises(AeroError, match=rf"is above the max threshold \({most} MB\)"):
        spark_job.run("clean_flights", [])
    monkeypatch.delenv("SPARK_EXECUTOR_MEMORY")
    assert spark_job.run("clean_flights", []) == ""
    spark_job.end()


def test_a_taken_port_is_named_with_its_service_and_nothing_is_started():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        home = load_settings().cache / "test-port"
        answer = aero("up", "kafka", AERO_HOME=str(home), KAFKA_PORT=port, AERO_PORT_OFFSET="12000", fails=True)
    assert f"Port {port} (KAFKA_PORT, kafka) is taken" in answer.err and "Nothing was started" in answer.err
    assert not home.exists()


def test_a_command_that_needs_a_service_that_is_down_says_what_to_type(tmp_path):
    elsewhere = {"AERO_HOME": str(tmp_path), "AERO_PORT_OFFSET": "13000"}
    answer = aero("load", "--from", "2013-01", "--to", "2013-01", **elsewhere, fails=True)
    assert "not ready" in answer.err and "aero up" in answer.err
    answer = aero("sql", "-e", "select 1", AERO_PORT_OFFSET="13000", fails=True)
    assert "aero up" in answer.err and "Traceback" not in answer.err


def test_what_hadoops_own_commands_print_is_the_answer_alone():
    assert aero("hdfs", "dfs", "-test", "-d", "/aero").out == ""
    answer = aero("hdfs", "dfs", "-cat", "/nowhere", fails=True)
    assert answer.out == "" and "/nowhere" in answer.err


def test_a_statement_that_takes_more_memory_than_there_is_fails_alone():
    before = _status()["spark-thrift"]["pid"]
    with closing(connections.spark()) as greedy, closing(connections.spark()) as other:
        with closing(greedy.cursor()) as cursor, pytest.raises(OperationalError) as refused:
            cursor.execute("SELECT MAX(SIZE(SEQUENCE(id, id + 500000000))) FROM RANGE(4)")  # Arrays of 4 GB.
        assert "OutOfMemoryError" in refused.value.args[0].status.errorMessage
        for connection in (greedy, other):
            with closing(connection.cursor()) as cursor:
                cursor.execute("SELECT COUNT(*) FROM RANGE(4)")
                assert cursor.fetchall() == [(4,)]
    assert _status()["spark-thrift"]["pid"] == before
