"""Who comes in at the Spark Thrift Server, what a connection may bring along, and what stands in the audit."""

import subprocess
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from pyhive import hive
from TCLIService import ttypes
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TTransportException
from thrift_sasl import TSaslClientTransport

from aero import files, people
from aero.cluster import java, spark
from aero.errors import AeroError
from bench.attacks import rpc
from tests.hive.spark_door.conftest import PAST, SOURCES, password
from tests.waiting import until_true

pytestmark = pytest.mark.long

RAW = "aero_raw.flights_reporting"


@pytest.mark.parametrize(("name", "secret"), [("rita", "not-her-password"), ("nobody", "a-password"), ("otto", "x")])
def test_nobody_comes_in_without_their_password(server, name, secret):
    with pytest.raises(TTransportException, match="Error validating the login"):
        server.connect(name, secret)


@pytest.mark.parametrize("auth", ["NONE", "NOSASL"])
def test_nobody_comes_in_without_a_password(server, auth):
    with pytest.raises((TTransportException, hive.Error, EOFError)):
        hive.connect("127.0.0.1", server.port, username="otto", auth=auth)


class ForAnother:
    """A client's side of PLAIN that gives its own name and password, and before them whom it wants to be."""

    def start(self, _mechanism):
        return True, "PLAIN", f"otto\0rita\0{password('rita')}".encode()

    def step(self, _challenge):
        return True, b""

    def encode(self, message):
        return True, message


def test_who_signs_in_as_themselves_is_nobody_else(server):
    transport = TSaslClientTransport(ForAnother, "PLAIN", TSocket("127.0.0.1", server.port))
    refused = pytest.raises(hive.OperationalError, match=f"rita may not read {RAW}")
    with hive.connect(thrift_transport=transport) as connection, refused:
        connection.cursor().execute(f"SELECT * FROM {RAW}")


def test_a_connection_asks_for_nobody_else(server):
    with pytest.raises(hive.OperationalError, match="Proxy user substitution is not allowed"):
        server.connect("rita", **{"hive.server2.proxy.user": "otto"})


@pytest.mark.parametrize(
    ("name", "value", "refused"),
    [
        ("set:hiveconf:spark.sql.variable.substitute", "true", "Cannot modify spark.sql.variable.substitute"),
        ("set:hiveconf:fs.file.impl", "x", "Cannot modify fs.file.impl"),
        ("set:hive.exec.scratchdir", "/", "Cannot modify hive.exec.scratchdir"),
        ("hive.security.authorization.manager", "x", "Cannot modify hive.security.authorization.manager"),
        ("set:hiveconf:spark.sql.shuffle.partitions", "100000", "rita may not set .* what may be set: spark.sql.ansi"),
        ("set:hivevar:spark.sql.variable.substitute", "true", "rita may not set .* what may be set: spark.sql.ansi"),
        ("set:hivevar:x", "y", "rita may not set x"),
    ],
)
def test_a_connection_brings_no_settings(server, name, value, refused):
    with pytest.raises(hive.OperationalError, match=refused):
        server.connect("rita", **{name: value})


@pytest.mark.parametrize("form", ["", "set:", "set:hiveconf:"])
def test_a_session_that_ends_deletes_no_folder_of_others(server, form):
    """Hive's session deletes this one when it is closed."""
    mark = server.home / "mark"
    mark.mkdir(exist_ok=True)
    with pytest.raises(hive.OperationalError, match="Cannot modify"):
        server.connect("rita", **{f"{form}hive.downloaded.resources.dir": str(mark)}).close()
    assert mark.is_dir()


def test_a_connection_sets_no_system_property(server):
    with pytest.raises(hive.OperationalError, match="may not set the server's properties"):
        server.connect("rita", **{"set:system:spark.sql.extensions": "x"})


