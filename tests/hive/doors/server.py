"""A HiveServer2 of a test's own with its door closed: Derby for the metastore, local files, Tez in the same process."""

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from pyhive import hive
from rich.console import Console

from aero import people
from aero.cluster import jars, services, spark
from aero.cluster.java_runtime import HIVESERVER2
from aero.datasets import REPOSITORY
from aero.settings import Settings, load_settings
from tests.ports import free_port
from tests.waiting import until

PASSWORDS = {"rita": "rita-the-reader", "anna-lena": "anna-the-analyst", "otto": "otto-the-operator"}
ROLES = {"rita": "reader", "anna-lena": "analyst", "otto": "operator"}


@dataclass
class Server:
    """What the tests ask, and where it lies."""

    settings: Settings
    lake: Path
    port: int
    process: subprocess.Popen

    def connection(self, name: str, password: str | None = None, **options) -> hive.Connection:
        return hive.connect(
            "localhost", self.port, username=name, password=password or PASSWORDS[name], auth="CUSTOM", **options
        )

    def ask(self, name: str, *statements: str, **options) -> list[tuple]:
        """The rows of the last statement."""
        with closing(self.connection(name, **options)) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def answers(self, password: str | None = None) -> bool:
        if self.process.poll() is not None:
            raise SystemExit(f"HiveServer2 ended: see {self.settings.home}/log")
        return self.ask("otto", "SELECT 1", password=password) == [(1,)]

    def beeline(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        file = self.settings.home / f"password-{name}"
        file.write_text(PASSWORDS[name])
        url = f"jdbc:hive2://localhost:{self.port}/aero_batch"
        command = [spark.home() / "bin" / "beeline", "-u", url, "-n", name, "-w", file, *arguments]
        environment = os.environ | {"SPARK_HOME": str(spark.home())}
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:  # Nothing of it is needed any longer.
            self.process.kill()
            self.process.wait()


def start(home: Path, more: dict[str, str] | None = None, password: str | None = None) -> Server:
    """With `more` variables, and the operator's `password` then. Raises where it does not answer in ten minutes."""
    settings, port, lake = load_settings(), free_port(), home / "lake"
    jars.resolve(settings, Console(quiet=True))
    variables = services.environment(settings)
    own = Settings(home, settings.cache, {**settings.environment, "AERO_SECRETS_DIR": str(home / "secrets")})
    people.make_platform_accounts(own)
    for name, role in ROLES.items():
        people.add(own, name, role, PASSWORDS[name])
    variables |= {
        "AERO_HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "AERO_PEOPLE": str(people.file(own)),
        "AERO_LAKE": f"file:{lake}",
        "HIVE_DOOR": "closed",
        "HADOOP_USER_NAME": getpass.getuser(),  # Tez looks whether its folder belongs to whom it runs as.
        "HIVESERVER2_PORT": str(port),
        "METASTORE_DB_URL": f"jdbc:derby:;databaseName={home}/metastore;create=true",
        "A_SECRET": "the secret of the environment",
    } | (more or {})
    _write_site(home / "conf", "hive", _hive(lake))
    _write_site(home / "conf", "core", {"fs.defaultFS": "file:///", "hadoop.tmp.dir": f"{home}/tmp"})
    _write_site(home / "conf", "tez", {"tez.local.mode": "true", "tez.runtime.optimize.local.fetch": "true"})
    command = HIVESERVER2.command(variables, "-Xmx768m", "-XX:TieredStopAtLevel=1")
    at = command.index("-cp") + 1
    # Tez in the same process needs a jar that its containers have from Hadoop.
    [log4j] = Path(variables["HADOOP_LIB"]).glob("reload4j-*.jar")
    command[at] = f"{home}/conf:{command[at]}:{log4j}"
    (home / "tmp").mkdir()
    environment = {name: os.environ[name] for name in ("PATH", "HOME")} | variables
    with (home / "log").open("w") as log:
        command = [*command, "org.apache.hive.service.server.HiveServer2"]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=home)
    server = Server(own, lake, port, process)
    try:
        until(lambda: server.answers(password), seconds=600)
    except BaseException:
        server.stop()
        raise
    return server


