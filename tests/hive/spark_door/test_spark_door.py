"""What a Spark Thrift Server behind its door answers, and to whom."""

import pytest
from pyhive import hive
from TCLIService import ttypes

from tests.hive.spark_door.conftest import PAST, PEOPLE

pytestmark = pytest.mark.long

EVERYONE = sorted(PEOPLE)
RAW = "aero_raw.flights_reporting"
NOT_HERE = "the Spark Thrift Server answers SELECT, SHOW, DESCRIBE, EXPLAIN and USE"

ANSWERED = {
    "SELECT sum(flights) FROM aero_batch.daily WHERE year = 2013": [(30,)],
    "WITH d AS (SELECT day FROM aero_batch.daily) SELECT (SELECT max(day) FROM d), count(*) FROM d": [(2, 2)],
    "SELECT flight_id FROM aero_clean.flights": [("a flight",)],
    "SELECT id FROM range(2) ORDER BY id": [(0,), (1,)],
    "VALUES (1)": [(1,)],
    "FROM aero_batch.daily SELECT max(day)": [(2,)],
    "SELECT day, d FROM aero_batch.daily LATERAL VIEW explode(array(7)) t AS d WHERE day = 1": [(1, 7)],
    "SHOW TABLES IN aero_clean LIKE 'flights'": [("aero_clean", "flights", False)],
    "SHOW DATABASES LIKE 'aero_b*'": [("aero_batch",)],
    "SHOW PARTITIONS aero_batch.daily": [("year=2013",)],
    "SHOW COLUMNS IN aero_clean.flights": [("flight_id",)],
    "DESCRIBE aero_clean.flights": [("flight_id", "string", None)],
    "DESCRIBE QUERY SELECT day FROM aero_batch.daily": [("day", "int", None)],
    "USE aero_batch": [],
    "SHOW CURRENT NAMESPACE": [("spark_catalog", "default")],
    "SET spark.sql.ansi.enabled = false": [("spark.sql.ansi.enabled", "false")],
    "SET spark.sql.codegen.wholeStage = false": [("spark.sql.codegen.wholeStage", "false")],
    "SET TIME ZONE 'UTC'": [("spark.sql.session.timeZone", "UTC")],
    "DECLARE VARIABLE x INT DEFAULT 3": [],
    "SELECT '${env:A_SECRET}${system:user.name}'": [("${env:A_SECRET}${system:user.name}",)],
}

DATABASES = {
    "rita": [PAST, "aero_batch", "aero_clean", "default"],
    "ana-1": [PAST, "aero_batch", "aero_clean", "aero_raw", "default", "scratch_ana_1"],
    "otto": [PAST, "aero_batch", "aero_clean", "aero_raw", "default", "scratch_ana_1"],
}
CLEAN = {
    "rita": ["flights"],
    "ana-1": ["flights", "flights_quarantine"],
    "otto": ["flights", "flights_quarantine"],
}

