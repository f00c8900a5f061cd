"""The Java classes that every door asks: who may sign in, how often one may try, and the audit's lines."""

import base64
import hashlib
import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aero import people
from aero.cluster import java
from aero.datasets import REPOSITORY

DOORS = REPOSITORY / "hive" / "doors" / "src" / "main" / "java" / "aero" / "doors"
SALT = bytes(range(16))


def line(name, role, password, iterations=2000):
    """A line of the people file. Few iterations: how long one takes is another test's question. 1000 and less is for
    an account of the platform."""
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, iterations)
    salt, digest = (base64.b64encode(part).decode() for part in (SALT, digest))
    return f"{name}:{role}:pbkdf2_sha256${iterations}${salt}${digest}\n"


class Doors:
    """A Java process with a people file, its AERO_HOME and its audit."""

    def __init__(self, home: Path, classes: Path, *flags: str) -> None:
        self.home, self.people = home, home / "people"
        command = [f"{java.home()}/bin/java", *flags, "-cp", str(classes), "Ask", str(self.people)]
        self.process = subprocess.Popen(
            command, env=os.environ | {"AERO_HOME": str(home)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, *words: str) -> str:
        self.process.stdin.write("\t".join(words) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def verified(self, name, password, address="127.0.0.1"):
        return self.ask("verified", name, password, address)

    def write(self, text):
        """Replace the file as aero/people.py does."""
        new = self.people.with_suffix(".new")
        new.write_text(text)
        new.rename(self.people)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    """The classes that need the JDK alone."""
    folder = tmp_path_factory.mktemp("classes")
    files = [DOORS / f"{name}.java" for name in ("People", "Person", "Proof", "Audit")]
    ask = Path(__file__).with_name("Ask.java")
    subprocess.run([f"{java.home()}/bin/javac", "-encoding", "UTF-8", "-d", folder, *files, ask], check=True)
    return folder


@pytest.fixture()
def doors(tmp_path, classes):
    started = Doors(tmp_path, classes)
    yield started
    started.end()


@pytest.fixture(scope="module")
def shared(tmp_path_factory, classes):
    """One process for the tests that only read."""
    started = Doors(tmp_path_factory.mktemp("home"), classes)
    started.write(
        line("ada", "reader", "a long password")
        + line("bob", "analyst", "pässwörd ☂ of bob")
        + line("eve-1", "operator", "x" * 80)
        + "mallory:root:pbkdf2_sha256$1$AA==$AA==\n"
        + "trent:reader:plain\n"
    )
    yield started
    started.end()


@pytest.mark.parametrize(
    ("name", "password", "answer"),
    [
        ("ada", "a long password", "ada reader"),
        ("bob", "pässwörd ☂ of bob", "bob analyst"),
        ("eve-1", "x" * 80, "eve-1 operator"),
        ("ada", "another password", "nobody"),
        ("ada", "", "nobody"),
        ("Ada", "a long password", "nobody"),
        ("nobody", "a long password", "nobody"),
        ("", "", "nobody"),
        ("mallory", "", "nobody"),
        ("trent", "plain", "nobody"),
        ("ada:reader", "a long password", "nobody"),
    ],
)
def test_only_the_right_password_of_a_person_comes_in(shared, name, password, answer):
    assert shared.verified(name, password) == answer


def test_nobody_comes_in_without_a_file_and_a_new_one_counts_at_once(doors):
    assert doors.verified("ada", "first password") == "nobody"
    doors.write(line("ada", "reader", "first password"))
    assert doors.verified("ada", "first password") == "ada reader"
    # A role and a password of the same length: only the file is another.
    doors.write(line("ada", "reader", "later password"))
    assert doors.verified("ada", "first password") == "nobody"
    assert doors.verified("ada", "later password") == "ada reader"
    doors.write(line("ada", "analyst", "later password"))
    assert doors.verified("ada", "later password") == "ada analyst"
    doors.write(line("bob", "reader", "later password"))
    assert [doors.verified("ada", "later password"), doors.ask("named", "ada")] == ["nobody", "nobody"]
    assert doors.ask("named", "bob") == "bob reader"
    doors.people.unlink()
    assert doors.ask("named", "bob") == "nobody"


def _seconds(doors, *words):
    begin = time.monotonic()
    doors.verified(*words)
    return time.monotonic() - begin


def test_a_password_that_was_right_costs_nothing_and_an_unknown_name_as_much_as_a_wrong_password(doors):
    doors.write(line("ada", "reader", "a long password", 210_000))
    first = _seconds(doors, "ada", "a long password")
    again = min(_seconds(doors, "ada", "a long password") for _ in range(5))
    assert again < first / 10
    wrong = min(_seconds(doors, "ada", f"wrong {number}") for number in range(4))
    unknown = min(_seconds(doors, "nobody", f"wrong {number}") for number in range(4))
    assert wrong / 3 < unknown < wrong * 3


def test_wrong_passwords_are_slowed_and_no_one_else_is(doors):
    doors.write(line("ada", "reader", "a long password") + line("bob", "reader", "a long password"))
    doors.verified("ada", "a long password", "10.0.0.1")
    begin = time.monotonic()
    for number in range(8):
        assert doors.verified("ada", f"wrong {number}", "10.0.0.9") == "nobody"
    assert 3 < time.monotonic() - begin < 20
    # From elsewhere, as someone else, and with a password that was right before: at once.
    for name, address in [("ada", "10.0.0.1"), ("bob", "10.0.0.9"), ("ada", "10.0.0.9")]:
        assert _seconds(doors, name, "a long password", address) < 1
        assert doors.verified(name, "a long password", address) == f"{name} reader"


@pytest.mark.parametrize("address", ["10.0.0.9", "127.0.0.{}"])  # A user of this machine has each of its loopback's.
def test_forty_wrong_passwords_are_refused_at_once_in_the_end(doors, address):
    doors.write(line("ada", "reader", "a long password"))
    begin = time.monotonic()
    assert {doors.verified("ada", f"wrong {number}", address.format(number)) for number in range(40)} == {"nobody"}
    assert time.monotonic() - begin < 60
    assert doors.verified("ada", "a long password", address.format(99)) == "nobody"
    assert doors.verified("ada", "a long password", "10.0.0.1") == "ada reader"


def test_wrong_passwords_never_keep_the_platform_itself_outside(doors):
    doors.write(line("aero", "operator", "random", people.PLATFORM_ITERATIONS))
    assert {doors.verified("aero", f"wrong {number}") for number in range(40)} == {"nobody"}
    assert doors.verified("aero", "random") == "aero operator"


def lines(file):
    return [json.loads(one) for one in file.read_text().splitlines()]


def test_a_line_of_the_audit_holds_what_was_asked(doors):
    what = 'SELECT "ß\\" FROM x [/red] \x1b[31m \u2028 \U0001f6eb'
    assert doors.ask("audit", "hiveserver2", "ada", "10.0.0.1", what, "refused", "no") == "written"
    assert doors.ask("audit", "hiveserver2", "ada", "10.0.0.1", "x" * 5000, "allowed", "") == "written"
    file = doors.home / "logs" / "audit" / "hiveserver2.jsonl"
    first, second = lines(file)
    at = datetime.fromisoformat(first.pop("at"))
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    assert first == {
        "door": "hiveserver2", "who": "ada", "from": "10.0.0.1", "what": what, "outcome": "refused", "why": "no"
    }  # fmt: skip
    assert second["what"] == "x" * 1999 + "…"
    assert "\x1b" not in file.read_text()
    assert [oct(path.stat().st_mode & 0o777) for path in (file, file.parent)] == ["0o600", "0o700"]


def test_the_audit_is_rotated_and_loses_no_line_of_several_processes(tmp_path, classes):
    several = [Doors(tmp_path, classes, "-Daero.audit.bytes=4000") for _ in range(3)]

    def write(doors):
        return [doors.ask("audit", "yarn", "ada", "", str(number), "allowed", "") for number in range(50)]

    with ThreadPoolExecutor() as pool:
        assert sum(len(written) for written in pool.map(write, several)) == 150
    for doors in several:
        doors.end()
    folder = tmp_path / "logs" / "audit"
    files = sorted(folder.glob("yarn.jsonl*"))
    assert 3 < len(files) <= 6
    found = [one["what"] for file in files for one in lines(file)]
    assert len(found) == 150 and set(found) == {str(number) for number in range(50)}