@contextmanager
def filled(home: Path) -> Iterator[Server]:
    """One with tables; nothing of it is left afterwards."""
    server = start(home)
    try:
        fill(server)
        yield server
    finally:
        server.stop()
        remove(home)


def fill(server: Server) -> None:
    """A table or two of each layer, as provisioning and loads make them."""
    load = f"file:{server.lake}/clean/flights/year=2013/load=1"
    server.ask(
        "otto",
        *(f"CREATE DATABASE {name}" for name in ("aero_raw", "aero_clean", "aero_batch", "aero_ops")),
        "CREATE EXTERNAL TABLE aero_raw.flights_reporting (a STRING) PARTITIONED BY (year INT) ROW FORMAT SERDE"
        " 'org.apache.hadoop.hive.serde2.OpenCSVSerde' STORED AS TEXTFILE"
        f" LOCATION 'file:{server.lake}/raw/flights_reporting' TBLPROPERTIES ('skip.header.line.count' = '0')",
        f"ALTER TABLE aero_raw.flights_reporting ADD PARTITION (year=2013) LOCATION 'file:{server.lake}/raw/2013'",
        "CREATE EXTERNAL TABLE aero_clean.flights (id INT) PARTITIONED BY (year INT) STORED AS ORC"
        f" LOCATION 'file:{server.lake}/clean/flights' TBLPROPERTIES ('external.table.purge' = 'false')",
        f"ALTER TABLE aero_clean.flights ADD PARTITION (year=2013) LOCATION 'file:{server.lake}/clean/nothing'",
        f"INSERT OVERWRITE DIRECTORY '{load}' STORED AS ORC SELECT 1 AS id",
        f"ALTER TABLE aero_clean.flights PARTITION (year=2013) SET LOCATION '{load}'",
        "CREATE EXTERNAL TABLE aero_clean.flights_quarantine (id INT) STORED AS ORC",
        "CREATE EXTERNAL TABLE aero_batch.delays (id INT, name STRING) ROW FORMAT DELIMITED FIELDS TERMINATED BY ','",
        "CREATE EXTERNAL TABLE aero_ops.audit (who STRING, hidden_column STRING) PARTITIONED BY (hidden_day STRING)",
        "CREATE VIEW aero_batch.raw_rows AS SELECT a FROM aero_raw.flights_reporting",
    )
    for file, text in {"raw/2013/rows.csv": "raw\n", "warehouse/aero_batch.db/delays/rows.csv": "1,one\n"}.items():
        (server.lake / file).parent.mkdir(parents=True, exist_ok=True)
        (server.lake / file).write_text(text)


def _hive(lake: Path) -> dict[str, str]:
    """Hive's own file, with what one process without a cluster needs otherwise."""
    site = ElementTree.parse(REPOSITORY / "hive" / "conf" / "hive-site.xml")
    values = {each.findtext("name"): each.findtext("value") or "" for each in site.iter("property")}
    return values | {
        "hive.metastore.uris": "",
        "hive.metastore.warehouse.dir": f"{lake}/warehouse",
        "hive.metastore.warehouse.external.dir": f"{lake}/warehouse",
        "hive.exec.scratchdir": f"{lake}/scratch",
        "hive.user.install.directory": f"{lake}/install",
        "hive.server2.tez.initialize.default.sessions": "false",
    }


def _write_site(folder: Path, name: str, values: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    root = ElementTree.Element("configuration")
    for key, value in values.items():
        one = ElementTree.SubElement(root, "property")
        ElementTree.SubElement(one, "name").text = key
        ElementTree.SubElement(one, "value").text = value
    ElementTree.ElementTree(root).write(folder / f"{name}-site.xml")


def remove(home: Path) -> None:
    """Tez leaves much."""
    shutil.rmtree(home, ignore_errors=True)
