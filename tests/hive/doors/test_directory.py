"""A directory proves who somebody is at HiveServer2: a slapd of the test's own, Debian's, and a real HiveServer2."""

import shutil
import subprocess
from contextlib import closing, contextmanager

import pytest
from pyhive import hive
from thrift.transport.TTransport import TTransportException

from aero import people
from tests.hive.doors import server as servers
from tests.ports import free_port
from tests.waiting import until_true

SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/local/libexec:/usr/lib/openldap")
pytestmark = pytest.mark.skipif(SLAPD is None, reason="it needs Debian's package slapd")
SUFFIX = "dc=example,dc=org"
USER_DN = f"uid=%s,ou=people,{SUFFIX}"
# Of the directory, and not those of the people file.
IN_THE_DIRECTORY = {"otto": "otto-of-the-directory", "rita": "rita-of-the-directory", "eve": "eve-of-the-directory"}


def _entries() -> str:
    entries = [f"dn: {SUFFIX}\nobjectClass: domain\ndc: example\n"]
    entries += [f"dn: ou=people,{SUFFIX}\nobjectClass: organizationalUnit\nou: people\n"]
    for name, password in IN_THE_DIRECTORY.items():
        entries.append(
            f"dn: {USER_DN % name}\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: {name}\n"
            f"userPassword: {password}\n"
        )
    return "\n".join(entries)


@contextmanager
def directory(folder):
    """The address of a slapd that lets nobody read, and takes passwords."""
    (folder / "data").mkdir(parents=True)
    configuration, port = folder / "slapd.conf", free_port()
    schemas = "".join(f"include /etc/ldap/schema/{name}.schema\n" for name in ("core", "cosine", "inetorgperson"))
    configuration.write_text(
        f"{schemas}modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {folder}/pid\n"
        f'database mdb\nsuffix "{SUFFIX}"\ndirectory {folder}/data\naccess to * by * auth\n'
    )
    subprocess.run([f"{SLAPD}", "-T", "add", "-f", configuration], input=_entries(), text=True, check=True)
    address = f"ldap://127.0.0.1:{port}"
    process = subprocess.Popen([f"{SLAPD}", "-f", configuration, "-h", address, "-d", "0"])
    try:
        yield address
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("hiveserver2")
    with directory(tmp_path_factory.mktemp("slapd")) as address:
        started = servers.start(
            home, {"AERO_LDAP_URL": address, "AERO_LDAP_USER_DN": USER_DN}, IN_THE_DIRECTORY["otto"]
        )
        try:
            yield started
        finally:
            started.stop()
            servers.remove(home)


def _comes_in(server, name, password):
    try:
        with closing(server.connection(name, password)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT 1")
            return cursor.fetchall() == [(1,)]
    except TTransportException as refused:
        assert "Error validating the login" in str(refused)
        return False


def test_the_directory_s_password_is_taken_and_that_of_the_people_file_is_not(server):
    assert _comes_in(server, "rita", IN_THE_DIRECTORY["rita"])
    assert not _comes_in(server, "rita", servers.PASSWORDS["rita"])
    assert not _comes_in(server, "rita", "wrong") and not _comes_in(server, "rita", " ")


def test_who_has_no_role_does_not_come_in_whatever_the_directory_says(server):
    assert not _comes_in(server, "eve", IN_THE_DIRECTORY["eve"])


def test_what_they_may_is_still_their_role_s(server):
    connection = server.connection("rita", IN_THE_DIRECTORY["rita"])
    with closing(connection), pytest.raises(hive.OperationalError) as refused:
        connection.cursor().execute("CREATE DATABASE hers")
    assert "rita may not use CREATE DATABASE" in refused.value.args[0].status.errorMessage


def test_the_platform_s_own_accounts_need_no_directory(server):
    assert _comes_in(server, "aero", people.password_of(server.settings, "aero"))


def test_a_person_who_was_removed_does_not_come_in(server):
    people.remove(server.settings, "rita")
    until_true(lambda: not _comes_in(server, "rita", IN_THE_DIRECTORY["rita"]))
