"""What lies in the data root: whether what belongs together is there, as a start would look at it."""

from aero.cluster import hdfs_guard, kafka_guard, metastore_guard, services
from aero.errors import AeroError
from aero.ops.doctor.finding import Finding, Look


def names_of_hdfs(look: Look) -> list[Finding]:
    """The NameNode's folder is gone, or of another cluster than blocks or checkpoint."""
    try:
        hdfs_guard.is_new(look.settings, services.environment(look.settings))
    except AeroError as refused:
        return [Finding.of("names-lost", refused)]
    return []


def tables_of_the_metastore(look: Look) -> list[Finding]:
    """The metastore's database is gone, and HDFS holds tables. HDFS must answer."""
    if not look.is_ready("datanode"):
        return []
    try:
        metastore_guard.is_new(look.settings, services.environment(look.settings))
    except AeroError as refused:
        return [Finding.of("tables-lost", refused)]
    return []


def logs_of_kafka(look: Look) -> list[Finding]:
    """Kafka's folder has logs, and nothing says of which cluster."""
    try:
        kafka_guard.is_new(look.settings)
    except AeroError as refused:
        return [Finding.of("kafka-id-lost", refused)]
    return []
