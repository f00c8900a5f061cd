"""The sessions that Superset uses again, on a real HiveServer2."""

import importlib.util
import socket

import pytest
from pyhive import hive

from aero.datasets import REPOSITORY
from tests.hive.doors import server as hiveserver2
from tests.ports import free_port

TABLE = "aero_batch.delays"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with hiveserver2.filled(tmp_path_factory.mktemp("hiveserver2")) as started:
        yield started


@pytest.fixture
def sessions():
    """The module as Superset has it, with no session yet."""
    spec = importlib.util.spec_from_file_location("sessions", REPOSITORY / "superset" / "sessions.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def connect(server, sessions):
    def connect(name="rita", **words):
        password = hiveserver2.PASSWORDS[name]
        return sessions.Connection(
            host="localhost", port=server.port, username=name, password=password, auth="CUSTOM", **words
        )

    return connect


def ask(connection, question="SELECT 1"):
    """The rows, and the session in which they were asked for."""
    cursor = connection.cursor()
    cursor.execute(question)
    rows = cursor.fetchall() if cursor.description else []
    session = connection.sessionHandle.sessionId.guid
    connection.close()
    return rows, session


def test_who_asks_nothing_does_not_sign_in(sessions):
    connection = sessions.Connection(host="localhost", port=free_port(), username="rita", auth="NONE")
    connection.cursor().close()
    connection.close()
    with pytest.raises(hive.thrift.transport.TTransport.TTransportException):
        connection.cursor().execute("SELECT 1")


def test_one_session_answers_one_question_after_the_other(connect):
    rows, session = ask(connect(), f"SELECT name FROM {TABLE}")
    assert rows == [("one",)]
    assert ask(connect(), "SELECT 2") == ([(2,)], session)


def test_two_questions_at_once_have_a_session_each(connect):
    one, other = connect(), connect()
    assert one.sessionHandle != other.sessionHandle


def test_nobody_has_the_session_of_another_or_of_other_settings(connect):
    ways = [
        connect(),
        connect("otto"),
        connect(database="aero_batch"),
        connect(configuration={"hive.exec.reducers.max": "7"}),
    ]
    assert len({ask(one)[1] for one in ways}) == len(ways)


def test_the_database_that_a_use_names_is_that_of_nobody_else(connect):
    cursor = (connection := connect()).cursor()
    cursor.execute(" -- which\n use `aero_batch`")
    cursor.execute("SELECT name FROM delays")
    assert cursor.fetchall() == [("one",)]
    connection.close()
    assert ask(connect(), "SELECT current_database()")[0] == [("default",)]


def test_what_a_question_leaves_open_is_closed(connect):
    cursor = (connection := connect()).cursor()
    cursor.execute(f"SELECT name FROM {TABLE}")
    assert cursor._operationHandle
    connection.close()
    assert cursor._operationHandle is None


def _ended_at_the_server(session):
    session.client.CloseSession(hive.ttypes.TCloseSessionReq(session.sessionHandle))


def _server_gone(session):
    session._transport._trans.handle.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("end", [_ended_at_the_server, _server_gone])
def test_where_the_session_has_ended_meanwhile_the_question_is_asked_in_a_fresh_one(connect, end):
    connections = [connect(), connect()]
    before = {connection.sessionHandle.sessionId.guid for connection in connections}
    for connection in connections:
        end(connection._session)
        connection.close()
    rows, session = ask(connect())
    assert rows == [(1,)] and session not in before


def test_a_question_that_is_refused_is_asked_once(connect):
    for _ in range(2):
        with pytest.raises(hive.OperationalError, match="rita may not read aero_raw"):
            ask(connect(), "SELECT a FROM aero_raw.flights_reporting")


@pytest.mark.parametrize(("name", "value"), [("KEPT_SECONDS", -1), ("KEPT", 0), ("LIVES_SECONDS", -1)])
def test_sessions_are_kept_for_a_while_and_not_too_many(connect, sessions, monkeypatch, name, value):
    monkeypatch.setattr(sessions, name, value)
    _, session = ask(connect())
    assert ask(connect())[1] != session
