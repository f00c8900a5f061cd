"""Who comes in at the SQL servers, and what is said to who may not."""

import pytest
from pyhive import hive
from TCLIService.ttypes import TOpenSessionResp, TStatus

from aero import connections, people
from aero.connections import Login
from aero.errors import AeroError, Away
from aero.settings import load_settings
from tests.ports import free_port
from tests.sasl_door import sasl_door

ENGINES = {"HIVE": connections.hive, "SPARK": connections.spark}
PORTS = {"HIVE": "HIVESERVER2_PORT", "SPARK": "SPARK_THRIFT_PORT"}


@pytest.fixture(params=ENGINES)
def door(request, monkeypatch, tmp_path):
    """A closed door: how it is opened, its port's setting, and who came with which password."""
    monkeypatch.setenv("AERO_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv(f"{request.param}_DOOR", "closed")
    with sasl_door() as (port, came):
        monkeypatch.setenv(PORTS[request.param], str(port))
        yield ENGINES[request.param], PORTS[request.param], came


def test_at_a_closed_door_the_platform_gives_its_password(door):
    connect, _, came = door
    people.make_platform_accounts(load_settings())
    with pytest.raises(AeroError, match="does not let aero in: a wrong password"):
        connect()
    assert came == [("aero", people.password_of(load_settings(), "aero"))]


def test_a_person_comes_in_with_their_own_password(door):
    connect, _, came = door
    with pytest.raises(AeroError, match="does not let ada in: a wrong password") as refused:
        connect(Login("ada", "correct-horse-battery"))
    assert came == [("ada", "correct-horse-battery")] and "aero user passwd" in refused.value.fix


def test_without_a_password_nobody_knocks(door):
    connect, _, came = door
    with pytest.raises(AeroError, match="nothing was started yet"):
        connect()
    assert came == []


def test_a_server_that_is_not_there_is_another_matter(door, monkeypatch):
    connect, setting, _ = door
    monkeypatch.setenv(setting, str(free_port()))
    with pytest.raises(AeroError, match="does not answer at localhost"):
        connect(Login("ada", "correct-horse-battery"))


def test_an_open_door_is_told_no_password(door, monkeypatch):
    connect, _, came = door
    people.make_platform_accounts(load_settings())
    for name in ENGINES:
        monkeypatch.setenv(f"{name}_DOOR", "open")
    with pytest.raises(AeroError):
        connect()
    assert came == [("aero", "x")]  # PyHive's own word for none.


def test_a_server_that_opens_no_session_is_away_and_says_why(monkeypatch):
    status = TStatus(statusCode=3, errorMessage="Failed to open new session: It is in safe mode.\nIt has 180 blocks")

    def refuse(*_what, **_how):
        raise hive.OperationalError(TOpenSessionResp(status=status))

    monkeypatch.setenv("HIVE_DOOR", "open")
    monkeypatch.setattr(hive, "connect", refuse)
    with pytest.raises(Away, match=r"HiveServer2 opens no session: Failed to open .* in safe mode\.\n"):
        connections.hive()
