"""supervisord keeps the processes and restarts a server that dies. Its configuration is made from the list of services;
a socket takes its commands.

aero/cluster/startup.py has the order of starting, aero/cluster/readiness.py what ready means.
"""

import shlex
import socket
import subprocess
import sys
import xmlrpc.client
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil
import tenacity
from supervisor.xmlrpc import SupervisorTransport

from aero.cluster import services, surroundings
from aero.cluster.service import Service
from aero.errors import AeroError
from aero.files import replace_text
from aero.live.sources import SOURCES
from aero.settings import START_SECONDS, Settings

# A Unix socket's path may have 107 bytes (Linux, unix(7)).
SOCKET_PATH_LIMIT = 107
# What supervisord is asked for has happened by then: a process that does not end in 60 s is killed.
UNTIL_SECONDS = 90


@dataclass(frozen=True)
class Process:
    """A service's process. `state` is the supervisor's word: RUNNING, STOPPED, BACKOFF, FATAL and others.

    `started_at` is in seconds since 1970; `pid` is 0 where it does not run.
    """

    name: str
    state: str
    pid: int
    started_at: int

    @property
    def alive(self) -> bool:
        """Whether it runs, or the supervisor is about to start it again."""
        return self.state in ("STARTING", "RUNNING", "BACKOFF")

    def family(self) -> list[psutil.Process]:
        """The process and all that it has started, itself last. Raises psutil.NoSuchProcess where it has ended."""
        process = psutil.Process(self.pid)
        return [*process.children(recursive=True), process]

    def memory_bytes(self) -> int | None:
        """Resident memory of the process and its children; None where it does not run."""
        if not self.pid:
            return None
        try:
            return sum(one.memory_info().rss for one in self.family())
        except psutil.NoSuchProcess:
            return None


def _is_on_the_network(name: str) -> bool:
    try:
        socket.gethostbyname(name)
    except OSError:
        return False
    return True


class Supervisor:
    """The supervisord of one data root."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.folder = settings.home / "run"
        self.socket = self.folder / "supervisor.sock"

    def start(self) -> None:
        """Start supervisord with the list of services as it is now; one that runs takes over what changed."""
        if len(str(self.socket)) > SOCKET_PATH_LIMIT:
            raise AeroError(f"The path {self.socket} is too long for a Unix socket.", "Choose a shorter AERO_HOME.")
        (self.settings.home / "logs").mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "supervisord.conf"
        replace_text(configuration, self._configuration())
        if self.is_running():
            self._reread()
            return
        self.socket.unlink(missing_ok=True)
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)]
        result = subprocess.run(
            command, env=surroundings.variables(), umask=surroundings.UMASK, capture_output=True, text=True
        )
        if result.returncode:
            raise AeroError(f"supervisord did not start:\n{result.stdout}{result.stderr}")
        self._until(self.is_running)

    def _reread(self) -> None:
        """Take over what changed in the list, for services that do not run."""
        rpc = self._rpc()
        [[added, changed, removed]] = rpc.reloadConfig()
        processes = self.processes()
        for name in [*changed, *removed]:
            if not processes[name].alive:
                rpc.removeProcessGroup(name)
        for name in [*added, *changed]:
            if name in added or not processes[name].alive:
                rpc.addProcessGroup(name)

    def shutdown(self) -> None:
        """End supervisord and all that runs under it."""
        pid = self._rpc().getPID()
        self._rpc().shutdown()
        self._until(lambda: not psutil.pid_exists(pid))

    @staticmethod
    def _until(condition: Callable[[], bool]) -> None:
        tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda reached: not reached),
            wait=tenacity.wait_fixed(0.1),
            stop=tenacity.stop_after_delay(UNTIL_SECONDS),
        )(condition)

    def is_running(self) -> bool:
        try:
            return self._rpc().getState()["statename"] == "RUNNING"
        except (OSError, xmlrpc.client.Error):
            return False

    def processes(self) -> dict[str, Process]:
        """Every service's process by name; empty where supervisord does not run.

        In a container Docker keeps the processes: a service runs where the network knows its name.
        """
        if self.settings.is_container:
            names = [service.name for service in services.SERVICES]
            return {name: Process(name, "RUNNING" if _is_on_the_network(name) else "STOPPED", 0, 0) for name in names}
        try:
            found = self._rpc().getAllProcessInfo()
        except (OSError, xmlrpc.client.Error):
            return {}
        return {one["name"]: Process(one["name"], one["statename"], one["pid"], one["start"]) for one in found}

    def process(self, name: str) -> Process:
        return self.processes()[name]

    def start_process(self, name: str) -> None:
        """Start one service; one that another command has just started is left alone."""
        try:
            self._rpc().startProcess(name, False)
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise

    def stop_process(self, name: str) -> None:
        """Stop one service and wait until it has ended. In a container Docker has stopped it before.

        supervisord is not asked to wait: it takes a whole processor for that.
        """
        if self.settings.is_container:
            return
        try:
            self._rpc().stopProcess(name, False)
        except xmlrpc.client.Fault as fault:
            if "NOT_RUNNING" not in fault.faultString:
                raise
        try:
            self._until(lambda: not self._is_stopping(name))
        except tenacity.RetryError as silent:
            raise AeroError(f"{name} has not ended in {UNTIL_SECONDS} s.", f"See: aero logs {name}") from silent

    def _is_stopping(self, name: str) -> bool:
        try:
            return self._rpc().getProcessInfo(name)["statename"] == "STOPPING"
        except (OSError, xmlrpc.client.Error):  # Another command has ended supervisord meanwhile.
            return False

    def _rpc(self) -> Any:
        """supervisord's functions, which have no types. They raise OSError and xmlrpc.client.Error."""
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self.socket}")
        return xmlrpc.client.ServerProxy("http://localhost", transport).supervisor

    def _configuration(self) -> str:
        variables = services.environment(self.settings)
        environment = ",".join(f'{name}="{value}"' for name, value in sorted(variables.items())).replace("%", "%%")
        logs = self.settings.home / "logs"
        parts = [
            f"[supervisord]\nlogfile={logs}/supervisord.log\npidfile={self.folder}/supervisord.pid\nminfds=4096\n"
            f"umask={surroundings.UMASK:03o}\n",
            f"[unix_http_server]\nfile={self.socket}\nchmod=0700\n",
            "[rpcinterface:supervisor]\n"
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
        ]
        parts += [self._program(service, variables, environment) for service in services.SERVICES]
        return "\n".join(parts)

    def _program(self, service: Service, variables: dict[str, str], environment: str) -> str:
        command = shlex.join(service.command(variables)).replace("%", "%%")
        # A live source ends with 0 when all is played, with 2 when starting it again would not help.
        again = "unexpected\nexitcodes=0,2" if service.name in SOURCES else "true"
        return (
            f"[program:{service.name}]\ncommand={command}\ndirectory={self.folder}\nenvironment={environment}\n"
            f"autostart=false\nautorestart={again}\nstartsecs={START_SECONDS}\nstartretries=3\n"
            "stopwaitsecs=60\nstopasgroup=false\n"
            f"redirect_stderr=true\nstdout_logfile={services.log_file(self.settings, service.name)}\n"
            "stdout_logfile_maxbytes=20MB\nstdout_logfile_backups=2\n"
        )
