"""Attempts at HiveServer2 and the Spark Thrift Server: signing in, and each statement that is more than a question."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from pyhive import hive
from thrift.Thrift import TException
from thrift.transport.TTransport import TTransportException

from bench.attacks import statements
from bench.attacks.attempts import (
    ATTEMPTS,
    REFUSAL,
    Absent,
    Attempt,
    Failed,
    Person,
    Refused,
    Target,
    Wall,
    Who,
    attempt,
)
from bench.attacks.statements import Statement

SERVERS = {"HIVESERVER2": "HiveServer2", "SPARK_THRIFT": "Spark Thrift Server"}


def connect(target: Target, server: str, person: Person, conf: dict[str, str] | None = None) -> hive.Connection:
    """A session under a name and password; a server without a door takes any. Raises Refused where it does not."""
    try:
        return hive.connect(
            target.host,
            target.port(server),
            username=person.name,
            password=person.password or "none",
            auth="CUSTOM",
            configuration=conf,
        )
    except TTransportException as refused:
        words = str(refused)
        if refused.type == TTransportException.NOT_OPEN and "Could not connect" in words:
            raise Refused("no way there: the connection is refused") from refused
        raise Refused(words.splitlines()[0][:200]) from refused
    except hive.Error as refused:
        raise _judged(refused) from refused


def _judged(error: Exception) -> Exception:
    """Refused, where the server's words say that it will not; else Failed."""
    words = _words(error)
    if "Table not found" in words or "TABLE_OR_VIEW_NOT_FOUND" in words:
        return Absent(words)
    return (Refused if REFUSAL.search(words) else Failed)(words)


def _words(error: Exception) -> str:
    """The server's sentence, without its stack."""
    answer = error.args[0] if error.args else ""
    status = getattr(answer, "status", None)
    text = getattr(status, "errorMessage", None) or str(answer)
    return " ".join(text.split())[:300]


@dataclass
class Session:
    """A session in which statements are asked one by one."""

    connection: hive.Connection

    def ask(self, statement: str) -> list[tuple]:
        """The rows of a statement; none where it has no result."""
        cursor = self.connection.cursor()
        try:
            cursor.execute(statement)
            return cursor.fetchmany(1000) if cursor.description else []
        except hive.Error as refused:
            raise _judged(refused) from refused
        except TException as broken:
            raise Failed(f"it broke off: {broken}") from broken

    def ignoring(self, statements: Iterable[str]) -> None:
        """Ask statements, whatever comes of it."""
        for statement in statements:
            try:
                self.ask(statement)
            except (Refused, Failed, Absent):
                continue


def _statement(server: str, one: Statement):
    """An attempt's function: the statement, and those that go before it."""

    def run(target: Target) -> str:
        names = {
            "marker": target.marker,
            "folder": str(target.folder),
            "own": f"scratch_{target.person.name}".replace("-", "_"),
            "home": str(target.settings.home),
        }
        if one.given:
            (target.folder / "given").write_text(one.given)
            (target.folder / "given").chmod(0o644)
        *before, last = (statement.format_map(names) for statement in one.sql)
        with connect(target, server, target.person) as connection:
            session = Session(connection)
            session.ignoring(statement.format_map(names) for statement in one.setup)
            try:
                for statement in before:
                    session.ask(statement)
                rows = session.ask(last)
            finally:
                session.ignoring(statement.format_map(names) for statement in one.cleanup)
        return one.proof_in(rows, target.folder)

    return run


for server, door in SERVERS.items():
    for one in statements.ALL:
        if one.servers and server not in one.servers:
            continue
        ATTEMPTS.append(
            Attempt(one.name, door, one.sql[-1], _statement(server, one), server, one.who, one.wall, one.issue, 90)
        )


def _signs_in(server: str, person: Person, conf: dict[str, str] | None = None):
    def run(target: Target) -> str:
        asked = Person(target.person.name, target.person.password) if person.name == "own" else person
        with connect(target, server, asked, conf) as connection:
            rows = Session(connection).ask("SELECT 1")
        return f"SELECT 1 answered {rows}"

    return run


NAMES = {
    "signs in as the platform with a guess": Person("aero", "aero"),
    "signs in as the operating system's user": Person("root", "root"),
    "signs in as Superset with a guess": Person("superset", "superset"),
    "signs in as nobody": Person("anonymous", "anonymous"),
    "signs in with a name that holds a colon": Person("aero:operator", "x"),
    "signs in with a long password": Person("aero", "x" * 100_000),
}
for server, door in SERVERS.items():
    for name, person in NAMES.items():
        tries = f"a session as {person.name or 'nobody'!r}"
        ATTEMPTS.append(Attempt(name, door, tries, _signs_in(server, person), server, issue=2))
    own = _signs_in(server, Person("own", ""))
    ATTEMPTS.append(
        Attempt("a reader's own question", door, "SELECT 1 with their password", own, server, Who.READER, Wall.NONE)
    )


@attempt("HiveServer2", "HIVESERVER2", who=Who.READER, issue=2)
def becomes_another_by_a_proxy(target: Target) -> str:
    """a session of a reader's with hive.server2.proxy.user=aero that reads raw lines"""
    with connect(target, "HIVESERVER2", target.person, {"hive.server2.proxy.user": target.user}) as connection:
        rows = Session(connection).ask("SELECT current_user(), COUNT(*) FROM aero_raw.flights_reporting")
    return f"answered {rows}"


def _flood(server: str):
    def run(target: Target) -> str:
        """Passwords in a row for one name; a door that slows them lets few be tried."""
        began, tried = time.monotonic(), 0
        while tried < 20 and time.monotonic() - began < 6:
            if _takes(target, server, Person(target.marker, f"wrong-{tried}")):
                return "a wrong password was taken"
            tried += 1
        rate = tried / (time.monotonic() - began)
        if rate > 2:
            return f"{rate:.0f} wrong passwords a second were tried"
        raise Refused(f"slowed to {rate:.1f} a second, none taken")

    return run


def _takes(target: Target, server: str, person: Person) -> bool:
    """Whether a door takes a name and password. Raises Refused where there is no way to it."""
    try:
        connect(target, server, person).close()
        return True
    except Refused as refused:
        if "no way there" in str(refused):
            raise
        return False


def _lock_out(server: str):
    def run(target: Target) -> str:
        """Wrong passwords for a name of somebody who is signed in, and whether their own is taken still."""
        if not _takes(target, server, target.person):
            raise Failed("their own password is not taken")
        for number in range(8):
            _takes(target, server, Person(target.person.name, f"wrong-{number}"))
        began = time.monotonic()
        if _takes(target, server, target.person) and time.monotonic() - began < 5:
            raise Refused("their own password is taken at once")
        return "their own password is not taken, or late"

    return run


for server, door in SERVERS.items():
    ATTEMPTS.append(Attempt("guesses passwords", door, "20 wrong ones in a row", _flood(server), server, issue=8))
    ATTEMPTS.append(
        Attempt("locks a reader out", door, "8 wrong passwords for their name, then their own", _lock_out(server),
                server, Who.READER)
    )  # fmt: skip