def test_a_statement_of_a_session_may_make_a_client_of_hive_s(tmp_path):
    """As after a restart of the metastore; Hive sets properties then."""
    bin_, session = Path(java.home()) / "bin", Path(__file__).with_name("HiveSessionImpl.java")
    classpath = ["-cp", f"{tmp_path}:{spark.home()}/jars/*"]
    sources = ["-proc:none", "-encoding", "UTF-8", "-sourcepath", SOURCES]
    settings = SOURCES / "aero" / "doors" / "spark" / "OwnSettings.java"
    subprocess.run([bin_ / "javac", "-d", tmp_path, *classpath, *sources, settings, session], check=True)
    command = [bin_ / "java", *classpath, "org.apache.hive.service.cli.session.HiveSessionImpl"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert answer.split() == ["set", "refused", "refused"]


def test_beeline_s_own_setting_passes(server):
    sent = {"set:hiveconf:hive.server2.thrift.resultset.default.fetch.size": "1000", "use:database": "aero_batch"}
    assert server.ask("rita", "SELECT sum(flights) FROM aero_batch.daily", **sent) == [(30,)]


@pytest.mark.parametrize("database", ["aero_batch; ADD JAR '/x'", "IDENTIFIER('aero_batch')"])
def test_the_database_of_a_connection_is_a_name(server, database):
    with pytest.raises(hive.OperationalError):
        server.connect("rita", **{"use:database": database})


def test_a_role_changes_at_once(server):
    people.add(server.settings, "temp", "analyst", password("temp"))
    with server.connect("temp") as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT line FROM {RAW}")
        file = people.file(server.settings)
        files.replace_text(file, file.read_text().replace("temp:analyst:", "temp:reader:"), 0o600)
        with pytest.raises(hive.OperationalError, match=f"temp may not read {RAW}: the role reader has"):
            cursor.execute(f"SELECT line FROM {RAW}")
    people.remove(server.settings, "temp")


def test_who_leaves_asks_no_more(server):
    people.add(server.settings, "temp", "reader", password("temp"))
    connection = server.connect("temp")
    people.remove(server.settings, "temp")
    with pytest.raises(hive.OperationalError, match="no longer among the people|Invalid SessionHandle"):
        connection.cursor().execute("SELECT 1")
    until_true(lambda: has_ended(connection.cursor()))


def has_ended(cursor):
    """Whether the server knows the session no longer."""
    try:
        cursor.execute("SELECT 1")
    except hive.OperationalError as refused:
        return "Invalid SessionHandle" in str(refused)
    return False


@pytest.mark.parametrize(
    "leave", [people.remove, lambda settings, name: people.change(settings, name, "a-password-of-later")]
)
def test_what_somebody_asked_ends_when_they_leave_or_have_another_password(server, leave):
    people.add(server.settings, "temp", "reader", password("temp"))
    cursor = server.connect("temp").cursor()
    cursor.execute("SELECT count(*) FROM range(1000000000000000)", async_=True)
    until_true(lambda: cursor.poll().operationState == ttypes.TOperationState.RUNNING_STATE)
    leave(server.settings, "temp")

    def ended():
        with suppress(hive.OperationalError):
            return cursor.poll().operationState == ttypes.TOperationState.ERROR_STATE
        return True

    until_true(ended)
    # The server computes one task at a time.
    assert server.ask("rita", "SELECT count(*) FROM range(10)") == [(10,)]
    until_true(lambda: has_ended(cursor))
    with suppress(AeroError):
        people.remove(server.settings, "temp")


def test_spark_s_own_ports_answer_nobody_without_a_secret(server):
    """Of the driver and its blocks: what they are sent is read as objects of Java."""
    listening = [each.laddr for each in psutil.Process(server.pid).net_connections() if each.status == "LISTEN"]
    assert {each.ip for each in listening} == {"::ffff:127.0.0.1"}
    own = {each.port for each in listening} - {server.port}
    assert len(own) == 2
    for port in own:
        assert "Expected SaslMessage" in rpc.spark("127.0.0.1", port)


def test_superset_asks_without_waiting_and_looks_again(server):
    with server.connect("rita") as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT sum(flights) FROM aero_batch.daily", async_=True)
        until_true(lambda: cursor.poll().operationState == ttypes.TOperationState.FINISHED_STATE)
        assert cursor.fetchall() == [(30,)]
        cursor.execute(f"SELECT * FROM {RAW}", async_=True)
        until_true(lambda: cursor.poll().operationState == ttypes.TOperationState.ERROR_STATE)
        assert f"rita may not read {RAW}" in cursor.poll().errorMessage


def told(connection, call, *columns, **asked):
    """Columns of the answer to a call of Thrift, which is no statement: Superset and beeline ask so what there is."""
    request = getattr(ttypes, f"T{call}Req")(connection.sessionHandle, **asked)
    answer = getattr(connection.client, call)(request)
    if answer.status.statusCode != ttypes.TStatusCode.SUCCESS_STATUS:
        raise hive.OperationalError(answer)
    wanted = ttypes.TFetchResultsReq(answer.operationHandle, ttypes.TFetchOrientation.FETCH_NEXT, 1000)
    found = connection.client.FetchResults(wanted).results.columns
    return sorted(zip(*(found[column].stringVal.values for column in columns), strict=True))


def test_superset_is_told_which_tables_one_may_read(server):
    readers = {*(("aero_batch", table) for table in ("daily", "no_table", "over_raw"))}
    readers |= {("aero_clean", "flights"), (PAST, "flights")}
    analysts = {("aero_raw", "flights_reporting"), ("aero_clean", "flights_quarantine"), (PAST, "flights_reporting")}
    analysts |= {("scratch_ana_1", "over_batch"), ("scratch_ana_1", "spy")}
    for name, readable in (("rita", readers), ("ana-1", readers | analysts)):
        with server.connect(name) as connection:
            schemas = {schema for [schema] in told(connection, "GetSchemas", 0)}
            assert schemas - {"default", "global_temp"} == {database for database, _ in readable}
            tables = told(connection, "GetTables", 1, 2, schemaName="%", tableName="%")
            assert {*tables} == readable
            columns = told(connection, "GetColumns", 1, 2, 3, schemaName="%", tableName="%")
            assert {(database, table) for database, table, _ in columns} == readable
            assert ("aero_clean", "flights", "flight_id") in columns


def test_a_removed_person_is_told_of_nothing(server):
    people.add(server.settings, "temp", "operator", password("temp"))
    connection = server.connect("temp")
    assert told(connection, "GetTables", 2, schemaName="aero_clean", tableName="flights") == [("flights",)]
    people.remove(server.settings, "temp")
    # The door ends the session some time after: then there is none to ask or to close.
    for call in ("GetSchemas", "GetTables", "GetColumns"):
        with pytest.raises(hive.OperationalError, match="temp may not ask here|Invalid SessionHandle"):
            told(connection, call, 0)
    with suppress(hive.OperationalError):
        connection.close()


def test_the_audit_says_who_asked_what_and_with_which_outcome(server):
    people.add(server.settings, "iris", "reader", password("iris"))
    with pytest.raises(TTransportException):
        server.connect("iris", "not-her-password")
    with server.connect("iris") as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        for statement in (f"SELECT 2 FROM {RAW}", "SELECT 3 FROM aero_batch.nothing"):
            with pytest.raises(hive.OperationalError):
                cursor.execute(statement)

    def lines():
        return [line for line in server.audit() if line["who"] == "iris"]

    until_true(lambda: len(lines()) == 6, seconds=30)
    assert [(line["what"], line["outcome"]) for line in lines()] == [
        ("", "not signed in"),
        ("", "signed in"),
        ("USE `default`", "allowed"),
        ("SELECT 1", "allowed"),
        (f"SELECT 2 FROM {RAW}", "refused"),
        ("SELECT 3 FROM aero_batch.nothing", "failed"),
    ]
    assert {(line["door"], line["from"]) for line in lines()[1:]} == {("spark", "127.0.0.1")}
    assert f"iris may not read {RAW}" in lines()[4]["why"]
    assert not any("not-her-password" in str(line) for line in server.audit())
