"""`aero --profile compose …`: the same commands against the cluster of docker/compose.yaml, from the machine that runs it.

Starting and stopping is Docker's. Everything else runs in a container of its own, `client`, on the cluster's networks:
so that no name of a container has to be known here, and only the doors are published.
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache

import click
from rich.console import Console
from rich.table import Table

from aero.cluster import roles
from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.live.sources import SOURCES

FILE = REPOSITORY / "docker" / "compose.yaml"
# The roles that run as long as the cluster does; sources run on demand.
ALWAYS = tuple(role.name for role in roles.ROLES if role.name not in SOURCES)
POLL_SECONDS = 1
GIVE_UP_AFTER_SECONDS = 600
# Handed to the container where they are set here: the keys of the live sources.
_PASSED_ON = tuple(variable for source in SOURCES.values() for variable in source.key_variables)


def run(arguments: list[str]) -> int:
    """Do what `aero ARGUMENTS` means for the cluster. Returns the exit code."""
    own: dict[str, Callable[[list[str]], int]] = {"up": up, "down": down, "status": status, "logs": logs, "demo": demo}
    first, *rest = arguments
    if first in own and not {"-h", "--help"} & set(rest):
        return own[first](rest)
    if arguments[:2] == ["live", "start"]:
        return live_start(rest[1:])
    if arguments[:2] == ["live", "stop"]:
        return compose("stop", *SOURCES, "stream")
    return client(*arguments)


@cache
def command() -> tuple[str, ...]:
    """Compose as it is here: version 2, Docker's plugin, or version 1. Raises AeroError where there is neither."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        return ("docker", "compose", "-f", str(FILE))
    if shutil.which("docker-compose"):
        return ("docker-compose", "-f", str(FILE))
    raise AeroError("Docker Compose is not here.", "Install it, such as with: apt-get install docker.io docker-compose")


def compose(*arguments: str) -> int:
    """Run Compose, shown as it goes. Returns its exit code."""
    return subprocess.run([*command(), *arguments]).returncode


def client(*arguments: str) -> int:
    """Run `aero ARGUMENTS` in a container on the cluster's networks. Files and folders of this machine that are named
    are there too, only to read."""
    settings, mounts = list(arguments), []
    for number, argument in enumerate(arguments[1:], 1):  # The first is a command.
        option, equals, value = argument.partition("=") if argument.startswith("--") else ("", "", argument)
        if value and os.path.exists(value):
            path = os.path.realpath(value)
            settings[number] = f"{option}{equals}{path}"
            mounts.append(f"--volume={path}:{path}:ro")
    keys = [f"-e{name}" for name in _PASSED_ON if os.environ.get(name)]
    terminal = [] if sys.stdin.isatty() and sys.stdout.isatty() else ["-T"]
    return compose("run", "--rm", "--no-deps", *terminal, *mounts, *keys, "client", "aero", *settings)


def up(arguments: list[str]) -> int:
    """Start what does not run (options and names are Compose's), and wait until all is ready."""
    code = compose("up", "-d", *arguments)
    if code == 0 and (late := _not_ready_in_time()):
        click.echo(f"Not ready after {GIVE_UP_AFTER_SECONDS} s: {', '.join(late)}", err=True)
        code = 1
    if code:
        _explain()
    return code


def _not_ready_in_time() -> list[str]:
    """The roles that always run and are still not ready, once all are or the time is up."""
    deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
    with Console(stderr=True).status("") as shown:
        while waiting := [row["name"] for row in rows() if row["name"] in ALWAYS and row["state"] != "ready"]:
            if time.monotonic() > deadline:
                break
            shown.update(f"waits for {', '.join(waiting)}")
            time.sleep(POLL_SECONDS)
    return waiting


def _explain() -> None:
    """Show why the containers that do not run have refused to."""
    for one in containers():
        if one["state"] != "ready":
            said = subprocess.run(["docker", "logs", "--tail", "200", one["container"]], capture_output=True, text=True)
            lines = (said.stdout + said.stderr).splitlines()
            errors = [number for number, line in enumerate(lines) if line.startswith("Error: ")]
            if errors:
                click.echo(f"\n{one['name']} refuses to start:\n" + "\n".join(lines[errors[-1] :]), err=True)


