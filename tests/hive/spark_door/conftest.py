"""A Spark Thrift Server behind its door, with a metastore, tables, people and an audit of its own."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyhive import hive
from rich.console import Console

from aero import people
from aero.cluster import jars, java, spark, spark_thrift
from aero.datasets import ANALYST_TABLES, READER_TABLES, REPOSITORY
from aero.settings import Settings, load_settings
from tests.ports import free_port
from tests.waiting import until

SOURCES = REPOSITORY / "hive" / "doors" / "src" / "main" / "java"
PEOPLE = {"rita": "reader", "ana-1": "analyst", "otto": "operator"}
TABLES = Path(__file__).with_name("tables.hql")
PAST = "aero_as_of_20260101000000_0123abcd"
ROLES = {"AERO_READER_TABLES": ",".join(READER_TABLES), "AERO_ANALYST_TABLES": ",".join(ANALYST_TABLES)}


def password(name: str) -> str:
    return f"the-password-of-{name}"


@dataclass
class Server:
    """The running server, asked as one of the people."""

    home: Path
    port: int
    pid: int = 0

    def connect(self, name: str, secret: str | None = None, **sent: str) -> Any:
        """Whoever asks, with what a client may send along when it opens a connection."""
        return hive.connect(
            "127.0.0.1", self.port, username=name, password=secret or password(name), auth="CUSTOM", configuration=sent
        )

    def ask(self, name: str, statement: str, **sent: str) -> list:
        with self.connect(name, **sent) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def reason(self, name: str, statement: str, **sent: str) -> str:
        """Why this is not answered."""
        with pytest.raises(hive.OperationalError) as refused:
            self.ask(name, statement, **sent)
        return refused.value.args[0].status.errorMessage

    def audit(self) -> list[dict[str, str]]:
        file = self.home / "logs" / "audit" / "spark.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()]

    @property
    def settings(self) -> Settings:
        return Settings(self.home, self.home / "cache", {}, is_container=False)


def _door(folder: Path) -> Path:
    """The door's jar, of the sources as they are, compiled against the installed Spark."""
    bin_, classes, lib = Path(java.home()) / "bin", folder / "classes", folder / "lib"
    lib.mkdir(parents=True)
    javac = [bin_ / "javac", "-proc:none", "-encoding", "UTF-8", "-d", classes]
    javac += ["-cp", f"{spark.home()}/jars/*", "-sourcepath", SOURCES]
    handler = Path(__file__).with_name("HBaseTableHandler.java")
    subprocess.run([*javac, *sorted(SOURCES.glob("aero/doors/spark/*.java")), handler], check=True)
    subprocess.run([bin_ / "jar", "--create", "--file", lib / "doors.jar", "-C", classes, "."], check=True)
    return lib


def _over_hbase() -> Path:
    """The jars with which Spark reads from HBase."""
    settings = load_settings()
    jars.resolve(settings, Console(quiet=True))
    return jars.folder(settings, "hbase/spark") / "lib"


def _submit(home: Path, options: list[str], main: str, arguments: list[str]) -> list[str]:
    """spark-submit with a metastore in one file, and nothing of the platform's."""
    conf = {
        "spark.ui.enabled": "false",
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": f"{home}/warehouse",
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={home}/metastore;create=true",
        "spark.hadoop.datanucleus.schema.autoCreateAll": "true",
        "spark.hadoop.hive.metastore.schema.verification": "false",
        "spark.driver.extraJavaOptions": f"-Dderby.stream.error.file={home}/derby.log -XX:TieredStopAtLevel=1",
    }
    options = [*options, *(part for pair in conf.items() for part in ("--conf", "=".join(pair)))]
    begin = [str(spark.home() / "bin" / "spark-submit"), "--master", "local[1]", "--driver-memory", "1g"]
    return [*begin, "--class", f"org.apache.spark.sql.hive.thriftserver.{main}", *options, "spark-internal", *arguments]


@pytest.fixture(scope="package")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("spark")) as started:
        yield started


@contextmanager
def running(home: Path, *more: str) -> Iterator[Server]:
    """One with its files in this folder, and with what `more` statements make; it has ended afterwards."""
    started = Server(home, port := free_port())
    for name, role in PEOPLE.items():
        people.add(started.settings, name, role, password(name))
    environment = os.environ | ROLES | {"AERO_HOME": str(home), "AERO_PEOPLE": str(people.file(started.settings))}
    environment |= {"SPARK_HOME": str(spark.home()), "SPARK_CONF_DIR": str(REPOSITORY / "jobs" / "conf")}
    environment |= {"SPARK_LOCAL_IP": "127.0.0.1", "JAVA_HOME": str(java.home()), "A_SECRET": "of the environment"}
    (home / "none.conf").touch()
    none = ["--properties-file", f"{home}/none.conf"]
    tables = home / "tables.hql"
    tables.write_text(TABLES.read_text() + "".join(f"{one};\n" for one in more))
    with (home / "log").open("w") as log:
        made = _submit(home, none, "SparkSQLCLIDriver", ["-f", str(tables)])
        subprocess.run(made, env=environment, cwd=home, stdout=log, stderr=log, check=True)
        options, hiveconf = spark_thrift.door()
        options = ["--driver-class-path", f"{_door(home / 'door')}/*:{_over_hbase()}/*", *options]
        options += spark.options(spark_thrift.hbase(load_settings()))
        hiveconf += ["--hiveconf", f"hive.server2.thrift.port={port}"]
        hiveconf += ["--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1"]
        command = _submit(home, [*none, *options], "HiveThriftServer2", hiveconf)
        process = subprocess.Popen(command, env=environment, cwd=home, stdout=log, stderr=log)
        started.pid = process.pid
    try:
        until(lambda: _listens(process, port), may_be_away=False)
        yield started
    finally:
        process.terminate()
        process.wait(30)


def _listens(process: subprocess.Popen, port: int) -> bool:
    assert process.poll() is None, "the server ended"
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
