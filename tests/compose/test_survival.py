"""The demo's numbers through the doors, and the same numbers after everything that Compose and the world can do."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from aero.cluster import compose
from aero.settings import Settings
from aero.superset.client import Superset
from tests.compose import cluster

pytestmark = pytest.mark.compose


def test_the_doors_answer_this_machine_with_the_demos_numbers(year_2013, doors):
    assert cluster.flights() == cluster.FLIGHTS
    assert cluster.sql("SELECT sum(total_flights) FROM aero_batch.flight_statistics_daily WHERE year = 2013") == [
        (cluster.FLIGHTS,)
    ]
    pages = {
        "NAMENODE_DOOR": "/jmx?qry=none",
        "HBASE_MASTER_DOOR": "/jmx?qry=none",
        "LUIGID_DOOR": "/",
    }
    for door, path in pages.items():
        with urlopen(f"http://127.0.0.1:{doors[door]}{path}", timeout=30) as page:
            assert page.status == 200


@pytest.fixture(scope="module")
def superset(containers, doors, tmp_path_factory) -> Superset:
    """Superset through its door."""
    home = tmp_path_factory.mktemp("home")
    (home / "superset").mkdir()
    (home / "superset" / "admin_password").write_text(
        cluster.inside("superset", "cat", "/var/lib/aero/superset/admin_password")
    )
    return Superset(Settings(home, home, {"SUPERSET_HOST": "127.0.0.1", "SUPERSET_PORT": str(doors["SUPERSET_DOOR"])}))


def test_superset_shows_the_numbers_of_history_and_of_live_flights(year_2013, superset):
    numbers = {one["table_name"]: one["id"] for one in superset.datasets()}
    for table, question in {"route_delays_monthly": "SUM(total_flights)", "flight_state": "COUNT(*)"}.items():
        metric = {"expressionType": "SQL", "sqlExpression": question, "label": "flights"}
        body = {
            "datasource": {"id": numbers[table], "type": "table"},
            "queries": [{"metrics": [metric], "columns": []}],
        }
        [shown] = superset.chart_data(body)["result"][0]["data"]
        database = "aero_batch" if table != "flight_state" else "aero_live"
        assert cluster.sql(f"SELECT {question} FROM {database}.{table}") == [(shown["flights"],)]


def test_superset_answers_many_at_once_when_it_has_just_started(superset):
    cluster.docker("restart", cluster.container("superset"))
    cluster.until(lambda: cluster.ready(["superset"]), seconds=180)
    superset.datasets()  # Signed in once.
    with ThreadPoolExecutor(16) as pool:
        seen = list(pool.map(lambda _: sorted(one["id"] for one in superset.datasets()), range(200)))
    assert seen == [seen[0]] * 200


def test_supersets_worker_answers_what_sql_lab_does_not_wait_for(year_2013, superset):
    databases = {one["database_name"]: one["id"] for one in superset.ask("GET", "/api/v1/database/").json()["result"]}
    asked = {
        "database_id": databases["AERO history (Spark)"],
        "sql": "SELECT COUNT(*) AS flights FROM aero_clean.flights",
    }
    query = superset.ask(
        "POST", "/api/v1/sqllab/execute/", json=asked | {"runAsync": True, "client_id": "worker-test"}
    ).json()["query"]
    address = f"/api/v1/query/{query['serverId']}"
    cluster.until(lambda: superset.ask("GET", address).json()["result"]["status"] == "success", seconds=120)
    key = superset.ask("GET", address).json()["result"]["results_key"]
    assert superset.ask("GET", "/api/v1/sqllab/results/", params={"q": f"(key:'{key}')"}).json()["data"] == [
        {"flights": cluster.FLIGHTS}
    ]


def test_kafka_answers_outside_and_inside(containers, doors):
    who = {"bootstrap_servers": f"127.0.0.1:{doors['KAFKA_DOOR']}"}
    if cluster.is_closed("BROKER"):
        password = cluster.inside("kafka", "cat", "/var/lib/aero/secrets/passwords/aero")
        who |= {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN"}
        who |= {"sasl_plain_username": "aero", "sasl_plain_password": password}
    producer = KafkaProducer(**who, acks="all")
    producer.send("flights.monthly", value=b"from the machine").get(timeout=30)
    producer.close()
    consumer = KafkaConsumer(**who, auto_offset_reset="earliest", consumer_timeout_ms=20_000)
    consumer.assign([TopicPartition("flights.monthly", number) for number in range(4)])
    assert next(consumer).value == b"from the machine"
    consumer.close()


def test_aero_on_this_machine_speaks_to_the_containers(year_2013, tmp_path):
    query = tmp_path / "months.hql"
    query.write_text("SELECT count(DISTINCT month) AS months FROM aero_clean.flights WHERE year = 2013;\n")
    assert json.loads(_output("sql", str(query), "--format", "json")) == [{"months": 12}]
    assert {row["state"] for row in json.loads(_output("status", "--json"))} == {"ready"}
    assert cluster.inside("superset", "cat", "/var/lib/aero/superset/admin_password") in _output("superset", "password")


def _output(*arguments: str) -> str:
    from tests.command import aero

    return aero("--profile", "compose", *arguments).out


def test_a_day_played_while_every_server_is_killed_ends_as_bts_says(year_2013):
    """About 2,000 events. After each kill queries answer and the stream goes on; in the end none is lost or twice."""
    assert compose.live_start(["--day", cluster.DAY, "--speed", "60"]) == 0
    cluster.until(lambda: sum(cluster.live_states().values()) > 0)
    for name in (*compose.ALWAYS, "replay"):
        cluster.kill_server(name)
        cluster.until(lambda: cluster.ready())
        cluster.until(lambda: cluster.flights() == cluster.FLIGHTS, seconds=120)
    assert compose.live_start(["--day", cluster.DAY]) == 0
    cluster.until(lambda: cluster.live_states() == cluster.STATES)
    departed = cluster.STATES["active"] + cluster.STATES["landed"]
    cluster.until(lambda: cluster.departures_in_windows() == {"airport": departed, "airline": departed})


def test_down_and_up_restart_and_a_kill_by_docker_leave_the_numbers(year_2013):
    states = cluster.live_states()
    compose.down([])
    assert cluster.compose.containers() == []
    assert compose.up([]) == 0
    _is_as_before(states)
    assert compose.compose("restart", "namenode", "kafka", "hiveserver2") == 0
    cluster.until(cluster.ready)
    _is_as_before(states)
    assert compose.compose("kill", "-s", "KILL", "datanode", "regionserver", "postgres") == 0
    assert compose.up([]) == 0
    _is_as_before(states)
    # As a rebuilt image has it made anew: another name, the same blocks, and a NameNode that knew it by the old name.
    assert compose.compose("up", "-d", "--no-deps", "--force-recreate", "datanode") == 0
    cluster.until(cluster.ready)
    _is_as_before(states)


def _is_as_before(states: dict[str, int]) -> None:
    cluster.until(lambda: cluster.flights() == cluster.FLIGHTS, seconds=180)
    cluster.until(lambda: cluster.live_states() == states, seconds=180)


def test_replicas_are_taken_in_and_one_removed_loses_nothing(year_2013):
    states = cluster.live_states()
    assert compose.up(["--scale", "datanode=3", "--scale", "nodemanager=2", "--scale", "regionserver=2"]) == 0
    cluster.until(lambda: _hdfs("NumLiveDataNodes") == 3)
    cluster.until(lambda: _hdfs("UnderReplicatedBlocks") == 0, seconds=900)
    _is_as_before(states)
    assert compose.up(["--scale", "datanode=2", "--scale", "nodemanager=1", "--scale", "regionserver=1"]) == 0
    cluster.until(lambda: _hdfs("NumLiveDataNodes") == 2)
    assert _hdfs("MissingBlocks") == 0
    _is_as_before(states)
    assert compose.up(["--scale", "datanode=1"]) == 0
    cluster.until(lambda: _hdfs("NumLiveDataNodes") == 1)
    _is_as_before(states)


def _hdfs(name: str) -> int:
    door = os.environ["NAMENODE_DOOR"]
    with urlopen(f"http://127.0.0.1:{door}/jmx?qry=Hadoop:service=NameNode,name=FSNamesystem*", timeout=10) as page:
        return next(bean[name] for bean in json.load(page)["beans"] if name in bean)
