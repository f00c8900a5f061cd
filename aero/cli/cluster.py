"""aero up, down, status, fetch."""

import json
import os
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

import click
from rich.markup import escape
from rich.table import Table

from aero import lease
from aero.cli.as_json import print_json
from aero.cluster import answers, jars, services, startup, superset_venv
from aero.cluster.service import Service
from aero.cluster.supervision import Process
from aero.errors import AeroError
from aero.plain import echo
from aero.screen import Console
from aero.settings import Settings, load_settings

_NAMES = click.Choice(list(services.BY_NAME))
ON_DEMAND = "on demand"
# How long ZooKeeper may take to say who writes, in seconds: the services are shown all the same.
WRITERS_WITHIN_SECONDS = 2
# Between two looks of `aero status --watch`.
WATCH_SECONDS = 2
# How long a service may take to say that it is ready, unless --within says another time.
WITHIN_SECONDS = 1.5


@click.command()
@click.argument("names", nargs=-1, type=_NAMES, metavar="[SERVICE]…")
def up(names: tuple[str, ...]) -> None:
    """Start all services, or the named ones and what they need.

    Each starts when the ones it needs are ready. What runs already is left alone, so it can be repeated.

    \b
    aero up
    aero up kafka hbase-thrift
    """
    console = Console(stderr=True)
    startup.Startup(load_settings(), console).run(names)


@click.command()
@click.argument("names", nargs=-1, type=_NAMES, metavar="[SERVICE]…")
def down(names: tuple[str, ...]) -> None:
    """Stop all services, or the named ones and what needs them. Nothing is lost.

    \b
    aero down
    aero down kafka
    """
    console = Console(stderr=True)
    if not startup.down(load_settings(), names, console):
        console.print("Nothing was running.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list, for scripts.")
@click.option("--writers", "only_writers", is_flag=True, help="Only who writes, then who waits to, in their order.")
@click.option("--within", default=WITHIN_SECONDS, show_default=True, help="Seconds in which each has to answer.")
@click.option("--watch", is_flag=True, help="Show it again every two seconds, until Ctrl-C.")
def status(as_json: bool, only_writers: bool, within: float, watch: bool) -> None:
    """Show every service: state, process, ports, readiness, memory and since when. Exit code 3 if one is not ready.

    All are asked at once. One that does not answer in time, such as a frozen one, is not waited for.

    The stream and the live sources run on demand (aero live start); one that does not run is no fault.

    \b
    aero status
    aero status --watch
    aero status --json | jq '.[] | select(.ready | not) | .name'
    aero --profile compose status --writers
    """
    settings = load_settings()
    if watch and (as_json or only_writers):
        raise click.UsageError("--watch goes without --json and --writers.")
    if only_writers:
        writers = lease.holders(settings)
        echo(json.dumps([asdict(one) for one in writers], indent=2) if as_json else _in_lines(writers))
        return
    if watch:
        _watch(settings, within)
    rows = _rows(settings, within)
    if as_json:
        print_json([asdict(row) for row in rows])
    else:
        _print_status(rows, settings)
    if not all(row.ready for row in rows if row.state != ON_DEMAND):
        raise SystemExit(3)


@dataclass(frozen=True)
class ServiceRow:
    """A service as `aero status` shows it."""

    name: str
    what: str
    state: str  # The supervisor's word in small letters, or ON_DEMAND.
    pid: int | None
    ports: dict[str, int]
    ready: bool
    waits_for: str | None
    memory_mb: int | None  # Resident memory of its processes.
    heap_mb: int | None
    since: str | None
    page: str | None
    # Of hbase, whose ZooKeeper has the lease: who writes, then who waits to, in their order.
    writers: list[lease.Holder] = field(default_factory=list)


def _rows(settings: Settings, within: float) -> list[ServiceRow]:
    processes, waits = answers.of_running(settings, within)
    rows = [_state(settings, service, processes.get(service.name), waits) for service in services.SERVICES]
    return [replace(row, writers=_writers(settings)) if row.name == "hbase" and row.ready else row for row in rows]


def _watch(settings: Settings, within: float) -> None:
    """Show the services again and again, in the place of what was shown, until Ctrl-C, which leaves the last."""
    try:
        while True:
            rows = _rows(settings, within)
            click.clear()  # Nothing where the output is no terminal.
            _print_status(rows, settings)
            time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        raise SystemExit(0) from None


def _writers(settings: Settings) -> list[lease.Holder]:
    try:
        return lease.holders(settings, WRITERS_WITHIN_SECONDS)
    except AeroError:
        return []


def _state(settings: Settings, service: Service, process: Process | None, waits: dict[str, str | None]) -> ServiceRow:
    alive = process if process and process.alive else None
    waits_for = waits[service.name] if alive else "its start"
    state = process.state.lower() if process else "stopped"
    ports = [name.removesuffix("_PORT") for name in service.ports]
    return ServiceRow(
        name=service.name,
        what=service.what,
        state=ON_DEMAND if service.on_demand and state in ("stopped", "exited") else state,
        pid=(alive.pid or None) if alive else None,
        ports={name.lower(): settings.port(name) for name in ports},
        ready=bool(alive) and waits_for is None,
        waits_for=waits_for,
        memory_mb=round(memory / 2**20) if alive and (memory := alive.memory_bytes()) else None,
        heap_mb=service.heap() or None,
        since=datetime.fromtimestamp(alive.started_at, UTC).isoformat() if alive else None,
        page=f"http://{settings.address(service.page)}/" if service.page else None,
    )


def _print_status(rows: list[ServiceRow], settings: Settings) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("service", "state", "pid", "ports", "memory", "since (UTC)", "page"):
        table.add_column(column, justify="right" if column in ("pid", "memory") else "left", no_wrap=column != "ports")
    for row in rows:
        running = f"[yellow]waits for {escape(row.waits_for or '')}[/]" if row.pid else f"[dim]{row.state}[/]"
        table.add_row(
            row.name,
            "[green]ready[/]" if row.ready else running,
            str(row.pid or ""),
            " ".join(str(port) for port in row.ports.values()),
            f"{row.memory_mb} MB" if row.memory_mb else "",
            (row.since or "")[5:16].replace("T", " "),
            row.page or "",
        )
    console = Console(width=None if os.isatty(1) else 140, highlight=False)
    console.print(table)
    total = sum(row.memory_mb or 0 for row in rows)
    wanted = [row for row in rows if row.state != ON_DEMAND]
    ready = sum(row.ready for row in wanted)
    click.echo(f"\n{ready} of {len(wanted)} ready, {total / 1024:.1f} GiB. Data: {settings.home}")
    for row in rows:
        if row.writers:
            echo(_in_lines(row.writers))


def _in_lines(writers: list[lease.Holder]) -> str:
    lines = [f"{'waits ' if place else 'writes'}  {writer}" for place, writer in enumerate(writers)]
    return "\n".join(lines) or "Nobody writes."


@click.command()
def fetch() -> None:
    """Fetch and build the servers' jars and Superset's packages, as `aero up` would. Later starts need no network.

    \b
    aero fetch
    """
    settings = load_settings()
    startup.fetch(settings, Console(stderr=True))
    for folder in (*(jars.folder(settings, bundle) for bundle in jars.BUNDLES), superset_venv.folder(settings)):
        click.echo(folder)
