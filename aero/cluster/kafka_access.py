"""Who may do what at Kafka, where its door is closed: sources write `flights.live`, the stream reads it and writes what
it makes of it, months go in and out by their own account; operators may do all. kafka/topics.toml says it by topic.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aero import kafka_clients, people
from aero.errors import AeroError
from aero.settings import Settings

if TYPE_CHECKING:
    from kafka.admin import ACL, KafkaAdminClient

AUTHORIZER = "aero.doors.kafka.Rights"  # Kafka's own, with its refusals in the audit.
ACCOUNTS = (kafka_clients.SOURCES, kafka_clients.STREAM, kafka_clients.MONTHS)
# So the groups are called in which Spark reads.
SPARK_GROUPS = "spark-kafka-"


def kafka_variables(settings: Settings) -> dict[str, str]:
    """What kafka/conf/server.properties reads, on one machine."""
    is_closed, inside = settings.is_closed("BROKER"), f"INSIDE://{settings.address('KAFKA')}"
    return {
        "KAFKA_ADVERTISED_LISTENERS": inside,
        "KAFKA_LISTENERS": f"{inside},CONTROLLER://localhost:{settings.port('KAFKA_CONTROLLER')}",
        "KAFKA_PROTOCOL": kafka_clients.PROTOCOL if is_closed else "PLAINTEXT",
        "KAFKA_AUTHORIZER": AUTHORIZER if is_closed else "",
    }


def provide(settings: Settings, admin: "KafkaAdminClient", topics: Mapping[str, Mapping[str, Any]]) -> None:
    """Give each account its password as it is now, and what it may do, no more and no less. Raises AeroError where
    Kafka refuses that."""
    if not settings.is_closed("BROKER"):
        return
    _make_accounts(settings, admin)
    wanted, there = set(_wanted(topics)), _there(admin)
    refused = admin.create_acls(sorted(wanted - there, key=repr))["failed"] if wanted - there else []
    if there - wanted:
        refused += [error for _, _, error in admin.delete_acls(sorted(there - wanted, key=repr)) if error.errno]
    if refused:
        raise AeroError(f"Kafka did not take its access rights: {refused}", "See `aero logs kafka`.")


def _make_accounts(settings: Settings, admin: "KafkaAdminClient") -> None:
    # Imported here because every command imports this module, by aero/cluster/services.py.
    from kafka.admin import UserScramCredentialUpsertion

    accounts = [
        UserScramCredentialUpsertion(name, kafka_clients.SCRAM, people.password_of(settings, name)) for name in ACCOUNTS
    ]
    if refused := {name: why for name, why in admin.alter_user_scram_credentials(accounts).items() if why}:
        raise AeroError(f"Kafka did not take the accounts: {refused}", "See `aero logs kafka`.")


def _wanted(topics: Mapping[str, Mapping[str, Any]]) -> Iterator["ACL"]:
    from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType

    def allowed(account: str, operation: str, kind: str, name: str, pattern: str = "LITERAL") -> ACL:
        of = ResourcePattern(ResourceType[kind], name, ACLResourcePatternType[pattern])
        return ACL(f"User:{account}", "*", ACLOperation[operation], ACLPermissionType.ALLOW, of)

    for name, topic in topics.items():
        # To write and to read each imply DESCRIBE.
        yield from (allowed(account, "WRITE", "TOPIC", name) for account in topic["written_by"])
        yield from (allowed(account, "READ", "TOPIC", name) for account in topic["read_by"])
    for account in sorted({account for topic in topics.values() for account in topic["read_by"]}):
        yield allowed(account, "READ", "GROUP", SPARK_GROUPS, "PREFIXED")


def _there(admin: "KafkaAdminClient") -> set["ACL"]:
    """What Kafka has of our accounts; what somebody gave others is left alone."""
    from kafka.admin import (
        ACLFilter,
        ACLOperation,
        ACLPermissionType,
        ACLResourcePatternType,
        ResourcePatternFilter,
        ResourceType,
    )

    every = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    found, _ = admin.describe_acls(ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, every))
    return {one for one in found if one.principal in [f"User:{account}" for account in ACCOUNTS]}
