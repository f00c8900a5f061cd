"""`aero --profile compose …`: the same commands for the cluster of docker/compose.yaml, on the machine that runs it.

Docker starts and stops. Every other command runs in a container of its own, `client`, on the cluster's networks: this
machine needs to know no container's name, and only the doors are published.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache

import click
from rich.table import Table
from rich.text import Text

from aero.cluster import firewall as walls
from aero.cluster import roles
from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.live.sources import SOURCES
from aero.plain import echo
from aero.screen import Console

FILE = REPOSITORY / "docker" / "compose.yaml"
# The roles that run as long as the cluster does; live sources run on demand.
ALWAYS = tuple(role.name for role in roles.ROLES if role.name not in SOURCES)
POLL_SECONDS = 1
GIVE_UP_AFTER_SECONDS = 600
# The keys of the live sources, passed on to the container where they are set here.
_PASSED_ON = tuple(variable for source in SOURCES.values() for variable in source.key_variables)
# Of the options of `aero live start`, the one that decides which container is started; the container reads the others.
_LIVE_START = click.Command(
    "start",
    params=[click.Option(["--source"], default="replay")],
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    add_help_option=False,
)


def run(arguments: list[str]) -> int:
    """Do what `aero ARGUMENTS` means for the cluster. Returns the exit code."""
    own: dict[str, Callable[[list[str]], int]] = {
        "up": up, "down": down, "status": status, "logs": logs, "demo": demo, "firewall": firewall,
    }  # fmt: skip
    first, *rest = arguments
    if {"-h", "--help"} & set(rest) or (first == "status" and "--writers" in rest):  # ZooKeeper has no door.
        return client(*arguments)
    if first in own:
        return own[first](rest)
    if arguments[:2] == ["live", "start"]:
        return live_start(rest[1:])
    if arguments[:2] == ["live", "stop"]:
        return compose("stop", *SOURCES, "stream")
    return client(*arguments)


@cache
def command() -> tuple[str, ...]:
    """How Compose is called here: version 2, Docker's plugin, or version 1. Raises AeroError where there is neither."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        return ("docker", "compose", "-f", str(FILE))
    if shutil.which("docker-compose"):
        return ("docker-compose", "-f", str(FILE))
    install = (
        "Install it: apt-get install docker.io docker-compose (Debian, Ubuntu), dnf install moby-engine docker-compose"
        " (Fedora)."
    )
    raise AeroError("Docker Compose is not here.", install)


def compose(*arguments: str) -> int:
    """Run Compose, which prints what it does. Returns its exit code."""
    return subprocess.run([*command(), *arguments]).returncode


def client(*arguments: str) -> int:
    """Run `aero ARGUMENTS` in a container on the cluster's networks. Files and folders of this machine that the
    arguments name are mounted there, to be read only. Returns the exit code."""
    words, mounts = list(arguments), []
    for number, argument in enumerate(arguments[1:], 1):  # The first is a command.
        option, equals, value = argument.partition("=") if argument.startswith("--") else ("", "", argument)
        if value and os.path.exists(value):
            path = os.path.realpath(value)
            words[number] = f"{option}{equals}{path}"
            mounts.append(f"--volume={path}:{path}:ro")
    keys = [f"-e{name}" for name in _PASSED_ON if os.environ.get(name)]
    terminal = [] if sys.stdin.isatty() and sys.stdout.isatty() else ["-T"]
    return compose("run", "--rm", "--no-deps", *terminal, *mounts, *keys, "client", "aero", *words)


def up(arguments: list[str]) -> int:
    """Start what does not run, and wait until all is ready. Options and names are Compose's."""
    code = compose("up", "-d", *arguments)
    if code == 0 and (late := _not_ready_in_time()):
        click.echo(f"Not ready after {GIVE_UP_AFTER_SECONDS} s: {', '.join(late)}", err=True)
        code = 1
    if code:
        _explain()
    return code


def _not_ready_in_time() -> list[str]:
    """Wait for the roles that always run. Returns those that are not ready when the time is up."""
    deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
    with Console(stderr=True).status("") as shown:
        while waiting := [row["name"] for row in rows() if row["name"] in ALWAYS and row["state"] != "ready"]:
            if time.monotonic() > deadline:
                break
            shown.update(f"waits for {', '.join(waiting)}")
            time.sleep(POLL_SECONDS)
    return waiting


def _explain() -> None:
    """Print the last error of each container that is not ready."""
    for one in containers():
        if one["state"] != "ready":
            log = ["docker", "logs", "--tail", "200", one["container"]]
            result = subprocess.run(log, capture_output=True, text=True)
            lines = (result.stdout + result.stderr).splitlines()
            errors = [number for number, line in enumerate(lines) if line.startswith("Error: ")]
            if errors:
                echo(f"\n{one['name']} refuses to start:\n" + "\n".join(lines[errors[-1] :]), err=True)


