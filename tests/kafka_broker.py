"""Kafka's broker in a data root and on ports of its own, as the platform starts it, and clients that come in there."""

import os
import subprocess
import time
from contextlib import closing

import pytest
from kafka.admin import KafkaAdminClient
from kafka.consumer import KafkaConsumer
from kafka.errors import TopicAuthorizationFailedError
from kafka.producer import KafkaProducer
from kafka.structs import TopicPartition

from aero import kafka_clients, people
from aero.cluster import jars, services
from aero.datasets import TOPIC_REJECTED
from aero.screen import Console
from aero.settings import DOORS, PORTS, load_settings
from tests.ports import free_port
from tests.waiting import until

READER, OPERATOR = ("ann-reader", "a-long-password"), ("olga", "another-long-password")


class Broker:
    """The platform's own broker in a data root and on ports of its own, with the door outside that containers have."""

    def __init__(self, home):
        self.patch, self.process = pytest.MonkeyPatch(), None
        self.outside = free_port()
        for name in PORTS:
            self.patch.setenv(name, str(free_port()))
        for name in (*DOORS, "AERO_SECRETS_DIR", "AERO_PORT_OFFSET"):
            self.patch.delenv(name, raising=False)
        self.patch.setenv("AERO_HOME", str(home))
        self.patch.setenv("KAFKA_HEAP_MB", "256")
        self.patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
        inside, controller = os.environ["KAFKA_PORT"], os.environ["KAFKA_CONTROLLER_PORT"]
        listeners = f"INSIDE://localhost:{inside},OUTSIDE://localhost:{self.outside}"
        self.patch.setenv("KAFKA_LISTENERS", f"{listeners},CONTROLLER://localhost:{controller}")
        self.patch.setenv("KAFKA_ADVERTISED_LISTENERS", listeners)
        with self.patch.context() as patch:
            patch.setattr(jars, "BUNDLES", {name: jars.BUNDLES[name] for name in ("kafka", "hive/doors", "jobs")})
            jars.resolve(load_settings(), Console(stderr=True))
        people.make_platform_accounts(load_settings())
        people.add(load_settings(), READER[0], "reader", READER[1])
        people.add(load_settings(), OPERATOR[0], "operator", OPERATOR[1])
        self.log = home / "kafka.log"

    def start(self, door):
        """Start it with its door open or closed; ready and provisioned when this returns."""
        self.run(door)
        until(self._is_ready, seconds=120, may_be_away=False)
        services.BY_NAME["kafka"].provision(self.settings, services.environment(self.settings))

    def run(self, door):
        """Start its process."""
        self.patch.setenv("BROKER_DOOR", door)
        self.settings = load_settings()
        variables, kafka = services.environment(self.settings), services.BY_NAME["kafka"]
        command = kafka.command(variables)
        kafka.prepare(self.settings, variables, command)
        with self.log.open("a") as log:
            self.process = subprocess.Popen(["nice", *command], env=os.environ | variables, stdout=log, stderr=log)

    def _is_ready(self):
        assert self.process.poll() is None, self.log.read_text()[-5000:]
        return services.BY_NAME["kafka"].waits_for(self.settings) is None

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def end(self):
        """Stop it at once, and give the process its variables back."""
        if self.process:
            self.process.kill()
        self.patch.undo()

    @property
    def inside(self):
        return self.settings.address("KAFKA")


def plain(name, password, address):
    words = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN"}
    return words | {"bootstrap_servers": address, "sasl_plain_username": name, "sasl_plain_password": password}


def as_account(name):
    return {"bootstrap_servers": load_settings().address("KAFKA")} | kafka_clients.sign_in(name)


def send(who, topic, value=b"x", seconds=10):
    waits = {"bootstrap_timeout_ms": seconds * 1000, "max_block_ms": seconds * 1000, "delivery_timeout_ms": 30_000}
    with closing(KafkaProducer(**who, **waits)) as producer:
        return producer.send(topic, value=value).get(timeout=20)


def read(who, topic, seconds=10):
    """What is in the topic, which is never empty: one of which nothing is told looks empty to kafka-python."""
    found, until_at = [], time.monotonic() + seconds
    waits = {"bootstrap_timeout_ms": seconds * 1000, "enable_auto_commit": False, "auto_offset_reset": "earliest"}
    with closing(KafkaConsumer(**who, **waits)) as consumer:
        consumer.assign([TopicPartition(topic, number) for number in range(1 if topic == TOPIC_REJECTED else 4)])
        while (new := consumer.poll(timeout_ms=500)) or (not found and time.monotonic() < until_at):
            found += [record.value for records in new.values() for record in records]
    if not found:
        raise TopicAuthorizationFailedError(topic)
    return found


def admin(who, seconds=10):
    return closing(KafkaAdminClient(**who, bootstrap_timeout_ms=seconds * 1000))
