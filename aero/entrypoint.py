"""The entrypoint of every container: `ROLE` becomes that server, `--ready` is the healthcheck, anything else is a command
of `aero`, as is what follows the word: `superset` is a role, `aero superset password` a command.
"""

import fcntl
import os
import socket
import sys
import time
from pathlib import Path

import psutil

from aero import process_state
from aero.cluster import postgres, readiness, roles, services
from aero.cluster.provision import Drift
from aero.cluster.service import Service
from aero.errors import AeroError
from aero.settings import Settings, load_settings

_RUN = Path("/run/aero")
_ROLE, _READY, _PROVISIONED = _RUN / "role", _RUN / "ready", _RUN / "provisioned"
_META_IS_LOST = _RUN / "meta-is-lost"
# Reassigning hbase:meta after a region server's death takes about half a minute.
META_MAY_BE_LOST_SECONDS = 120
# What names this container to others. Docker resolves a container's own id for all that share a network with it.
_OWN = ("DATANODE_HOST", "NODEMANAGER_HOST", "HBASE_REGIONSERVER_HOST", "SPARK_DRIVER_HOST", "SPARK_LOCAL_IP")


def main() -> None:
    """Replace this process by the server of the role, or by the command. An AeroError is its one line, exit code 1."""
    [first, *rest] = sys.argv[1:] or ["--help"]
    os.environ |= dict.fromkeys(_OWN, socket.gethostname())
    try:
        if first == "--ready":
            sys.exit(_ready(roles.BY_NAME[_ROLE.read_text()]))
        if first in roles.BY_NAME:
            _become(roles.BY_NAME[first])
    except AeroError as refusal:
        sys.exit(f"Error: {refusal}")
    from aero.cli import main as aero

    aero(rest if first == "aero" else [first, *rest], prog_name="aero")


def _become(role: Service) -> None:
    settings = load_settings()
    _ROLE.write_text(role.name)
    for mark in (_READY, _PROVISIONED, _META_IS_LOST, process_state.file(settings, role.name)):
        mark.unlink(missing_ok=True)
    if role.name == "datanode":
        os.environ["DATANODE_DIR"] = str(_own_place(settings.home / "hdfs" / "data"))
    _read_password(settings)
    variables = services.environment(settings)
    command = role.command(variables)
    if role.prepare:
        role.prepare(settings, variables, command)
    sys.stdout.flush()
    os.execve(command[0], command, os.environ | variables)


def _own_place(volume: Path) -> Path:
    """A folder of the volume that no other replica of this service uses: all of them share one volume.

    Of the free ones it is the one that was in use last, so that a DataNode that comes back finds its blocks. It is held
    by a lock that ends with the process, however that ends.
    """
    # Not the folders: one without a lock is another replica's that has only just made it.
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
    """Tell those that share the volume `secrets` how to reach PostgreSQL."""
    file = postgres.password_file(settings)
    if file.is_file():
        password = file.read_text()
        os.environ["METASTORE_DB_PASSWORD"] = password
        server = f"{postgres.USER}:{password}@{settings.address('POSTGRES')}"
        os.environ["LUIGI_HISTORY_URL"] = f"postgresql+pg8000://{server}/luigi"
        os.environ["SUPERSET_DB_URL"] = f"postgresql+psycopg2://{server}/superset"


def _ready(role: Service) -> str | int:
    """0 when the role is ready and what its files list is made, else what it waits for."""
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
    if not _META_IS_LOST.exists():  # Looked at again in ten seconds. It stays healthy: a region server starts after it.
        _READY.touch()
    return 0


def _end_master_without_meta(settings: Settings) -> None:
    """End the master's process where nobody has served hbase:meta for some minutes: Docker starts it again.

    A master that cannot write to HDFS when a region server dies forgets what it had to do about it; only a new start of the
    master gives hbase:meta to another server then.
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
