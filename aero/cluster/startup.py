"""Starting and stopping in order: each service when those it needs are ready, or those that need it have ended."""

import os
import time
import xmlrpc.client
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from threading import Event

from rich.live import Live
from rich.markup import escape
from rich.table import Table

from aero import people
from aero.cluster import answers, jars, logs, preflight, services, superset_venv, surroundings
from aero.cluster.drift import Drift
from aero.cluster.service import Service
from aero.cluster.supervision import Supervisor
from aero.errors import AeroError
from aero.live.sources import SOURCES
from aero.screen import Console
from aero.settings import Settings

POLL_SECONDS = 0.25
# A NameNode with a full history reads its image first; nothing here waits this long when all is well.
GIVE_UP_AFTER_SECONDS = 300
# One that has not answered by then is asked again: it may be frozen, or have been.
LOOK_SECONDS = 60


def fetch(settings: Settings, console: Console, with_superset: bool = True) -> None:
    """Fetch what is not in the cache: the servers' jars from Maven and, beside them, Superset's packages from PyPI.

    Raises AeroError that names what could not be fetched.
    """
    with console.status("what the servers need, from Maven and PyPI"), ThreadPoolExecutor() as pool:
        packages = pool.submit(superset_venv.install, settings, console) if with_superset else None
        jars.resolve(settings, console)
        if packages:
            packages.result()


