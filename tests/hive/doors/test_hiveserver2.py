"""The door of HiveServer2: who comes in, what each role may ask, and what nobody may. A real server answers."""

import json
from contextlib import closing, suppress

import pytest
from pyhive import hive
from TCLIService import ttypes
from thrift.Thrift import TApplicationException
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TTransportException
from thrift_sasl import TSaslClientTransport

from aero import hql, people, sql_names
from aero.datasets import REPOSITORY
from aero.errors import AeroError
from tests.hive.doors import server as servers
from tests.hive.doors.statements import (
    ANALYST_MAY,
    ANALYST_MAY_NOT,
    CONNECT_REFUSED,
    HIDDEN,
    NOBODY_MAY,
    OPERATOR_MAY_NOT,
    OWN,
    RAW,
    READER_MAY,
    READER_MAY_NOT,
)
from tests.waiting import until_true

pytestmark = pytest.mark.long

RITA, ANNA, OTTO = servers.ROLES


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with servers.filled(tmp_path_factory.mktemp("hiveserver2")) as started:
        yield started


@pytest.fixture(scope="module")
def cursors(server):
    """An open connection of each person."""
    opened = {name: server.connection(name) for name in servers.ROLES}
    yield {name: connection.cursor() for name, connection in opened.items()}
    for connection in opened.values():
        connection.close()


def answer(cursor, statement):
    cursor.execute(statement)
    return cursor.fetchall() if cursor.description else []


def refusal(cursor, statement):
    """The sentence that who asks reads."""
    with pytest.raises(hive.OperationalError) as raised:
        cursor.execute(statement)
    return raised.value.args[0].status.errorMessage


def audit(server):
    file = server.settings.home / "logs" / "audit" / "hiveserver2.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize(
    ("name", "password"), [(RITA, "otto-the-operator"), (RITA, "x"), ("nobody", "x"), ("aero", "aero"), (OTTO, "")]
)
def test_who_has_no_password_stays_outside(server, name, password):
    with pytest.raises(TTransportException):
        server.connection(name, password or "''")
    last = [line for line in audit(server) if line["outcome"] == "not signed in"][-1]
    assert last["who"] == name and "password" in last["why"]


def test_without_sasl_nobody_comes_in(server):
    with pytest.raises((TTransportException, TApplicationException, EOFError, OSError)):
        hive.connect("localhost", server.port, username=OTTO, auth="NOSASL").cursor().execute("SELECT 1")


def test_the_platforms_account_comes_in(server):
    password = people.password_of(server.settings, "aero")
    with closing(server.connection("aero", password)) as connection:
        assert answer(connection.cursor(), "SELECT current_user()") == [("aero",)]


def test_who_signed_in_is_who_asks_whatever_the_client_says(server):
    sasl = hive.get_installed_sasl(
        host="localhost", sasl_auth="PLAIN", service=None, username=RITA, password=servers.PASSWORDS[RITA]
    )
    transport = TSaslClientTransport(lambda: sasl, "PLAIN", TSocket("localhost", server.port))
    with closing(hive.Connection(thrift_transport=transport, username=OTTO)) as connection:
        assert answer(connection.cursor(), "SELECT current_user()") == [(RITA,)]
        assert "may not read" in refusal(connection.cursor(), "SELECT * FROM aero_raw.flights_reporting")


@pytest.mark.parametrize("key", CONNECT_REFUSED)
def test_what_a_client_sends_when_it_connects_is_judged(server, key):
    value, sentence = CONNECT_REFUSED[key]
    with pytest.raises(hive.OperationalError, match=sentence):
        server.connection(RITA, configuration={key: value})


def test_a_client_may_set_what_concerns_its_own_questions(server):
    configuration = {
        "use:database": "aero_batch",
        "set:hivevar:table": "delays",
        "set:hiveconf:hive.exec.reducers.max": "3",
    }
    [row] = server.ask(RITA, "SELECT id FROM aero_batch.${table}", configuration=configuration)
    assert row == (1,)
    assert server.ask(RITA, "SET hive.exec.reducers.max", configuration=configuration) == [
        ("hive.exec.reducers.max=3",)
    ]


@pytest.mark.parametrize("statement", READER_MAY)
def test_a_reader_may(cursors, statement):
    assert answer(cursors[RITA], statement) == READER_MAY[statement]


@pytest.mark.parametrize("statement", ["USE aero_batch", "EXPLAIN SELECT * FROM aero_batch.delays", "SHOW FUNCTIONS"])
def test_a_reader_may_also(cursors, statement):
    answer(cursors[RITA], statement)


