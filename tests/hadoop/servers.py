"""Servers of HDFS, YARN and HBase in a data root and on ports of their own, behind their closed web doors."""

import os
import subprocess
from pathlib import Path

import psutil
import pytest
import requests
from rich.console import Console

from aero import audit, files, people
from aero.cluster import jars, services, surroundings
from aero.cluster.java_runtime import HADOOP
from aero.settings import DOORS, PORTS, load_settings
from tests.ports import free_port
from tests.waiting import until

READER, OPERATOR = ("ann-reader", "a-long-password"), ("olga", "another-long-password")
HEAPS = {"NAMENODE": 96, "DATANODE": 96, "SECONDARYNAMENODE": 64, "RESOURCEMANAGER": 128, "NODEMANAGER": 96}


class Servers:
    """Set up in this process' environment: `aero`'s own clients reach them. `stop` takes that back."""

    def __init__(self, home: Path) -> None:
        self._patch, self._running = pytest.MonkeyPatch(), {}
        for name in PORTS:
            self._patch.setenv(name, str(free_port()))
        for name in (*DOORS, "AERO_SECRETS_DIR", "AERO_PORT_OFFSET", "AERO_HTTP_HOSTS"):
            self._patch.delenv(name, raising=False)
        for name, megabytes in HEAPS.items():
            self._patch.setenv(f"{name}_HEAP_MB", str(megabytes))
        self._patch.setenv("AERO_HOME", str(home))
        self._patch.setenv("HTTP_DOOR", "closed")
        self._patch.setenv("HDFS_CHECKPOINT_SECONDS", "3")
        self._patch.setenv("HDFS_CHECKPOINT_CHECK_SECONDS", "1")
        self._patch.setenv("HDFS_RETRY_MILLISECONDS", "10")
        self.settings = load_settings()
        self.variables = services.environment(self.settings)
        _fetch()
        surroundings.prepare(self.settings, Console(quiet=True), anew=True)
        people.make_platform_accounts(self.settings)
        people.add(self.settings, READER[0], "reader", READER[1])
        people.add(self.settings, OPERATOR[0], "operator", OPERATOR[1])

    def start(self, *names: str) -> None:
        """Start services, one after the other, each when the one before is ready."""
        for name in names:
            service = services.BY_NAME[name]
            command = service.command(self.variables)
            if service.prepare:
                service.prepare(self.settings, self.variables, command)
            self.run(name, command)
            until(lambda service=service, name=name: self._is_ready(service, name), seconds=300, may_be_away=False)

    def run(self, name: str, command: list[str]) -> subprocess.Popen:
        """Start a program with the services' variables. What it prints is in its log."""
        with self.log(name).open("w") as log:
            environment = os.environ | self.variables
            process = subprocess.Popen(["nice", *command], env=environment, stdout=log, stderr=log)
        self._running[name] = process
        return process

    def _is_ready(self, service, name: str) -> bool:
        assert self._running[name].poll() is None, self.log(name).read_text()[-3000:]
        return service.waits_for(self.settings) is None

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def log(self, name: str) -> Path:
        return self.settings.home / f"{name}.log"

    def dfsadmin(self, *arguments: str) -> None:
        """Run `hdfs dfsadmin`."""
        command = [*HADOOP.command(self.variables, "-Xmx128m"), "org.apache.hadoop.hdfs.tools.DFSAdmin", *arguments]
        subprocess.run(command, env=os.environ | self.variables, capture_output=True, check=True)

    def end(self, name: str) -> None:
        """Kill one of them; it may be started again."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def wait(self, name: str) -> None:
        """Wait until one has ended that was asked to; it may be started again."""
        self._running.pop(name).wait(60)

    def stop(self) -> None:
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait()
        self._patch.undo()

    def asked(self, door: str, path: str, method: str = "GET", who=None, data=None, **headers: str):
        """The answer to a request as anybody's program sends it, a requests.Response."""
        url = f"http://localhost:{self.settings.port(door)}{path}"
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, url, auth=who, data=data, headers=names, allow_redirects=False, timeout=60)

    def unguarded(self) -> list[tuple[str, int, int]]:
        """The ports of all servers, whatever they are for, that answer a request for a page without a password."""
        found = []
        for name, process in self._running.items():
            connections = psutil.Process(process.pid).net_connections("tcp")
            for port in {one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN}:
                try:
                    answer = requests.get(f"http://localhost:{port}/jmx", timeout=20)
                except requests.RequestException:
                    continue  # No web server.
                if answer.status_code != 401 and "Hadoop IPC port" not in answer.text:
                    found.append((name, port, answer.status_code))
        return found

    def audit(self, door: str) -> list[audit.Entry]:
        lines = (audit.folder(self.settings.home) / f"{door}.jsonl").read_bytes().splitlines()
        return [audit.Entry.from_line(line) for line in lines]


def _fetch() -> None:
    """The jars; `aero fetch`, which may be at it too, is not hindered."""
    settings = load_settings()
    while {"hadoop", "hive/doors", "hbase"} & set(jars.missing(settings)):
        try:
            with files.locked(settings.cache / "jars" / "tests.lock"):
                jars.resolve(settings, Console(quiet=True))
        except OSError:  # The other one has just put a folder there.
            continue


def refusals(servers: Servers, door: str, path: str) -> None:
    """Whoever may not see a page does not: in each way, with a status and a sentence."""
    account = (people.USER, people.password_of(servers.settings, people.USER))
    nobody = servers.asked(door, path)
    assert nobody.status_code == 401 and nobody.headers["WWW-Authenticate"].startswith("Basic ")
    assert "aero user list" in nobody.text
    for status, words, who, headers in (
        (401, "is wrong", (OPERATOR[0], "not the password"), {}),
        (401, "is wrong", ("nobody-of-us", "not the password"), {}),
        (403, "ann-reader is no operator", READER, {}),
        (403, "by its own name", OPERATOR, {"Host": "evil.example:80"}),
        (403, "by its own name", OPERATOR, {"Host": "localhost.evil.example"}),
        (403, "Another page", OPERATOR, {"Origin": "http://evil.example"}),
        (403, "Another page", OPERATOR, {"Origin": "null"}),
        (403, "Another page", account, {"Origin": "http://localhost:1"}),
        (403, "Another page", OPERATOR, {"Sec_Fetch_Site": "cross-site"}),
        (403, "Another page", OPERATOR, {"Sec_Fetch_Site": "same-site"}),
        (401, "Sign in", None, {"Authorization": "Basic !"}),
        (401, "Sign in", None, {"Authorization": "Bearer x"}),
    ):
        answer = servers.asked(door, path, who=who, **headers)
        assert (answer.status_code, words in answer.text) == (status, True), (headers, who, answer.text[:300])