def down(arguments: list[str]) -> int:
    """Stop and remove all containers; their volumes stay. With `--volumes` all data goes too."""
    return compose("--profile", "live", "--profile", "client", "down", *arguments)


def logs(arguments: list[str]) -> int:
    """Show the log of a service: `logs NAME [-f] [-n LINES]`."""
    named = [{"-n": "--tail", "--lines": "--tail"}.get(argument, argument) for argument in arguments]
    names = [argument for argument in named if argument in roles.BY_NAME]
    options = [argument for argument in named if argument not in names]
    return compose("logs", "--no-color", *options, *names)


def demo(arguments: list[str]) -> int:
    """Start everything, load the demo's year and play a day of it as live traffic."""
    return up(arguments) or client("demo") or compose("up", "-d", "--no-deps", "replay")


def live_start(arguments: list[str]) -> int:
    """Start the stream, plan the source inside, and start the source."""
    named = [two for one, two in itertools.pairwise(arguments) if one == "--source"]
    named += [argument.partition("=")[2] for argument in arguments if argument.startswith("--source=")]
    source = named[-1] if named else "replay"
    if source not in SOURCES:
        return client("live", "start", *arguments)
    code = compose("up", "-d", "stream") or compose("stop", source) or client("live", "start", *arguments)
    return code or compose("up", "-d", "--no-deps", source)


def containers() -> list[dict[str, str]]:
    """Every container of the cluster: `name` (its role), `container`, `state` (ready, starting, unhealthy, or Docker's
    own word where it does not run), `status` (Docker's sentence)."""
    project = subprocess.run(
        [
            "docker",
            "ps",
            "--all",
            "--filter",
            f"label=com.docker.compose.project={_project()}",
            "--format",
            "{{json .}}",
        ],
        capture_output=True,
        text=True,
    )
    if project.returncode:
        raise AeroError(
            f"Docker does not answer: {project.stderr.strip()}", "Start it: dockerd, or systemctl start docker"
        )
    rows = [json.loads(line) for line in project.stdout.splitlines()]
    return sorted((_container(row) for row in rows), key=lambda one: one["container"])


def rows() -> list[dict[str, str]]:
    """The containers of the roles, and a row in state `not there` for each of ALWAYS that has none."""
    there = [one for one in containers() if one["name"] in roles.BY_NAME]
    missing = [name for name in ALWAYS if name not in {one["name"] for one in there}]
    return there + [{"name": name, "container": "", "state": "not there", "status": ""} for name in missing]


def _container(row: dict[str, str]) -> dict[str, str]:
    labels = dict(label.split("=", 1) for label in row["Labels"].split(",") if "=" in label)
    status = row["Status"]
    state = row["State"]
    for word, means in (("(healthy)", "ready"), ("(health: starting)", "starting"), ("(unhealthy)", "unhealthy")):
        state = means if word in status else state
    return {"name": labels["com.docker.compose.service"], "container": row["Names"], "state": state, "status": status}


def _project() -> str:
    """The cluster's name: that of docker/.env, unless the environment says another."""
    lines = (line.partition("=") for line in FILE.with_name(".env").read_text().splitlines())
    named = {name: value for name, _, value in lines}
    return os.environ.get("COMPOSE_PROJECT_NAME") or named["COMPOSE_PROJECT_NAME"]


def status(arguments: list[str]) -> int:
    """Show every role's containers. Exit code 3 if one of those that always run is not ready. `--json` for scripts."""
    shown = rows()
    if "--json" in arguments:
        click.echo(json.dumps(shown, indent=2))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("role", "container", "state", "status"):
            table.add_column(column, no_wrap=True)
        for row in shown:
            colour = "green" if row["state"] == "ready" else "yellow"
            table.add_row(row["name"], row["container"], f"[{colour}]{row['state']}[/]", row["status"])
        Console(width=None if sys.stdout.isatty() else 140, highlight=False).print(table)
    return 0 if all(row["state"] == "ready" for row in shown if row["name"] in ALWAYS) else 3
