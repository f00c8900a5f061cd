"""Kafka behind its closed door: a broker of its own, and who comes in as whom, and may do what."""

import os
import re
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    NewTopic,
    ResourcePattern,
    ResourceType,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError, TopicAuthorizationFailedError
from kafka.producer import KafkaProducer

from aero import audit, kafka_clients, people
from aero.cluster import drift, kafka_access, services, spark
from aero.datasets import TOPIC_LIVE, TOPIC_MONTHLY, TOPIC_PROCESSED, TOPIC_REJECTED
from aero.ops import java_metrics
from aero.producer import Producer
from tests.command import aero
from tests.kafka_broker import OPERATOR, READER, Broker, admin, as_account, plain, read, send
from tests.waiting import until_true

TOPICS = (TOPIC_LIVE, TOPIC_PROCESSED, TOPIC_REJECTED, TOPIC_MONTHLY)


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    """It ran with an open door before, and somebody wrote: closing it takes nothing away."""
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    try:
        broker.start("open")
        send({"bootstrap_servers": broker.inside}, TOPIC_LIVE, b"before the door was closed")
        broker.stop()
        broker.start("closed")
        for topic in TOPICS:
            send(as_account("aero"), topic)
        assert read(as_account("aero"), TOPIC_LIVE)
        yield broker
    finally:
        broker.end()


ACTS = {"read": read, "write": send}


def entries(broker):
    return audit.read(broker.settings.home, datetime.now(UTC) - timedelta(hours=1))


def signed_in(broker):
    """Who came in by name and password, as often as they did."""
    return [entry.who for entry in entries(broker) if entry.outcome == "signed in"]


def test_what_was_written_through_the_open_door_is_there(broker):
    assert b"before the door was closed" in read(as_account(kafka_clients.STREAM), TOPIC_LIVE)


@pytest.mark.parametrize("act", ["read", "write"])
def test_a_stranger_without_a_name_neither_writes_nor_reads(broker, act):
    for port in (broker.settings.port("KAFKA"), broker.outside, broker.settings.port("KAFKA_CONTROLLER")):
        with pytest.raises(KafkaError):
            ACTS[act]({"bootstrap_servers": f"localhost:{port}"}, TOPIC_LIVE, seconds=2)


@pytest.mark.parametrize(
    ("name", "password"),
    [("aero", "a guess"), ("kafka", "a guess"), ("nobody", "a guess"), READER, (OPERATOR[0], READER[1])],
)
def test_a_wrong_password_or_another_role_does_not_come_in(broker, name, password):
    before = len(signed_in(broker))
    for address in (broker.inside, f"localhost:{broker.outside}"):
        with pytest.raises(KafkaError):  # The library takes a refusal for a connection that was lost, and tries again.
            send(plain(name, password, address), TOPIC_LIVE, seconds=1)
    assert len(signed_in(broker)) == before


@pytest.mark.parametrize("name", kafka_access.ACCOUNTS)
def test_an_account_of_kafka_comes_in_by_scram_alone_and_inside_alone(broker, name):
    words = as_account(name)
    for other in (
        words | {"sasl_plain_password": "a guess"},
        words | {"sasl_mechanism": "PLAIN"},
        words | {"bootstrap_servers": f"localhost:{broker.outside}"},
    ):
        with pytest.raises(KafkaError), admin(other, seconds=1) as client:
            client.list_topics()


ALLOWED = {
    (kafka_clients.SOURCES, "write", TOPIC_LIVE),
    (kafka_clients.STREAM, "read", TOPIC_LIVE),
    (kafka_clients.STREAM, "write", TOPIC_PROCESSED),
    (kafka_clients.STREAM, "write", TOPIC_REJECTED),
    (kafka_clients.MONTHS, "write", TOPIC_MONTHLY),
    (kafka_clients.MONTHS, "read", TOPIC_MONTHLY),
    *(("aero", act, topic) for act in ("read", "write") for topic in TOPICS),
}


@pytest.mark.parametrize("act", ["read", "write"])
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("account", [*kafka_access.ACCOUNTS, "aero"])
def test_each_account_writes_and_reads_what_the_table_says(broker, account, act, topic):
    if (account, act, topic) in ALLOWED:
        ACTS[act](as_account(account), topic)
    else:
        with pytest.raises(TopicAuthorizationFailedError):
            ACTS[act](as_account(account), topic, seconds=5)


