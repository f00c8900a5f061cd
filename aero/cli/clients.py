"""aero hdfs and aero beeline: the clients that come with the servers, given the right jars, addresses and user."""

import os

import click

from aero import connections
from aero.cli import passwords
from aero.cluster import services, spark
from aero.cluster.java_runtime import HADOOP
from aero.settings import load_settings

_HDFS = {
    "dfs": "org.apache.hadoop.fs.FsShell",
    "dfsadmin": "org.apache.hadoop.hdfs.tools.DFSAdmin",
    "fsck": "org.apache.hadoop.hdfs.tools.DFSck",
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
