"""People, their passwords and the platform's accounts, in a file that the doors read."""

import base64
import hashlib
import re
import stat
import subprocess
import sys

import pytest

from aero import people
from aero.errors import AeroError
from aero.settings import Settings

PASSWORD = "correct-horse-battery"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(tmp_path / "home", tmp_path / "cache", {})


def test_a_person_is_let_in_with_their_password_alone(settings):
    people.add(settings, "ada", "analyst", PASSWORD)
    people.add(settings, "ben", "reader", PASSWORD)
    ada = people.verified(settings, "ada", PASSWORD)
    assert (ada.name, ada.role) == ("ada", "analyst")
    assert people.verified(settings, "ada", PASSWORD[:-1]) is None
    assert people.verified(settings, "nobody", "") is people.verified(settings, "cyd", PASSWORD) is None


def test_the_line_is_what_the_doors_in_java_read(settings):
    people.add(settings, "ada", "analyst", PASSWORD)
    line = people.file(settings).read_text()
    [algorithm, iterations, salt, digest] = line.removeprefix("ada:analyst:").removesuffix("\n").split("$")
    expected = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), base64.b64decode(salt), 210_000)
    assert (algorithm, iterations, base64.b64decode(digest)) == ("pbkdf2_sha256", "210000", expected)
    assert len(base64.b64decode(salt)) == 16 and PASSWORD not in line


def test_two_names_never_share_a_database(settings):
    people.add(settings, "anna-lena", "analyst", PASSWORD)
    with pytest.raises(AeroError, match="anna_lena and anna-lena would share the database scratch_anna_lena"):
        people.add(settings, "anna_lena", "analyst", PASSWORD)
    assert set(people.load(settings)) == {"anna-lena"}


def test_a_changed_password_takes_the_place_of_the_one_before(settings):
    people.add(settings, "ada", "analyst", PASSWORD)
    people.change(settings, "ada", "another-password")
    assert people.verified(settings, "ada", PASSWORD) is None
    assert people.verified(settings, "ada", "another-password").role == "analyst"
    people.remove(settings, "ada")
    assert people.verified(settings, "ada", "another-password") is None


@pytest.mark.parametrize("name", ["", "Ada", "1a", "a:b", "a b", "a\nb", "a" * 33, "aero", "ben"])
def test_a_name_that_is_none_or_somebody_elses_is_refused(settings, name):
    people.add(settings, "ben", "reader", PASSWORD)
    with pytest.raises(AeroError, match="name|is there already"):
        people.add(settings, name, "operator", PASSWORD)
    assert set(people.load(settings)) == {"ben"}


@pytest.mark.parametrize(
    "password", ["", "eleven-char", "with a space in it", 'with-a-"-quote', "ümläut-password", "a\nb" * 6]
)
def test_a_password_that_is_weak_or_that_a_client_would_break_is_refused(settings, password):
    with pytest.raises(AeroError, match=f"A password of {len(password)} characters") as refused:
        people.add(settings, "ada", "analyst", password)
    assert "12" in refused.value.fix and not people.file(settings).exists()


def test_the_platforms_accounts_are_made_once_and_mended(settings):
    people.make_platform_accounts(settings)
    before = people.file(settings).read_text()
    people.make_platform_accounts(settings)
    assert people.file(settings).read_text() == before
    for name, role in (("aero", "operator"), ("superset", "reader")):
        password = people.password_of(settings, name)
        assert re.fullmatch(r"[A-Za-z0-9_-]{32,}", password)
        assert people.verified(settings, name, password).role == role
    people.add(settings, "ada", "analyst", PASSWORD)
    (settings.secrets / "passwords" / "aero").unlink()  # As if a start was killed between two files.
    people.make_platform_accounts(settings)
    assert people.verified(settings, "aero", people.password_of(settings, "aero")).role == "operator"
    assert people.verified(settings, "ada", PASSWORD)


def test_a_new_password_of_an_account_is_where_its_programs_find_it(settings):
    people.make_platform_accounts(settings)
    people.change(settings, "superset", PASSWORD)
    assert people.password_of(settings, "superset") == PASSWORD
    assert people.verified(settings, "superset", PASSWORD)
    with pytest.raises(AeroError, match="The platform itself comes in as superset"):
        people.remove(settings, "superset")


def test_no_other_user_may_read_any_of_it(settings):
    people.make_platform_accounts(settings)
    people.add(settings, "ada", "analyst", PASSWORD)
    for path in (settings.secrets, *settings.secrets.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_of_containers_that_start_at_once_one_makes_the_accounts(settings):
    script = """if True:
        import sys
        from pathlib import Path
        from aero import people
        from aero.settings import Settings
        settings = Settings(Path(sys.argv[1]), Path(sys.argv[1]), {})
        people.make_platform_accounts(settings)
        print(people.password_of(settings, "aero"), people.file(settings).read_text())
    """
    command = [sys.executable, "-c", script, str(settings.home)]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert len({start.communicate()[0] for start in starts}) == 1
    assert people.verified(settings, "aero", people.password_of(settings, "aero"))


def test_what_is_missing_or_broken_is_said_with_what_to_do(settings):
    with pytest.raises(AeroError, match="nothing was started yet") as missing:
        people.password_of(settings, "aero")
    assert missing.value.fix == "Start it: aero up"
    people.add(settings, "ada", "analyst", PASSWORD)
    with people.file(settings).open("a") as file:
        file.write("ben:king:pbkdf2_sha256$1$AA==$AA==\n")
    with pytest.raises(AeroError, match=r"Line 2 of .*people is not"):
        people.load(settings)
