"""aero hdfs, aero kafka and aero beeline: clients that come with the servers, given the right jars, addresses, user."""

import os

import click

from aero import connections, kafka_clients
from aero.cli import passwords
from aero.cluster import services, spark
from aero.cluster.java_runtime import HADOOP, KAFKA
from aero.settings import load_settings

_HDFS = {
    "dfs": "org.apache.hadoop.fs.FsShell",
    "dfsadmin": "org.apache.hadoop.hdfs.tools.DFSAdmin",
    "fsck": "aero.doors.http.Fsck",
}
# The class of each, and its option for a file with what a client needs to come in.
_KAFKA = {
    "console-consumer": ("consumer.ConsoleConsumer", "--consumer.config"),
    "consumer-groups": ("consumer.group.ConsumerGroupCommand", "--command-config"),
    "topics": ("TopicCommand", "--command-config"),
}
_PASS_ON = {"ignore_unknown_options": True, "help_option_names": []}


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("tool", type=click.Choice(list(_HDFS)))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def hdfs(tool: str, arguments: tuple[str, ...]) -> None:
    """Run Hadoop's own `hdfs dfs`, `hdfs dfsadmin` or `hdfs fsck`.

    \b
    aero hdfs dfs -du -h /aero
    aero hdfs dfsadmin -report
    aero hdfs fsck /aero
    """
    variables = services.environment(load_settings())
    # Standard output holds the answer alone, since it may go into a file.
    java = HADOOP.command(variables, "-Xmx512m", "-Daero.log.level=WARN", "-Daero.log.target=System.err")
    os.execvpe(java[0], [*java, _HDFS[tool], *arguments], os.environ | variables)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("tool", type=click.Choice(list(_KAFKA)))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def kafka(tool: str, arguments: tuple[str, ...]) -> None:
    """Run Kafka's own console consumer, or what it tells of topics and consumer groups.

    \b
    aero kafka topics --list
    aero kafka topics --describe --topic flights.live
    aero kafka console-consumer --topic flights.live --from-beginning --max-messages 1
    aero kafka consumer-groups --list
    """
    settings = load_settings()
    variables = services.environment(settings)
    java = KAFKA.command(variables, "-Xmx256m", "-Daero.log.level=WARN", "-Daero.log.target=SYSTEM_ERR")
    name, option = _KAFKA[tool]
    words = ["--bootstrap-server", settings.address("KAFKA")]
    if login := kafka_clients.java_properties(settings):
        words += [option, _readable_once(login)]
    os.execvpe(java[0], [*java, f"org.apache.kafka.tools.{name}", *words, *arguments], os.environ | variables)


@click.command(context_settings=_PASS_ON)
@passwords.as_option
@passwords.file_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def beeline(name: str | None, password_file: str | None, arguments: tuple[str, ...]) -> None:
    """Run beeline, Hive's own SQL shell, connected to HiveServer2. What follows goes to beeline.

    \b
    aero beeline
    aero beeline --as ada
    aero beeline -e "show tables in aero_batch"
    aero beeline --hivevar year=2013 -f hive/demo/flights_by_month.hql
    """
    settings = load_settings()
    login = connections.sign_in(settings, "HIVESERVER2", passwords.login("HIVESERVER2", name, password_file))
    program = str(spark.home() / "bin" / "beeline")
    words = ["-u", f"jdbc:hive2://{settings.address('HIVESERVER2')}/default", "-n", login["username"]]
    if "password" in login:
        words += ["-w", _readable_once(login["password"])]
    variables = os.environ | services.environment(settings)
    os.execvpe(program, [program, *words, *arguments], variables)


def _readable_once(text: str) -> str:
    """A path that holds a short text for the program which this process becomes, and for nobody after it."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    os.set_inheritable(reading, True)
    return f"/dev/fd/{reading}"