@pytest.mark.parametrize("statement", READER_MAY_NOT)
def test_a_reader_may_not(cursors, statement):
    assert READER_MAY_NOT[statement] in refusal(cursors[RITA], statement)


def test_an_analyst_has_raw_rows_and_a_database_of_their_own(cursors):
    """One after the other: each needs those before."""
    for statement, rows in ANALYST_MAY:
        assert answer(cursors[ANNA], statement) == rows, statement
    for statement, sentence in ANALYST_MAY_NOT.items():
        assert sentence in refusal(cursors[ANNA], statement), statement
    assert "may not read scratch_anna_lena.looked" in refusal(cursors[RITA], f"SELECT * FROM {OWN}.looked")
    assert answer(cursors[OTTO], f"SHOW TABLES IN {OWN}") == [("looked",), ("mine",), ("rows_of_raw",)]
    assert answer(cursors[ANNA], f"DROP DATABASE {OWN} CASCADE") == []
    assert (OWN,) not in answer(cursors[OTTO], "SHOW DATABASES")


@pytest.mark.parametrize("statement", NOBODY_MAY)
def test_nobody_may(cursors, statement):
    for name in (RITA, OTTO):
        said = refusal(cursors[name], statement)
        assert NOBODY_MAY[statement] in said or (name == RITA and "rita may not use CREATE VIEW" in said)


@pytest.mark.parametrize("statement", OPERATOR_MAY_NOT)
def test_an_operator_has_all_tables_but_no_shell(server, cursors, statement):
    said = refusal(cursors[OTTO], statement.replace("{lake}", f"file:{server.lake}"))
    assert OPERATOR_MAY_NOT[statement] in said


def test_the_platform_may_make_every_table_of_the_repository(server, cursors):
    """Those over HBase, which is not there, are only planned."""
    creates = list((REPOSITORY / "hive").glob("aero_*/*/create.hql"))
    ours = [file for file in creates if "HBaseTableHandler" not in file.read_text()]
    assert len(ours) > 20
    for file in ours:
        [create] = hql.statements(file)
        made = sql_names.moved(create, {f"{file.parent.parent.name}.{file.parent.name}": "made"})
        answer(cursors[OTTO], "CREATE DATABASE IF NOT EXISTS made")
        answer(cursors[OTTO], made.replace("'/aero/", f"'file:{server.lake}/made/"))
        answer(cursors[OTTO], f"DROP TABLE made.{file.parent.name}")
    for file in (REPOSITORY / "hive").glob("aero_live/*/create.hql"):
        [create] = hql.statements(file)
        assert answer(cursors[OTTO], f"EXPLAIN {sql_names.moved(create, {f'aero_live.{file.parent.name}': 'made'})}")
    answer(cursors[OTTO], "DROP DATABASE made")


def test_beeline_comes_in_and_lists_what_one_may_read(server):
    asked = ["--hivevar", "table=delays", "-e", "SELECT name FROM ${table}", "-e", "!tables", "-e", "!columns flights%"]
    shown = server.beeline(RITA, *asked)
    assert "one" in shown.stdout and "aero_clean" in shown.stdout, shown.stderr
    assert "aero_raw" not in shown.stdout and "flights_quarantine" not in shown.stdout
    refused = server.beeline(RITA, "-e", "SELECT * FROM aero_raw.flights_reporting")
    assert RAW in refused.stderr and refused.returncode != 0


def test_nothing_but_its_one_door_is_open_before_a_question_is_computed(server):
    assert "Web UI is disabled since port is set to 0" in (server.settings.home / "log").read_text()


@pytest.mark.parametrize(("name", "statement", "sentence"), HIDDEN)
def test_no_answer_tells_of_a_table_that_one_may_not_read_or_change(server, name, statement, sentence):
    with closing(server.connection(name, database="aero_ops")) as connection:
        cursor = connection.cursor()
        said = refusal(cursor, statement)
        assert sentence in said and "hidden" not in said
        assert answer(cursor, "WITH audit AS (SELECT 1 AS one) SELECT one FROM audit") == [(1,)]


def test_who_is_removed_may_not_ask_any_longer(server):
    people.add(server.settings, "gone", "operator", "gone-in-a-moment")
    cursor = server.connection("gone", "gone-in-a-moment").cursor()
    assert answer(cursor, "SELECT 1") == [(1,)]
    people.remove(server.settings, "gone")
    said = refusal(cursor, "SELECT 1")
    assert "may not ask any longer" in said or "Invalid SessionHandle" in said


