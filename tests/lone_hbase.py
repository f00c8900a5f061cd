"""An HBase of a test's own: master, region server and ZooKeeper in one process on local files, both Thrift servers, and
the live tables."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from aero import people
from aero.cluster import jars, provision, readiness, services
from aero.datasets import REPOSITORY
from aero.settings import load_settings
from tests.ports import free_port
from tests.waiting import until

PORTS = """
ZOOKEEPER_PORT HBASE_MASTER_PORT HBASE_MASTER_HTTP_PORT HBASE_REGIONSERVER_PORT HBASE_REGIONSERVER_HTTP_PORT
HBASE_THRIFT_PORT HBASE_THRIFT_HTTP_PORT HBASE_THRIFT2_PORT HBASE_THRIFT2_HTTP_PORT
""".split()


@contextmanager
def running(home: Path) -> Iterator[None]:
    """One with its files in this folder. While it runs the platform's settings lead to it."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as ended:
        jars.resolve(load_settings(), Console(quiet=True))
        patch.setenv("AERO_HOME", str(home))
        for name in PORTS:
            patch.setenv(name, str(free_port()))
        settings = load_settings()
        variables = services.environment(settings)
        settings.temporary.mkdir()
        people.make_platform_accounts(settings)
        _write_site(home)
        for name in ("hbase", "hbase-thrift", "hbase-thrift2"):
            ended.callback(_end, _started(home, name, variables))
            if name == "hbase":
                until(lambda: readiness.hbase(settings) is None, seconds=300)
        until(lambda: readiness.hbase_thrift(settings) is None, seconds=300)
        provision.hbase_tables(settings, variables)
        until(lambda: readiness.hbase_thrift2(settings) is None, seconds=300)
        yield


def _started(home: Path, name: str, variables: dict[str, str]) -> subprocess.Popen[bytes]:
    command = services.BY_NAME[name].command(variables)
    at = command.index("-cp") + 1
    command[at] = f"{home}/conf:{command[at]}"
    with (home / f"{name}.log").open("w") as log:
        return subprocess.Popen(command, env=os.environ | variables, stdout=log, stderr=log, cwd=home)


def _write_site(home: Path) -> None:
    """The platform's own file, with a local folder in the place of HDFS."""
    site = (REPOSITORY / "hbase" / "conf" / "hbase-site.xml").read_text()
    site = re.sub(r"hdfs://[^<]*", f"file:{home}/hbase-data", site)
    site = site.replace("capability.enforce</name><value>true", "capability.enforce</name><value>false")
    (home / "conf").mkdir()
    (home / "conf" / "hbase-site.xml").write_text(site)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # Nothing of it is needed any longer.
    process.wait()