# Of nobody, whatever their role.
REFUSED = [
    "SELECT TRANSFORM(day) USING 'touch /tmp/x' AS d FROM aero_batch.daily",
    "FROM (FROM aero_batch.daily MAP day USING 'cat' AS d) m SELECT d",
    "EXPLAIN SELECT TRANSFORM(day) USING 'cat' AS d FROM aero_batch.daily",
    "ADD JAR '/tmp/x.jar'",
    "ADD FILE '/etc/passwd'",
    "ADD ARCHIVE '/tmp/x.zip'",
    "LIST JARS",
    "LIST FILES",
    "CREATE FUNCTION f AS 'java.lang.String'",
    "CREATE TEMPORARY FUNCTION f AS 'java.lang.String' USING JAR '/tmp/x.jar'",
    "CREATE FUNCTION f() RETURNS INT RETURN 1",
    "CREATE TABLE aero_batch.mine (x INT)",
    "CREATE TABLE aero_batch.mine USING csv OPTIONS (path '/etc/passwd')",
    "CREATE TABLE aero_batch.mine AS SELECT 1 AS x",
    "CREATE TEMPORARY VIEW v USING csv OPTIONS (path '/etc/passwd')",
    "CREATE TEMPORARY VIEW flights AS SELECT 1 AS x",
    "CREATE GLOBAL TEMPORARY VIEW v AS SELECT 1 AS x",
    "CREATE DATABASE mine",
    "DROP TABLE aero_batch.daily",
    "DROP DATABASE aero_batch CASCADE",
    "TRUNCATE TABLE aero_batch.daily",
    "ALTER TABLE aero_batch.daily DROP PARTITION (year = 2013)",
    "ALTER TABLE aero_batch.daily SET LOCATION 'file:///etc'",
    "MSCK REPAIR TABLE aero_batch.daily",
    "ANALYZE TABLE aero_batch.daily COMPUTE STATISTICS",
    "COMMENT ON TABLE aero_batch.daily IS 'x'",
    "INSERT INTO aero_clean.flights VALUES ('x')",
    "FROM aero_clean.flights INSERT INTO aero_clean.flights SELECT flight_id",
    "WITH c AS (SELECT 'x') INSERT INTO aero_clean.flights SELECT * FROM c",
    "INSERT OVERWRITE DIRECTORY '/tmp/x' USING csv SELECT 1",
    "INSERT OVERWRITE LOCAL DIRECTORY '/tmp/x' STORED AS TEXTFILE SELECT 1",
    "LOAD DATA LOCAL INPATH '/etc/passwd' INTO TABLE aero_raw.flights_reporting",
    "BEGIN SELECT 1; END",
    "BEGIN DECLARE x INT; SET x = 1; EXECUTE IMMEDIATE 'ADD JAR ''/tmp/x.jar'''; END",
    "EXECUTE IMMEDIATE 'SELECT 1'",
    "CALL system.anything()",
    "SET CATALOG spark_catalog",
    "REFRESH '/tmp'",
    "REFRESH FUNCTION f",
    "EXPLAIN INSERT INTO aero_clean.flights VALUES ('x')",
    "SHOW TABLE EXTENDED IN aero_raw LIKE '*'",
]
FILES = [
    *(f"SELECT * FROM {form}.`file:///etc/passwd`" for form in ("text", "csv", "json", "binaryFile", "xml", "orc")),
    "SELECT (SELECT max(value) FROM text.`/etc/passwd`)",
    "WITH t AS (SELECT * FROM text.`/etc/passwd`) SELECT * FROM t",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM text.`/etc/passwd`)",
    "EXPLAIN SELECT * FROM text.`/etc/passwd`",
    "DESCRIBE QUERY SELECT * FROM text.`/etc/passwd`",
    "SET VAR x = (SELECT max(value) FROM text.`/etc/passwd`)",
    "SELECT * FROM orc.`file:/tmp/x`",
    "SELECT * FROM `org.apache.spark.sql.execution.datasources.text.TextFileFormat`.`/etc/passwd`",
    "SELECT * FROM jdbc.`jdbc:derby:memory:x`",
]
OPTIONS = [
    "SELECT * FROM aero_batch.daily WITH (path = 'file:///etc/passwd')",
    "SELECT * FROM STREAM aero_batch.daily",
]
NAMED = ["SELECT * FROM IDENTIFIER('text.`/etc/passwd`')", "SELECT IDENTIFIER('reflect')('java.lang.System', 'gc')"]
CALLS = [
    "SELECT java_method('java.lang.System', 'getenv', 'A_SECRET')",
    "SELECT reflect('java.lang.System', 'setProperty', 'x', 'y')",
    "SELECT TRY_REFLECT('java.lang.System', 'getenv', 'A_SECRET')",
    "SELECT * FROM range(int(`reflect`('java.lang.System', 'currentTimeMillis')))",
    "SELECT count(*) FROM aero_batch.daily GROUP BY java_method('java.lang.System', 'lineSeparator')",
    "SELECT 1 ORDER BY (SELECT reflect('java.lang.System', 'lineSeparator'))",
    "SELECT from_avro(x'00', '{}')",
    "SELECT from_xml('<a/>', 'a INT', map('rowValidationXSDPath', 'file:///etc/passwd'))",
    "SELECT xpath_string('<a>1</a>', 'a')",
    "DECLARE VARIABLE y STRING DEFAULT java_method('java.lang.System', 'lineSeparator')",
]
SETTINGS = [
    *("SET", "SET -v", "RESET", "RESET spark.sql.runSQLOnFiles", "SET env:A_SECRET", "SET spark.sql.warehouse.dir"),
    *("SET spark.sql.runSQLOnFiles = true", "SET spark.sql.variable.substitute = true"),
    *("SET spark.sql.extensions = x", "SET spark.sql.shuffle.partitions = 100000", "SET a.b = c"),
]