@pytest.mark.parametrize(
    "leave", [people.remove, lambda settings, name: people.change(settings, name, "a-password-of-later")]
)
def test_what_somebody_asked_ends_when_they_leave_or_have_another_password(server, leave):
    people.add(server.settings, "gone", "operator", "gone-in-a-moment")
    cursor = server.connection("gone", "gone-in-a-moment").cursor()
    views = " ".join(f"LATERAL VIEW explode(split(space(20000), ' ')) {view} AS {view}" for view in "abcd")
    cursor.execute(f"SELECT count(*) FROM aero_batch.delays {views}", async_=True)
    until_true(lambda: cursor.poll().operationState == ttypes.TOperationState.RUNNING_STATE)
    leave(server.settings, "gone")

    def ended():
        with suppress(hive.OperationalError):
            return cursor.poll().operationState != ttypes.TOperationState.RUNNING_STATE
        return True

    until_true(ended)
    until_true(lambda: "Invalid SessionHandle" in refusal(cursor, "SELECT 1"))
    with suppress(AeroError):
        people.remove(server.settings, "gone")


def test_the_audit_says_who_asked_what_and_what_came_of_it(server, cursors):
    before = len(audit(server))
    answer(cursors[RITA], "SELECT 'asked' FROM aero_batch.delays")
    refusal(cursors[RITA], "SELECT 'refused' FROM aero_raw.flights_reporting")
    refusal(cursors[RITA], "SELECT 'no such table' FROM aero_batch.nothing")
    refusal(cursors[RITA], "SELECT 'fails', assert_true(id > 1) FROM aero_batch.delays")
    refusal(cursors[OTTO], "dfs -ls /")
    with closing(server.connection(ANNA)):
        pass
    found = [
        (line["who"], line["from"], line["what"][:17].replace("USE `default`", ""), line["outcome"], line["why"][:20])
        for line in audit(server)[before:]
        if line["what"] != "USE `default`"
    ]
    assert found == [
        (RITA, "127.0.0.1", "SELECT 'asked' FR", "allowed", ""),
        (RITA, "127.0.0.1", "SELECT 'refused' ", "refused", "rita may not read ae"),
        (RITA, "127.0.0.1", "SELECT 'no such t", "failed", "Error while compilin"),
        (RITA, "127.0.0.1", "SELECT 'fails', a", "allowed", ""),
        (OTTO, "127.0.0.1", "dfs -ls /", "refused", "Nobody may use dfs t"),
        (ANNA, "127.0.0.1", "", "signed in", ""),
    ]


def test_no_password_is_in_the_logs(server):
    secrets = [*servers.PASSWORDS.values(), people.password_of(server.settings, "aero")]
    for file in (server.settings.home / "log", *(server.settings.home / "logs").rglob("*.jsonl")):
        text = file.read_text()
        assert [secret for secret in secrets if secret in text] == []


def test_a_variable_within_a_variable_shows_nothing(server):
    """What was put in is not looked at again."""
    configuration = {"set:hivevar:a": "$", "set:hivevar:b": "{env:A_SECRET}"}
    with pytest.raises(hive.OperationalError, match="may see"):
        server.ask(RITA, "SELECT '${a}${b}'", configuration=configuration)
    configuration = {"set:hivevar:a": "{env:A_SECRET}"}
    assert server.ask(RITA, "SELECT concat('$', '${a}')", configuration=configuration) == [("${env:A_SECRET}",)]


def test_of_the_past_a_role_reads_the_tables_that_it_reads_now(server, cursors):
    then = "aero_as_of_20260101000000_0123abcd"
    load = f"file:{server.lake}/clean/flights/year=2013/load=1"
    answer(cursors[OTTO], f"CREATE DATABASE {then}")
    try:
        answer(cursors[OTTO], f"CREATE EXTERNAL TABLE {then}.flights (id INT) STORED AS ORC LOCATION '{load}'")
        answer(cursors[OTTO], f"CREATE EXTERNAL TABLE {then}.flights_reporting (a STRING)")
        assert answer(cursors[RITA], f"SELECT * FROM {then}.flights") == [(1,)]
        assert answer(cursors[RITA], f"SHOW TABLES IN {then}") == [("flights",)]
        said = refusal(cursors[RITA], f"SELECT * FROM {then}.flights_reporting")
        assert f"rita may not read {then}.flights_reporting: the role reader has aero_batch.*" in said
        assert "*.flights" not in said
        assert answer(cursors[ANNA], f"SELECT * FROM {then}.flights_reporting") == []
        for name in (RITA, ANNA):
            assert "may not" in refusal(cursors[name], f"INSERT INTO {then}.flights VALUES (2)")
    finally:
        answer(cursors[OTTO], f"DROP DATABASE {then} CASCADE")