@pytest.mark.parametrize("account", kafka_access.ACCOUNTS)
def test_an_account_makes_no_topic_deletes_none_and_gives_itself_nothing(broker, account):
    pattern = ResourcePattern(ResourceType.TOPIC, TOPIC_LIVE)
    acl = ACL(f"User:{account}", "*", ACLOperation.ALL, ACLPermissionType.ALLOW, pattern)
    with admin(as_account(account)) as client:
        for act in (
            lambda: client.create_topics([NewTopic("theirs", 1, 1)]),
            lambda: client.delete_topics([TOPIC_LIVE]),
        ):
            with pytest.raises(KafkaError):
                act()
        with suppress(KafkaError):
            assert client.create_acls([acl])["succeeded"] == []
        mine = UserScramCredentialUpsertion("aero", kafka_clients.SCRAM, "a password")
        assert all(client.alter_user_scram_credentials([mine]).values())


def test_an_operator_comes_in_at_the_door_outside_and_may_do_all(broker):
    who = plain(*OPERATOR, f"localhost:{broker.outside}")
    send(who, TOPIC_MONTHLY, b"from outside")
    assert b"from outside" in read(who, TOPIC_MONTHLY)
    with admin(who) as client:
        client.create_topics([NewTopic("trial", 1, 1)])
        client.delete_topics(["trial"])


def test_a_person_who_was_removed_does_not_come_in_again(broker):
    people.add(broker.settings, "gone", "operator", "a-password-of-some-time")
    who = plain("gone", "a-password-of-some-time", f"localhost:{broker.outside}")
    send(who, TOPIC_MONTHLY)
    people.remove(broker.settings, "gone")
    with pytest.raises(KafkaError):
        send(who, TOPIC_MONTHLY, seconds=1)


def test_guesses_do_not_hold_up_who_comes_in(broker):
    """Kafka asks for passwords on a thread of its network."""

    def guess(number):
        with suppress(KafkaError):
            send(plain(f"guess{number % 3}", "x" * 12, broker.inside), TOPIC_LIVE, seconds=5)

    guesses = [Thread(target=guess, args=(number,)) for number in range(12)]
    for one in guesses:
        one.start()
    began = time.monotonic()
    send(as_account(kafka_clients.SOURCES), TOPIC_LIVE)
    send(as_account("aero"), TOPIC_LIVE)
    took = time.monotonic() - began
    for one in guesses:
        one.join()
    assert took < 10


def test_sign_ins_are_in_the_audit(broker):
    send(plain(*OPERATOR, broker.inside), TOPIC_LIVE)
    with pytest.raises(KafkaError):
        send(plain(*READER, broker.inside), TOPIC_LIVE, seconds=1)
    found = {(entry.door, entry.who, entry.outcome, entry.why) for entry in entries(broker)}
    assert ("kafka", "aero", "signed in", "") in found and ("kafka", OPERATOR[0], "signed in", "") in found
    why = "the role reader has no door here, only operator has"
    assert ("kafka", READER[0], "not signed in", why) in found


def test_from_where_an_operator_comes_is_in_the_audit_once_a_connection(broker):
    people.add(broker.settings, "once", "operator", "a-password-of-once")
    with closing(KafkaProducer(**plain("once", "a-password-of-once", broker.inside))) as producer:
        for _ in range(3):
            producer.send(TOPIC_LIVE, value=b"x").get(timeout=20)
    of_once = [(entry.what, entry.outcome, entry.address) for entry in entries(broker) if entry.who == "once"]
    connected = of_once.count(("connect", "allowed", "127.0.0.1"))
    # On a busy machine the broker may hear of the password after the first connection.
    refused = of_once.count(("sign in", "not signed in", ""))
    assert 1 <= connected <= of_once.count(("sign in", "signed in", "")) == len(of_once) - connected - refused
    people.remove(broker.settings, "once")


def test_from_where_a_wrong_password_came_is_in_the_broker_s_log(broker):
    before = broker.log.stat().st_size
    with pytest.raises(KafkaError):
        send(plain(OPERATOR[0], "a guess", broker.inside), TOPIC_LIVE)
    until_true(lambda: b"Failed authentication with /127.0.0.1" in broker.log.read_bytes()[before:])


def test_what_an_account_has_no_right_to_is_in_the_audit_once_a_minute(broker):
    for _ in range(3):
        with pytest.raises(TopicAuthorizationFailedError):
            send(as_account(kafka_clients.STREAM), TOPIC_LIVE, seconds=2)
    with admin(as_account(kafka_clients.SOURCES)) as client, pytest.raises(KafkaError):
        client.delete_topics([TOPIC_LIVE])
    refused = [entry for entry in entries(broker) if entry.outcome == "refused"]
    assert {(entry.door, entry.address) for entry in refused} == {("kafka", "127.0.0.1")}
    for who, act in ((kafka_clients.STREAM, "write"), (kafka_clients.SOURCES, "delete")):
        times = sorted(one.at for one in refused if (one.who, one.what) == (who, f"{act} topic {TOPIC_LIVE}"))
        assert times and all(later - before >= timedelta(seconds=59) for before, later in pairwise(times))