@pytest.mark.parametrize("statement", ANSWERED)
def test_a_reader_asks_the_tables_of_readers(server, statement):
    assert server.ask("rita", statement) == ANSWERED[statement]


def test_a_session_has_its_database_and_its_variables(server):
    with server.connect("rita") as connection:
        cursor = connection.cursor()
        for statement in ("USE aero_batch", "DECLARE VARIABLE x INT DEFAULT 1", "SET VAR x = (SELECT 2)"):
            cursor.execute(statement)
        cursor.execute("SELECT flights FROM daily WHERE day = x")
        assert cursor.fetchall() == [(20,)]


@pytest.mark.parametrize(
    "statement",
    [
        f"SELECT * FROM {RAW}",
        f"WITH t AS (SELECT * FROM {RAW}) SELECT 1 FROM t",
        f"SELECT (SELECT max(line) FROM {RAW})",
        f"SELECT day FROM aero_batch.daily WHERE EXISTS (SELECT 1 FROM {RAW})",
        f"SELECT day FROM aero_batch.daily UNION ALL SELECT length(line) FROM {RAW}",
        "SELECT * FROM aero_batch.over_raw",
        f"DESCRIBE {RAW}",
        f"DESCRIBE FORMATTED {RAW}",
        f"DESCRIBE {RAW} line",
        f"DESCRIBE QUERY SELECT * FROM {RAW}",
        f"SHOW CREATE TABLE {RAW}",
        f"SHOW COLUMNS IN {RAW}",
        f"SHOW TBLPROPERTIES {RAW}",
        f"SET VAR x = (SELECT max(line) FROM {RAW})",
        f"SELECT another_column FROM {RAW}",
        f"SELECT r.line FROM {RAW}",
        f"SELECT r.* FROM {RAW}",
    ],
)
def test_a_reader_does_not_see_raw_rows(server, statement):
    if "VAR x" in statement:
        with server.connect("rita") as connection, connection.cursor() as cursor:
            cursor.execute("DECLARE VARIABLE x STRING")
            with pytest.raises(hive.OperationalError, match=f"rita may not read {RAW}: the role reader has"):
                cursor.execute(statement)
        return
    assert f"rita may not read {RAW}: the role reader has aero_batch" in server.reason("rita", statement)


@pytest.mark.parametrize("name", DATABASES)
def test_lists_name_what_one_may_read(server, name):
    assert [database for [database] in server.ask(name, "SHOW DATABASES")] == DATABASES[name]
    for statement in ("SHOW TABLES IN aero_clean", "SHOW TABLES FROM aero_clean LIKE 'f*'"):
        assert [table for _, table, _ in server.ask(name, statement)] == CLEAN[name]
    assert server.ask(name, "SHOW VIEWS IN aero_batch") == [("aero_batch", "over_raw", False)]
    own = [view for _, view, _ in server.ask(name, "SHOW VIEWS IN scratch_ana_1")]
    assert own == ([] if name == "rita" else ["over_batch", "spy"])


@pytest.mark.parametrize(
    "statement",
    ["SHOW TABLES IN aero_raw", "DESCRIBE DATABASE aero_raw", "USE aero_raw"],
)
def test_a_database_without_a_table_for_oneself_is_not_looked_into(server, statement):
    assert "rita may not read aero_raw: the role reader has aero_batch" in server.reason("rita", statement)
    server.ask("ana-1", statement)


def test_explain_tells_nobody_what_they_may_not_read(server):
    told = "\n".join(line for [line] in server.ask("rita", f"EXPLAIN EXTENDED SELECT * FROM {RAW}"))
    assert "rita may not read" in told
    assert "FileScan" not in told and "HiveTableRelation" not in told