class Startup:
    """One `aero up`: what each service is doing, and whether one has failed."""

    def __init__(self, settings: Settings, console: Console):
        self.settings = settings
        self.console = console
        self.supervisor = Supervisor(settings)
        self.variables = services.environment(settings)
        self.doing: dict[str, str] = {}
        self.failed = Event()
        self.settled: dict[str, Event] = {}
        self.started: list[str] = []

    def run(self, names: tuple[str, ...]) -> None:
        """Bring up the named services and what they need. Raises AeroError, after stopping what it started."""
        wanted = services.with_needs(names)
        if self.settings.is_container:
            self._wait_for_containers(wanted)
            return
        processes = self.supervisor.processes()
        starting = [s for s in wanted if not (s.name in processes and processes[s.name].alive)]
        preflight.check(self.settings, starting)
        surroundings.prepare(self.settings, self.console, anew=not self.supervisor.is_running())
        fetch(self.settings, self.console, with_superset=any(service.name == "superset" for service in wanted))
        people.make_platform_accounts(self.settings)
        os.environ.update(self.variables)
        self.supervisor.start()
        try:
            self._start_all(wanted)
        except BaseException:
            self.failed.set()
            with suppress(AeroError):  # The error that is raised is the one that hindered the start.
                _stop(self.supervisor, self.started, Console(quiet=True))
            raise

    def _wait_for_containers(self, wanted: list[Service]) -> None:
        """Wait until the services are ready that Docker starts. Live sources are started afterwards."""
        with self._live_table() as live:
            for service in wanted:
                deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
                while service.name not in SOURCES and (waits_for := service.waits_for(self.settings)):
                    if time.monotonic() > deadline:
                        raise _late(service, waits_for, f"Its log: aero --profile compose logs {service.name}")
                    self.doing = {service.name: f"waits for {waits_for}"}
                    live.update(self._waiting())
                    self.failed.wait(POLL_SECONDS)
            live.update("")

    def _start_all(self, wanted: list[Service]) -> None:
        ready: dict[str, Future[None]] = {}
        self.settled = {service.name: Event() for service in wanted}
        with ThreadPoolExecutor(max_workers=len(wanted)) as pool, self._live_table() as live:
            for service in wanted:
                ready[service.name] = pool.submit(self._bring_up, service, [ready[name] for name in service.after])
            try:
                while not all(future.done() for future in ready.values()):
                    Event().wait(POLL_SECONDS)
                    live.update(self._waiting())
            except BaseException:  # Ctrl-C: the threads that wait for a service end, or the pool would wait for them.
                self.failed.set()
                raise
            live.update("")
        errors = [error for future in ready.values() if (error := future.exception())]
        real = [error for error in errors if not isinstance(error, _NeedFailed)]
        drifts = [error for error in real if isinstance(error, Drift)]
        if errors and len(drifts) < len(errors):
            raise next(error for error in real if error not in drifts)
        for drift in drifts:
            self.console.print(f"[yellow]drift[/] {escape(str(drift))}")

    def _bring_up(self, service: Service, needs: list[Future[None]]) -> None:
        began = time.monotonic()
        try:
            for need in needs:
                if need.exception() and not isinstance(need.exception(), Drift):
                    raise _NeedFailed(service.name)
            was_running = self.supervisor.process(service.name).alive
            if not was_running:
                self._start(service)
            self._wait_until_ready(service)
            if service.provision:
                self._wait_for_others(service)
                self.doing[service.name] = "provisioning"
                service.provision(self.settings, self.variables)
            took = "was running" if was_running else f"{time.monotonic() - began:.0f} s"
            self.console.print(f"  [green]ready[/]  {service.name:<18} {took}", highlight=False)
        except Drift:
            raise
        except BaseException:
            self.failed.set()
            raise
        finally:
            self.doing.pop(service.name, None)
            self.settled[service.name].set()

    def _wait_for_others(self, service: Service) -> None:
        for name in service.provision_after:
            if name in self.settled:
                self.doing[service.name] = f"waits for {name}"
                self.settled[name].wait()

    def _start(self, service: Service) -> None:
        if self.failed.is_set():
            raise _NeedFailed(service.name)
        if service.prepare:
            self.doing[service.name] = "preparing"
            service.prepare(self.settings, self.variables, service.command(self.variables))
        self.started.append(service.name)
        self.supervisor.start_process(service.name)

    def _wait_until_ready(self, service: Service) -> None:
        deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
        first_pid = 0
        while (waits_for := answers.waits(self.settings, [service], LOOK_SECONDS)[service.name]) is not None:
            self.doing[service.name] = f"waits for {waits_for}"
            process = self.supervisor.process(service.name)
            first_pid = first_pid or process.pid
            if process.state in ("FATAL", "EXITED", "BACKOFF") or process.pid not in (0, first_pid):
                raise AeroError(f"{service.name} ended instead of getting ready.", self._log_tail(service.name))
            if time.monotonic() > deadline:
                raise _late(service, waits_for, self._log_tail(service.name))
            if self.failed.wait(POLL_SECONDS):
                raise _NeedFailed(service.name)

    def _log_tail(self, name: str) -> str:
        tail = "\n    ".join(logs.telling(logs.tail(self.settings, name)))
        return f"Its log, `aero logs {name}`, says:\n    {tail}"

    def _live_table(self) -> Live:
        return Live("", console=self.console, transient=True, refresh_per_second=4)

    def _waiting(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, doing in sorted(self.doing.items()):
            table.add_row("  [yellow]wait[/]", name, escape(doing))
        return table


class _NeedFailed(AeroError):
    """A service did not start because one that it needs did not."""

    def __init__(self, name: str):
        super().__init__(f"{name} was not started.")


def _late(service: Service, waits_for: str, fix: str) -> AeroError:
    return AeroError(
        f"{service.name} is not ready after {GIVE_UP_AFTER_SECONDS} s: it still waits for {waits_for}.", fix
    )


def down(settings: Settings, names: tuple[str, ...], console: Console) -> list[str]:
    """Stop the named services and all that need them, or all services. Each ends after those that need it.

    Returns the names of those that ran. Raises AeroError that names a service that can't be stopped; what it needs goes
    on running.
    """
    supervisor = Supervisor(settings)
    processes = supervisor.processes()
    running = [s.name for s in services.with_dependants(names) if s.name in processes and processes[s.name].alive]
    _stop(supervisor, running, console)
    return running


def _stop(supervisor: Supervisor, names: list[str], console: Console) -> None:
    """Stop the named services side by side where none needs the other, and supervisord when nothing is left."""
    given_up = Event()
    ended: dict[str, Future[None]] = {}

    def stop(name: str, dependants: list[Future[None]]) -> None:
        for dependant in dependants:
            dependant.result()
        if given_up.is_set():
            return
        try:
            supervisor.stop_process(name)
        except xmlrpc.client.Fault as fault:
            raise AeroError(f"{name} can't be stopped: {fault.faultString}", f"See: aero logs {name}") from fault
        console.print(f"  stopped  {name}", highlight=False)

    with ThreadPoolExecutor(max_workers=len(services.SERVICES)) as pool, console.status("stopping"):
        for service in reversed(services.SERVICES):
            if service.name in names:
                needing = services.with_dependants((service.name,))
                dependants = [ended[other.name] for other in needing if other.name in ended]
                ended[service.name] = pool.submit(stop, service.name, dependants)
        try:
            for future in as_completed(ended.values()):
                future.result()
        except BaseException:  # Ctrl-C too: what is not being stopped yet goes on running.
            given_up.set()
            raise
    if supervisor.is_running() and not any(process.alive for process in supervisor.processes().values()):
        supervisor.shutdown()
