"""How a Java server, or a tool of the same jars, is run: Java's flags and the class path."""

from collections.abc import Mapping
from dataclasses import dataclass

from aero.cluster import java
from aero.datasets import REPOSITORY


@dataclass(frozen=True)
class JavaRuntime:
    """The jars, the configuration and the flags of one family of Java programs."""

    lib: tuple[str, ...]  # Variables that name its folders of jars.
    conf: tuple[str, ...]  # Folders of the repository whose conf/ is on the class path; the first wins.
    flags: tuple[str, ...] = ()
    door: tuple[str, str] | None = None  # The variable that says `closed`, and a folder of `conf` that is first then.

    def command(self, variables: Mapping[str, str], *flags: str) -> list[str]:
        """Java with its flags, those given here too, and its class path. The main class and its arguments follow."""
        is_closed = self.door and variables[self.door[0]] == "closed"
        folders = (self.door[1], *self.conf) if self.door and is_closed else self.conf
        confs = [str(REPOSITORY / conf / "conf") for conf in folders]
        libs = [variables[lib] if lib == "HADOOP_WEB" else f"{variables[lib]}/*" for lib in self.lib]
        return [
            f"{variables['JAVA_HOME']}/bin/java",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.net.preferIPv4Stack=true",
            "-Duser.timezone=UTC",
            f"-Djava.io.tmpdir={variables['TMPDIR']}",
            "-XX:-UsePerfData",  # Else each Java process has a file in /tmp.
            *java.OPENS,
            *self.flags,
            *flags,
            *variables["AERO_JAVA_FLAGS"].split(),  # A site's own; the last word counts.
            "-cp",
            ":".join([*confs, *libs]),
        ]


HADOOP = JavaRuntime(("HADOOP_WEB", "HADOOP_LIB", "DOORS_LIB"), ("hadoop",))
HIVE = JavaRuntime(("HIVE_LIB", "HBASE_HANDLER_LIB", "DOORS_LIB"), ("hive", "hadoop", "hbase"))
HIVESERVER2 = JavaRuntime(HIVE.lib, HIVE.conf, door=("HIVE_DOOR", "hive/doors"))
HBASE = JavaRuntime(("HBASE_LIB", "DOORS_LIB"), ("hbase", "hadoop"), tuple(java.HBASE_OPENS))
KAFKA = JavaRuntime(
    ("KAFKA_LIB", "DOORS_LIB"),
    ("kafka",),
    (f"-Dlog4j2.configurationFile={REPOSITORY / 'kafka' / 'conf' / 'log4j2.properties'}",),
)
