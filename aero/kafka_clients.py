"""Kafka's clients, and as whom they come in: every producer, consumer and admin client is made with what stands here.

Where the door is closed, `aero` comes in as at every other door, by name and password. The accounts at Kafka alone come
in by SCRAM; aero/cluster/kafka_access.py makes them, and says what each may do.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from aero import people
from aero.settings import Settings, load_settings

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient
    from kafka.consumer import KafkaConsumer

ADMIN = "aero"
SOURCES, STREAM, MONTHS = "kafka-sources", "kafka-stream", "kafka-months"
PROTOCOL = "SASL_PLAINTEXT"
SCRAM = "SCRAM-SHA-512"


def sign_in(account: str, settings: Settings | None = None) -> dict[str, Any]:
    """The arguments with which kafka-python comes in; none at an open door. Raises AeroError where the account's
    password can't be read."""
    quiet_library()
    settings = settings or load_settings()
    if not settings.is_closed("BROKER"):
        return {}
    return {
        "security_protocol": PROTOCOL,
        "sasl_mechanism": "PLAIN" if account == ADMIN else SCRAM,
        "sasl_plain_username": account,
        "sasl_plain_password": people.password_of(settings, account),
    }


def admin(settings: Settings | None = None, account: str = ADMIN, **options: Any) -> KafkaAdminClient:
    """An admin client of the cluster's broker."""
    from kafka.admin import KafkaAdminClient

    settings = settings or load_settings()
    return KafkaAdminClient(bootstrap_servers=settings.address("KAFKA"), **sign_in(account, settings), **options)


def consumer(account: str, bootstrap: str | None = None, **options: Any) -> KafkaConsumer:
    """A consumer that commits nothing."""
    from kafka.consumer import KafkaConsumer

    address = bootstrap or load_settings().address("KAFKA")
    return KafkaConsumer(bootstrap_servers=address, enable_auto_commit=False, **sign_in(account), **options)


def spark_options(account: str, bootstrap: str) -> dict[str, str]:
    """The options of Spark's source and sink `kafka`. Spark and Kafka write the one with the password into no log:
    jobs/conf/spark-defaults.conf."""
    words = sign_in(account)
    if not words:
        return {"kafka.bootstrap.servers": bootstrap}
    login = "org.apache.kafka.common.security.scram.ScramLoginModule required"
    return {
        "kafka.bootstrap.servers": bootstrap,
        "kafka.security.protocol": PROTOCOL,
        "kafka.sasl.mechanism": SCRAM,
        "kafka.sasl.jaas.config": f'{login} username="{account}" password="{words["sasl_plain_password"]}";',
    }


def java_properties(settings: Settings) -> str:
    """The properties with which Kafka's own tools come in as ADMIN, a line each; none at an open door. Raises AeroError
    as `sign_in` does."""
    words = sign_in(ADMIN, settings)
    if not words:
        return ""
    login = f'username="{ADMIN}" password="{words["sasl_plain_password"]}"'
    lines = {
        "security.protocol": PROTOCOL,
        "sasl.mechanism": words["sasl_mechanism"],
        "sasl.jaas.config": f"org.apache.kafka.common.security.plain.PlainLoginModule required {login};",
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def quiet_library() -> None:
    """Leave kafka-python's own log to whoever set a level for it: it repeats each lost connection many times, and warns
    of each password."""
    library = logging.getLogger("kafka")
    if library.level == logging.NOTSET:
        library.setLevel(logging.CRITICAL)