def test_roles_differ(server):
    assert server.ask("ana-1", f"SELECT line FROM {RAW}") == [("a raw line",)]
    assert server.ask("ana-1", "SELECT line FROM aero_batch.over_raw") == [("a raw line",)]
    assert server.ask("ana-1", "SELECT count(*) FROM scratch_ana_1.over_batch") == [(2,)]
    assert server.ask("otto", "SELECT count(*) FROM scratch_ana_1.over_batch") == [(2,)]
    for table in ("aero_clean.flights_quarantine", "scratch_ana_1.over_batch"):
        assert f"may not read {table}" in server.reason("rita", f"SELECT * FROM {table}")
    assert server.ask("ana-1", "SELECT * FROM aero_clean.flights_quarantine") == []
    assert "may not read files here" in server.reason("otto", "CACHE TABLE text.`/etc/passwd`")
    for statement in ("CACHE TABLE {}", "UNCACHE TABLE {}", "REFRESH TABLE {}", "CLEAR CACHE"):
        statement = statement.format("aero_batch.daily")
        assert server.ask("otto", statement) == []
        assert "that is for operators" in server.reason("ana-1", statement)


def test_of_the_past_a_role_reads_the_tables_that_it_reads_now(server):
    assert server.ask("rita", f"SELECT count(*) FROM {PAST}.flights") == [(0,)]
    assert f"rita may not read {PAST}.flights_rep" in server.reason("rita", f"SELECT * FROM {PAST}.flights_reporting")
    assert server.ask("ana-1", f"SELECT * FROM {PAST}.flights_reporting") == []


@pytest.mark.parametrize("statement", REFUSED)
def test_it_only_answers_questions(server, statement):
    for name in EVERYONE:
        assert NOT_HERE in server.reason(name, statement)


@pytest.mark.parametrize("statement", FILES)
def test_files_are_read_for_nobody(server, statement):
    for name in EVERYONE:
        assert "may not read files here: ask tables" in server.reason(name, statement)


@pytest.mark.parametrize("statement", OPTIONS)
def test_a_table_is_read_as_it_is(server, statement):
    assert "may not read tables WITH options or as a STREAM" in server.reason("otto", statement)


@pytest.mark.parametrize("statement", NAMED)
def test_names_are_not_computed(server, statement):
    assert "may not name tables or columns by IDENTIFIER(…)" in server.reason("otto", statement)


@pytest.mark.parametrize("statement", CALLS)
def test_no_function_calls_java_or_opens_files(server, statement):
    for name in ("rita", "otto"):
        assert "it can run code or read files of the server" in server.reason(name, statement)


@pytest.mark.parametrize("statement", SETTINGS)
def test_few_settings_are_free(server, statement):
    for name in ("rita", "otto"):
        assert "spark.sql.ansi.enabled" in server.reason(name, statement)


def test_an_operator_asks_the_folder_of_a_load(server):
    """As `aero diff` does, which sends no scheme: the folder is the cluster's, not this machine's."""
    folder = f"{server.home}/warehouse/aero_batch.db/daily/year=2013"
    assert server.ask("otto", f"SELECT sum(flights) FROM orc.`{folder}`") == [(30,)]
    assert server.ask("otto", f"DESCRIBE QUERY SELECT day FROM orc.`{folder}`") == [("day", "int", None)]
    for name in ("rita", "ana-1"):
        assert "may not read files here" in server.reason(name, f"SELECT * FROM orc.`{folder}`")
    for path in (f"file:{folder}", f"{folder}/../year=2013"):
        assert "may not read files here" in server.reason("otto", f"SELECT * FROM orc.`{path}`")


def test_a_table_whose_properties_make_it_a_file_is_read_for_nobody(server):
    for name in EVERYONE:
        assert "it is no table of Hive's" in server.reason(name, "SELECT * FROM aero_batch.no_table")


def test_a_view_brings_no_settings(server):
    reason = server.reason("ana-1", "SELECT * FROM scratch_ana_1.spy")
    assert "may not set spark.sql.variable.substitute" in reason
    assert "of the environment" not in reason


def test_a_statement_brings_no_settings(server):
    """A client may send some beside the statement."""
    overlay = {"spark.sql.variable.substitute": "true"}
    with server.connect("rita") as connection:
        asked = ttypes.TExecuteStatementReq(connection.sessionHandle, "SELECT '${env:A_SECRET}'", overlay)
        status = connection.client.ExecuteStatement(asked).status
    assert status.statusCode == ttypes.TStatusCode.ERROR_STATUS
    assert "Error applying statement specific settings" in status.errorMessage
