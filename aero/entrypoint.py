"""The entrypoint of every container. The name of a role becomes that server, `--ready` is the healthcheck, and anything
else is a command of `aero`; so is what follows the word `aero`, since `superset` alone is a role.
"""

import fcntl
import os
import socket
import sys
import time
from pathlib import Path

import psutil

from aero import people, process_state
from aero.cluster import postgres, readiness, redis, roles, services, surroundings
from aero.cluster.drift import Drift
from aero.cluster.service import Service
from aero.errors import AeroError
from aero.screen import Console
from aero.settings import Settings, load_settings

_RUN = Path("/run/aero")
_ROLE, _READY, _PROVISIONED = _RUN / "role", _RUN / "ready", _RUN / "provisioned"
_META_IS_LOST = _RUN / "meta-is-lost"
# Reassigning hbase:meta after a region server's death takes about half a minute.
META_MAY_BE_LOST_SECONDS = 120
# Variables that name this container to others. Docker resolves a container's id for all that share a network with it.
_OWN = ("DATANODE_HOST", "NODEMANAGER_HOST", "HBASE_REGIONSERVER_HOST", "SPARK_DRIVER_HOST", "SPARK_LOCAL_IP")

_HAVE_A_DATABASE = ("metastore", "luigid", "superset", "superset-worker")


def main() -> None:
    """Replace this process by the role's server, or run the command. An AeroError is printed, with exit code 1."""
    [first, *rest] = sys.argv[1:] or ["--help"]
    os.environ |= dict.fromkeys(_OWN, socket.gethostname())
    os.umask(surroundings.UMASK)
    try:
        settings = load_settings()
        surroundings.prepare(settings, Console(stderr=True), anew=first in roles.BY_NAME)
        _make_passwords(settings)
        if first == "--ready":
            sys.exit(_ready(roles.BY_NAME[_ROLE.read_text()]))
        if first in roles.BY_NAME:
            _become(roles.BY_NAME[first])
    except AeroError as refusal:
        sys.exit(f"Error: {refusal}")
    from aero.cli import main as aero

    aero(rest if first == "aero" else [first, *rest], prog_name="aero")


def _make_passwords(settings: Settings) -> None:
    """In the containers that may write in the volume `secrets`; PostgreSQL's, which all others wait for, is one."""
    if os.access(settings.secrets, os.W_OK):
        people.make_platform_accounts(settings)
        redis.make_password(settings)


def _become(role: Service) -> None:
    """Prepare the role's server and replace this process by it."""
    settings = load_settings()
    _ROLE.write_text(role.name)
    for mark in (_READY, _PROVISIONED, _META_IS_LOST, process_state.file(settings, role.name)):
        mark.unlink(missing_ok=True)
    if role.name == "datanode":
        os.environ["DATANODE_DIR"] = str(_own_place(settings.home / "hdfs" / "data"))
    if role.name in _HAVE_A_DATABASE:
        _read_password(settings)
    variables = services.environment(settings)
    command = role.command(variables)
    if role.prepare:
        role.prepare(settings, variables, command)
    sys.stdout.flush()
    os.execve(command[0], command, os.environ | variables)


def _own_place(volume: Path) -> Path:
    """A folder of the volume that no other replica of this service uses: all replicas share the volume.

    Of the free folders it is the one that was used last, so that a DataNode that comes back finds its blocks. It is
    held by a lock that ends with the process, however that ends.
    """
    # The locks, not the folders: another replica may have made a folder and not its lock yet.
    known = sorted(volume.glob("[0-9]*/in-use"), key=lambda lock: lock.stat().st_mtime, reverse=True)
    new = (volume / str(number) / "in-use" for number in range(1, 1000))
    for file in (*known, *new):
        place = file.parent
        place.mkdir(exist_ok=True)
        lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        os.set_inheritable(lock, True)
        os.utime(lock)
        (_RUN / "place").write_text(str(place))
        return place / "blocks"
    raise AeroError(f"No place is free in {volume}.")


def _read_password(settings: Settings) -> None:
    """Set the addresses of PostgreSQL's databases, for the roles that have one."""
    file = postgres.password_file(settings)
    if file.is_file():
        password = file.read_text()
        os.environ["METASTORE_DB_PASSWORD"] = password
        server = f"{postgres.USER}:{password}@{settings.address('POSTGRES')}"
        os.environ["LUIGI_HISTORY_URL"] = f"postgresql+pg8000://{server}/luigi"
        os.environ["SUPERSET_DB_URL"] = f"postgresql+psycopg2://{server}/superset"


def _ready(role: Service) -> str | int:
    """Exit code 0 when the role is ready and what it provisions is made, else a line that says what it waits for."""
    settings = load_settings()
    if role.name == "hbase-master":
        _end_master_without_meta(settings)
    waits_for = role.waits_for(settings)
    if waits_for:
        _READY.unlink(missing_ok=True)
        return f"waits for {waits_for}"
    if role.provision and not _PROVISIONED.exists():
        try:
            role.provision(settings, services.environment(settings))
        except Drift as drift:
            print(f"drift {drift}")
        _PROVISIONED.touch()
    if (_RUN / "place").is_file():
        os.utime(Path((_RUN / "place").read_text()) / "in-use")
    # Without this file Docker asks again in ten seconds. The role stays healthy, since region servers start after it.
    if not _META_IS_LOST.exists():
        _READY.touch()
    return 0


def _end_master_without_meta(settings: Settings) -> None:
    """End HBase's master where no server has had hbase:meta for two minutes; Docker then starts the master again.

    A master that cannot write to HDFS when a region server dies forgets to give its regions to another. Only a new
    start of the master then gives hbase:meta to another server.
    """
    if readiness.hbase(settings) or readiness.hbase_thrift2(settings) != readiness.NO_ROW:
        _META_IS_LOST.unlink(missing_ok=True)
        return
    if not _META_IS_LOST.exists():
        _META_IS_LOST.touch()
    if time.time() - _META_IS_LOST.stat().st_mtime > META_MAY_BE_LOST_SECONDS:
        for process in psutil.Process(1).children():
            process.kill()


if __name__ == "__main__":
    main()