def down(arguments: list[str]) -> int:
    """Stop and remove all containers; their volumes stay. With `--volumes` all data goes too."""
    return compose("--profile", "live", "--profile", "client", "down", *arguments)


def logs(arguments: list[str]) -> int:
    """Show the log of a service: `logs NAME [-f] [-n LINES]`."""
    named = [{"-n": "--tail", "--lines": "--tail"}.get(argument, argument) for argument in arguments]
    names = [argument for argument in named if argument in roles.BY_NAME]
    options = [argument for argument in named if argument not in names]
    return compose("logs", "--no-color", *options, *names)


def firewall(arguments: list[str]) -> int:
    """Print the rules that keep this machine's users from the containers' addresses, or have the kernel `--apply` or
    `--remove` them."""
    table = walls.name_of_containers(_project())
    if "--remove" in arguments:
        walls.remove(table)
        click.echo("The rules are gone: users of this machine reach containers by their addresses again.")
        return 0
    rules = walls.rules_of_containers(table, _subnets())
    if "--apply" not in arguments:
        click.echo(rules, nl=False)
        return 0
    walls.apply(rules)
    click.echo(f"In force until their networks are made anew: sudo nft list table inet {table}")
    return 0


def _subnets() -> list[str]:
    """Those of the project's networks. Raises AeroError where there is none, or Docker does not answer."""
    names = _docker("network", "ls", "-q", "--filter", f"label=com.docker.compose.project={_project()}").split()
    if not names:
        raise AeroError("The containers have no network yet.", "Start them: make compose-up")
    return _docker("network", "inspect", "-f", "{{range .IPAM.Config}}{{.Subnet}} {{end}}", *names).split()


def demo(arguments: list[str]) -> int:
    """Start everything, load the demo's year and play a day of it as live traffic."""
    return up(arguments) or client("demo") or compose("up", "-d", "--no-deps", "replay")


def live_start(arguments: list[str]) -> int:
    """Start the stream, configure the source in a container, and start the source."""
    source = _LIVE_START.make_context("start", list(arguments)).params["source"]
    if source not in SOURCES:
        return client("live", "start", *arguments)
    code = compose("up", "-d", "stream") or compose("stop", source) or client("live", "start", *arguments)
    return code or compose("up", "-d", "--no-deps", source)


def containers() -> list[dict[str, str]]:
    """Every container of the cluster: `name` (its role), `container`, `state` (ready, starting, unhealthy, or Docker's
    own word where it does not run), `status` (Docker's sentence). Raises AeroError where Docker does not answer."""
    of_project = f"label=com.docker.compose.project={_project()}"
    rows = _docker("ps", "--all", "--filter", of_project, "--format", "{{json .}}").splitlines()
    return sorted((_container(json.loads(line)) for line in rows), key=lambda one: one["container"])


def _docker(*arguments: str) -> str:
    """What Docker prints. Raises AeroError where it does not answer."""
    result = subprocess.run(["docker", *arguments], capture_output=True, text=True)
    if result.returncode:
        raise AeroError(
            f"Docker does not answer: {result.stderr.strip()}", "Start it: dockerd, or systemctl start docker"
        )
    return result.stdout


def rows() -> list[dict[str, str]]:
    """The containers of the roles, and a row in state `not there` for each role of ALWAYS that has none."""
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
    """The name of Compose's project: COMPOSE_PROJECT_NAME of the environment, else that of docker/.env."""
    lines = (line.partition("=") for line in FILE.with_name(".env").read_text().splitlines())
    named = {name: value for name, _, value in lines}
    return os.environ.get("COMPOSE_PROJECT_NAME") or named["COMPOSE_PROJECT_NAME"]


def status(arguments: list[str]) -> int:
    """Print every role's containers, as JSON with `--json`. Returns 3 if a role that always runs is not ready."""
    shown = rows()
    if "--json" in arguments:
        click.echo(json.dumps(shown, indent=2))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("role", "container", "state", "status"):
            table.add_column(column, no_wrap=True)
        for row in shown:
            colour = "green" if row["state"] == "ready" else "yellow"
            table.add_row(row["name"], Text(row["container"]), f"[{colour}]{row['state']}[/]", Text(row["status"]))
        Console(width=None if sys.stdout.isatty() else 140, highlight=False).print(table)
    return 0 if all(row["state"] == "ready" for row in shown if row["name"] in ALWAYS) else 3
