"""Attempts at what passes work on: Kafka, luigid, Redis and PostgreSQL."""

import json
import struct
from contextlib import closing, suppress

import kafka
from kafka.admin import KafkaAdminClient, NewTopic

from aero.datasets import TOPIC_LIVE, TOPIC_PROCESSED
from bench.attacks import rpc, web
from bench.attacks.attempts import ANSWER_SECONDS, ATTEMPTS, Attempt, Refused, Target, Wall, Who, attempt
from bench.attacks.stores import says

METADATA = 3  # Kafka's number of the question which topics and brokers there are.


def _kafka(target: Target, make, **more):
    """A client of Kafka's, without a name. Its library takes a refusal for a connection that was lost, and asks again
    until its time is up: whether a question is answered at all is seen before."""
    with rpc.connected(target.host, target.port("KAFKA")) as connection:
        connection.sendall(struct.pack(">ihhihi", 14, METADATA, 1, 1, -1, -1))
        answer = b""
        with suppress(ConnectionResetError):
            answer = connection.recv(1)
        if not answer:
            raise Refused("no answer without a name and password: it closed the connection")
    where = f"{target.host}:{target.port('KAFKA')}"
    try:
        return make(bootstrap_servers=where, bootstrap_timeout_ms=ANSWER_SECONDS * 1000, **more)
    except (kafka.errors.KafkaConnectionError, kafka.errors.KafkaTimeoutError) as closed:
        raise Refused("no answer without a name and password") from closed


@attempt("Kafka", "KAFKA", wall=Wall.FIREWALL, issue=7)
def lists_topics(target: Target) -> str:
    """metadata without a name"""
    with closing(_kafka(target, KafkaAdminClient)) as admin:
        return f"answered {sorted(admin.list_topics())[:3]}"


@attempt("Kafka", "KAFKA", wall=Wall.FIREWALL, issue=7)
def makes_a_topic_and_writes_to_it(target: Target) -> str:
    """a topic of its own, an event in it"""
    with closing(_kafka(target, KafkaAdminClient)) as admin:
        admin.create_topics([NewTopic(target.marker, 1)])
        try:
            with closing(_kafka(target, kafka.KafkaProducer)) as producer:
                sent = producer.send(target.marker, b"attack").get(ANSWER_SECONDS)
        finally:
            admin.delete_topics([target.marker])
    return f"written at {sent.offset}"


@attempt("Kafka", "KAFKA", wall=Wall.FIREWALL, issue=7)
def reads_events(target: Target) -> str:
    """the newest offsets of the live events' topics"""
    topics = [kafka.TopicPartition(name, 0) for name in (TOPIC_LIVE, TOPIC_PROCESSED)]
    with closing(_kafka(target, kafka.KafkaConsumer)) as consumer:
        return f"answered {list(consumer.end_offsets(topics).values())}"


@attempt("Kafka's controller", "KAFKA_CONTROLLER", wall=Wall.FIREWALL)
def asks_the_controller(target: Target) -> str:
    """ApiVersions at the controller's port"""
    with rpc.connected(target.host, target.port("KAFKA_CONTROLLER")) as connection:
        connection.sendall(struct.pack(">ihhih", 10, 18, 0, 1, -1))
        size = struct.unpack(">i", rpc.receive(connection, 4))[0]
    return f"answered with {size} bytes"


@attempt("luigid", "LUIGID", issue=7)
def reads_the_tasks(target: Target) -> str:
    """GET /api/task_list"""
    return web.proof(web.ask(target, "GET", "LUIGID", "/api/task_list?data=%7B%22status%22%3A%22DONE%22%7D"))


def _task(target: Target, **headers: str) -> str:
    task = {"worker": target.marker, "task_id": target.marker, "status": "DONE", "runnable": False, "family": "attack"}
    return web.proof(
        web.ask(target, "POST", "LUIGID", "/api/add_task", data={"data": json.dumps(task)}, headers=headers)
    )


@attempt("luigid", "LUIGID", issue=7)
def adds_a_task(target: Target) -> str:
    """POST /api/add_task"""
    return _task(target)


@attempt("luigid", "LUIGID", who=Who.BROWSER, issue=7)
def a_foreign_page_adds_a_task(target: Target) -> str:
    """POST /api/add_task from a page of another site"""
    return _task(target, **web.FOREIGN)


@attempt("luigid", "LUIGID", issue=7)
def switches_a_worker_off(target: Target) -> str:
    """POST /api/disable_worker of a worker that it made up"""
    body = {"data": json.dumps({"worker": target.marker})}
    return web.proof(web.ask(target, "POST", "LUIGID", "/api/disable_worker", data=body))


@attempt("luigid", "LUIGID", issue=7)
def reads_the_page(target: Target) -> str:
    """GET /static/visualiser/index.html"""
    return web.proof(web.ask(target, "GET", "LUIGID", "/static/visualiser/index.html"))


ATTEMPTS.append(Attempt("asks for all keys", "Redis", "KEYS *", says("REDIS", b"KEYS *\r\n"), "REDIS", issue=7))


@attempt("PostgreSQL", "POSTGRES")
def comes_in_without_a_password(target: Target) -> str:
    """the start of a session as aero"""
    startup = b"user\0aero\0database\0metastore\0\0"
    with rpc.connected(target.host, target.port("POSTGRES")) as connection:
        connection.sendall(struct.pack(">ii", 8 + len(startup), 196608) + startup)
        answer = connection.recv(9)
    if answer[:1] == b"R" and struct.unpack(">i", answer[5:9])[0] != 0:
        raise Refused("it asks for a password")
    return f"answered {answer!r}"
