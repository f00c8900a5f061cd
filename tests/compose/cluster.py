"""The cluster of containers as the tests see it: through its doors, and through Docker."""

import os
import subprocess
from functools import partial

from pyhive import hive

from aero.cluster import compose
from aero.settings import DOORS
from tests import waiting

DAY = "2013-07-10"
FLIGHTS = 336_776
# The states of DAY's flights by BTS; the hourly windows must agree.
STATES = {"active": 33, "cancelled": 121, "landed": 850}
# Containers take longer than servers of one machine.
until = partial(waiting.until, seconds=600, pause=1)


def sql(statement: str) -> list[tuple]:
    """Rows of one statement through HiveServer2's door."""
    with hive.connect("127.0.0.1", int(os.environ["HIVESERVER2_DOOR"]), **_login()) as connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall()


def _login() -> dict[str, str]:
    """PyHive's words with which the platform itself comes in."""
    if not is_closed("HIVE"):
        return {"username": "aero"}
    password = inside("hiveserver2", "cat", "/var/lib/aero/secrets/passwords/aero")
    return {"username": "aero", "password": password, "auth": "CUSTOM"}


def is_closed(door: str) -> bool:
    """Whether a door, such as HIVE, asks for a password in the containers."""
    lines = compose.FILE.with_name("cluster.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return (DOORS | given)[f"{door}_DOOR"] == "closed"


def flights() -> int:
    return sql("SELECT count(*) FROM aero_clean.flights WHERE year = 2013")[0][0]


def live_states() -> dict[str, int]:
    return dict(
        sql(f"SELECT status, count(*) FROM aero_live.flight_state WHERE flight_date = DATE '{DAY}' GROUP BY status")
    )


def departures_in_windows() -> dict[str, int]:
    return dict(sql("SELECT kind, sum(departures) FROM aero_live.delays_hourly GROUP BY kind"))


def ready(names=compose.ALWAYS) -> bool:
    return all(row["state"] == "ready" for row in compose.rows() if row["name"] in names)


def container(name: str) -> str:
    """The first container of a role."""
    return next(one["container"] for one in compose.containers() if one["name"] == name)


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout.strip()


def inspect(name: str, what: str) -> str:
    return docker("inspect", "-f", what, container(name))


def kill_server(name: str) -> None:
    """kill -9 of every process in a role's container; wait until Docker has started it again."""
    before = inspect(name, "{{.RestartCount}}")
    subprocess.run(["docker", "exec", container(name), "sh", "-c", "kill -9 -1"], capture_output=True)
    until(lambda: inspect(name, "{{.RestartCount}} {{.State.Running}}").split() == [str(int(before) + 1), "true"])


def inside(name: str, *command: str) -> str:
    """The output of a command in a role's container."""
    return docker("exec", container(name), *command)