def test_the_producer_of_the_sources_comes_in_and_the_broker_writes_down_what_it_took(broker):
    with Producer(broker.inside, TOPIC_LIVE) as producer:
        producer.send(b"key", b"value")
        assert producer.flush(timeout=30)
    until_true(lambda: dict(java_metrics.read(broker.settings, "kafka")).get("aero_kafka_produce_p99_seconds"))
    told = dict(java_metrics.read(broker.settings, "kafka"))
    assert {name for name in java_metrics.HELP if name.startswith("aero_kafka_")} <= set(told)
    assert told["aero_kafka_records_total"] > 0 and told["aero_kafka_offline_partitions"] == 0


def test_a_batch_that_is_too_large_for_its_topic_is_refused(broker):
    with pytest.raises(KafkaError, match="MessageSizeTooLarge|RecordTooLarge|larger than"):
        send(as_account(kafka_clients.SOURCES), TOPIC_LIVE, b"x" * 200_000)


def test_rights_that_are_no_longer_in_the_file_are_taken_back(broker):
    topics = {topic["name"]: topic for topic in drift.declared("kafka/topics.toml")["topic"]}
    more = topics | {TOPIC_MONTHLY: topics[TOPIC_MONTHLY] | {"written_by": [kafka_clients.SOURCES]}}
    with closing(kafka_clients.admin()) as client:
        kafka_access.provide(broker.settings, client, more)
        time.sleep(1)
        send(as_account(kafka_clients.SOURCES), TOPIC_MONTHLY)
        kafka_access.provide(broker.settings, client, topics)
    time.sleep(1)
    with pytest.raises(TopicAuthorizationFailedError):
        send(as_account(kafka_clients.SOURCES), TOPIC_MONTHLY)
    send(as_account(kafka_clients.MONTHS), TOPIC_MONTHLY)


def test_no_password_is_in_a_command_line_nor_in_the_log(broker):
    passwords = [path.read_text() for path in (broker.settings.secrets / "passwords").iterdir()]
    assert len(passwords) == len(people.PLATFORM) + len(people.AT_KAFKA)
    log = broker.log.read_text()
    command = " ".join(services.BY_NAME["kafka"].command(services.environment(broker.settings)))
    assert "Kafka Server started" in log  # It does write one.
    assert not [name for name in passwords if name in log or name in command]


def test_aero_kafka_runs_the_tools_of_kafka_as_the_platform(broker):
    assert set(TOPICS) <= set(aero("kafka", "topics", "--list").out.split())
    first = ("--topic", TOPIC_LIVE, "--from-beginning", "--max-messages", "1")
    shown = aero("kafka", "console-consumer", *first)
    assert shown.out.split("\n")[0] in ("x", "before the door was closed")
    assert people.password_of(broker.settings, "aero") not in shown.out + shown.err


SPARK = """
import sys
from pyspark.sql import SparkSession
from aero import kafka_clients
stream = kafka_clients.spark_options(kafka_clients.STREAM, sys.argv[1])
session = SparkSession.builder.master("local[1]").config("spark.jars", sys.argv[2]).getOrCreate()
session.sparkContext.setLogLevel("INFO")
records = session.read.format("kafka").options(**stream).option("subscribe", sys.argv[3]).load()
records.explain(True)
records.selectExpr("value").write.format("kafka").options(**stream).option("topic", sys.argv[4]).save()
print("rows", records.count())
query = session.readStream.format("kafka").options(**stream).option("subscribe", sys.argv[3]).load().writeStream
query = query.format("noop").trigger(availableNow=True).start()
query.awaitTermination()
query.explain(True)
"""


def test_spark_reads_and_writes_as_the_stream_and_tells_nobody_the_password(broker):
    variables = spark.environment(broker.settings)
    kafka_jars = ",".join(map(str, Path(variables["JOBS_LIB"]).glob("*.jar")))
    ran = subprocess.run(
        ["nice", sys.executable, "-c", SPARK, broker.inside, kafka_jars, TOPIC_LIVE, TOPIC_PROCESSED],
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )
    said = ran.stdout + ran.stderr
    assert ran.returncode == 0, said[-3000:]
    assert re.search(r"^rows [1-9]", said, re.MULTILINE)
    assert people.password_of(broker.settings, kafka_clients.STREAM) not in said
