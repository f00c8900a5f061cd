"""The properties of docs/connect/servers.md, as they stand there, given to Kafka's own consumer at a lone broker."""

import os
import subprocess

import pytest

from aero.cluster import services
from aero.cluster.java_runtime import KAFKA
from aero.datasets import TOPIC_LIVE
from tests import snippets
from tests.kafka_broker import OPERATOR, Broker, as_account, send
from tests.waiting import until_true

[PROPERTIES] = [text for kind, text in snippets.of("servers.md")["Kafka's console"] if kind == "properties"]


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    """It has one record."""
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    try:
        broker.start("closed")
        send(as_account("aero"), TOPIC_LIVE, b"an event")
        yield broker
    finally:
        broker.end()


def _shown(broker, file):
    """What Kafka's console consumer said, who was given a file."""
    words = ["--bootstrap-server", broker.inside, "--consumer.config", file, "--topic", TOPIC_LIVE,
             "--from-beginning", "--max-messages", "1", "--timeout-ms", "120000"]  # fmt: skip
    variables = services.environment(broker.settings)
    java = KAFKA.command(variables, "-Xmx128m", "-Daero.log.target=SYSTEM_ERR")
    command = ["nice", *java, "org.apache.kafka.tools.consumer.ConsoleConsumer", *words]
    return subprocess.run(command, env=os.environ | variables, capture_output=True, text=True)


def test_an_operator_s_properties_let_kafka_s_own_consumer_in(broker, tmp_path):
    name, password = OPERATOR
    file = tmp_path / "client.properties"
    file.write_text(PROPERTIES.replace("otto", name).replace("…", password))
    # Again: a broker on a busy machine refuses a password that takes it more than two seconds, and knows it then.
    until_true(lambda: _shown(broker, file).stdout == "an event\n")
    file.write_text(PROPERTIES.replace("otto", name))
    refused = _shown(broker, file)
    assert not refused.stdout and "Authentication failed" in refused.stderr
