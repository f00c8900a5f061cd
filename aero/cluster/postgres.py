"""PostgreSQL of a cluster, made once, with a password that only containers with the volume `secrets` can read."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from aero.errors import AeroError
from aero.files import make_secret
from aero.settings import Settings

if TYPE_CHECKING:
    import pg8000.dbapi

USER = "aero"
DATABASES = ("metastore", "luigi", "superset")
_BIN = Path("/usr/lib/postgresql/15/bin")


def password_file(settings: Settings) -> Path:
    return settings.secrets / "postgres"


def connect(settings: Settings, database: str = "postgres") -> pg8000.dbapi.Connection:
    """A connection as the owner of all databases. Raises AeroError where PostgreSQL does not answer."""
    import pg8000.dbapi

    try:
        return pg8000.dbapi.connect(
            USER,
            host=settings.host("POSTGRES"),
            port=settings.port("POSTGRES"),
            password=password_file(settings).read_text(),
            database=database,
            timeout=5,
        )
    except (pg8000.dbapi.Error, OSError) as refused:
        raise AeroError(
            f"PostgreSQL does not answer at {settings.address('POSTGRES')}: {refused}",
            "See: aero --profile compose status",
        ) from refused


def initialise_once(settings: Settings, variables: dict[str, str], command: list[str]) -> None:
    """Make an empty server with a new password. Raises AeroError where only its files or only its password are there:
    one of two volumes was lost.
    """
    data, password = settings.home / "postgres" / "data", password_file(settings)
    is_there = (data / "PG_VERSION").is_file()
    if is_there and not password.is_file():
        raise AeroError(f"{data} is there, but its password {password} is not.", "Put the volume `secrets` back.")
    if password.is_file() and not is_there:
        raise AeroError(
            f"{data} holds no database, but there was one: its password is still in {password}.",
            "Put the volume `postgres` back from a copy. To start over, remove the volume `secrets` too; what HDFS"
            " holds then keeps the metastore from starting (docs/production.md, “Backups”).",
        )
    if is_there:
        return
    # Renamed to `password` when the server is made: after a failure the next start begins anew.
    fresh = password.with_suffix(".new")
    make_secret(fresh)
    options = [
        "-D",
        str(data),
        "-U",
        USER,
        "--pwfile",
        str(fresh),
        "-A",
        "scram-sha-256",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    result = subprocess.run([_BIN / "initdb", *options], capture_output=True, text=True)
    if result.returncode:
        raise AeroError(f"PostgreSQL could not be made:\n{result.stdout}{result.stderr}")
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all samenet scram-sha-256\n")
    fresh.rename(password)


def databases(settings: Settings, variables: dict[str, str]) -> None:
    """Make the databases that are missing."""
    connection = connect(settings)
    try:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT datname FROM pg_database")
        existing = {row[0] for row in cursor.fetchall()}
        for name in DATABASES:
            if name not in existing:
                cursor.execute(f"CREATE DATABASE {name}")
    finally:
        connection.close()
