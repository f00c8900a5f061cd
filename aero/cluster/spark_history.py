"""Spark's history server: the pages of the applications of loads, after they ended (aero/cluster/spark_events.py).

It is no service: nobody needs it before something was slow. With HTTP_DOOR=closed it asks as the pages of YARN do.
"""

from aero.cluster import spark, spark_events, surroundings
from aero.datasets import REPOSITORY
from aero.settings import Settings

HEAP_MB = 512
# It keeps the pages of so many applications in memory.
APPLICATIONS = 10


def conf(settings: Settings) -> dict[str, str]:
    """Spark's settings of it."""
    own = {
        "spark.history.fs.logDirectory": spark_events.folder(settings).as_uri(),
        "spark.history.ui.port": str(settings.port("SPARK_HISTORY_HTTP")),
        "spark.history.retainedApplications": str(APPLICATIONS),
        "spark.history.fs.update.interval": "5s",
    }
    return own | ({"spark.ui.filters": "aero.doors.http.SparkDoor"} if settings.is_closed("HTTP") else {})


def command(settings: Settings) -> tuple[list[str], dict[str, str]]:
    """The command that is the server, in the foreground, and its environment."""
    variables = spark.environment(settings)
    words = [
        f"{variables['JAVA_HOME']}/bin/java", f"-Xmx{HEAP_MB}m", "-XX:+UseSerialGC", "-XX:-UsePerfData",
        "-Djava.net.preferIPv4Stack=true", "-Duser.timezone=UTC", f"-Djava.io.tmpdir={settings.temporary}",
        "-Daero.service=spark-history", *(f"-D{name}={value}" for name, value in conf(settings).items()),
        "-cp", f"{REPOSITORY / 'jobs' / 'conf'}:{spark.home() / 'jars'}/*:{variables['DOORS_LIB']}/*",
        "org.apache.spark.deploy.history.HistoryServer",
    ]  # fmt: skip
    return words, surroundings.variables() | variables
