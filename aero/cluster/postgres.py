"""PostgreSQL of a cluster: made once, with a password of its own that only the containers of its volume `secrets` see."""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from aero.errors import AeroError
from aero.settings import Settings

if TYPE_CHECKING:
    import pg8000.dbapi

USER = "aero"
DATABASES = ("metastore", "luigi", "superset")
_BIN = Path("/usr/lib/postgresql/15/bin")


def password_file(settings: Settings) -> Path:
    return settings.home / "secrets" / "postgres"


def connect(settings: Settings, database: str = "postgres") -> pg8000.dbapi.Connection:
    """A connection as the owner of all databases. Raises AeroError where it does not answer or was never started."""
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
    """Make an empty server with a new password. Raises AeroError where its files are gone and its password is not, or
    the other way round: one of two volumes was lost.
    """
    data, password = settings.home / "postgres" / "data", password_file(settings)
    is_there = (data / "PG_VERSION").is_file()
    if is_there and not password.is_file():
        raise AeroError(f"{data} is there, but its password {password} is not.", "Put the volume `secrets` back.")
    if password.is_file() and not is_there:
        raise AeroError(
            f"{data} holds no database, but there was one: its password is still in {password}.",
            "Put the volume `postgres` back from a copy. To start over, remove the volume `secrets` too; what HDFS holds"
            " then keeps the metastore from starting (docs/production.md, “Backups”).",
        )
    if is_there:
        return
    fresh = password.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_hex(24))
    said = subprocess.run(
        [_BIN / "initdb", "-D", data, "-U", USER, "--pwfile", fresh, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"],
        capture_output=True,
        text=True,
    )  # fmt: skip
    if said.returncode:
        raise AeroError(f"PostgreSQL could not be made:\n{said.stdout}{said.stderr}")
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all samenet scram-sha-256\n")
    fresh.rename(password)


def databases(settings: Settings, variables: dict[str, str]) -> None:
    """A database for each that uses one."""
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
