"""Statements that are more than a question, for both SQL servers. Each says how one sees that it came in."""

import re
from dataclasses import dataclass
from pathlib import Path

from bench.attacks.attempts import REFUSAL, Failed, Refused, Wall, Who

HIVE, SPARK = ("HIVESERVER2",), ("SPARK_THRIFT",)
JAVA_USER = "'java.lang.System', 'getProperty', 'user.name'"


@dataclass(frozen=True)
class Statement:
    """`sql`: statements one after the other, of which the last is the attempt; {marker} and {folder} are its own.
    `shows`: what its answer has where it came in, a regular expression; without one it is enough that it is taken.
    `file`: a file in its folder that is there then."""

    name: str
    sql: tuple[str, ...]
    shows: str = ""
    servers: tuple[str, ...] = ()
    who: Who = Who.READER
    file: str = ""
    nothing: str | None = None  # An answer that shows that nothing came of it, a regular expression.
    given: str = ""  # The content of a file {folder}/given, which is there before.
    setup: tuple[str, ...] = ()  # Asked before, whatever comes of it.
    cleanup: tuple[str, ...] = ()
    issue: int | None = 2
    wall: Wall = Wall.DOOR

    def proof_in(self, rows: list[tuple], folder: Path) -> str:
        """What shows that it came in. Raises Failed where nothing does."""
        text = " ".join(str(value) for row in rows for value in row)
        if self.file and not list(folder.glob(self.file)):
            raise Failed(f"taken, but it left no {self.file}")
        if self.nothing is not None and re.fullmatch(self.nothing, text.strip()):
            raise Refused(f"it answers {text.strip() or 'nothing'}")
        if self.shows and not re.search(self.shows, text) and REFUSAL.search(text):
            raise Refused(text[:200])
        if self.shows and not (found := re.search(self.shows, text)):
            raise Failed(f"taken, but it answered: {text[:200]}")
        return f"answered: {found.group()[:80]}" if self.shows else "taken"


def _one(name: str, sql: str, shows: str = "", servers: tuple[str, ...] = (), **more) -> Statement:
    return Statement(name, (sql,), shows, servers, **more)


_OWN = ("CREATE DATABASE IF NOT EXISTS {own}",)
_LITERAL = r"(\$\{.*|\s*)"  # The variable's name, as it was asked, or nothing.
_DROP = "DROP TABLE IF EXISTS {marker}"
SHELL = (
    _one("a shell by TRANSFORM", "SELECT TRANSFORM(x) USING 'bash -c id' AS (a STRING) FROM (SELECT 1 AS x) t", "uid="),
    _one("a shell by MAP", "FROM (SELECT 1 AS x) t MAP t.x USING 'bash -c id' AS (a STRING)", "uid="),
    _one("a shell within a WITH", "WITH t AS (SELECT TRANSFORM(x) USING 'bash -c id' AS (a STRING) FROM"
         " (SELECT 1 AS x) s) SELECT * FROM t", "uid="),
    _one("calls Java by reflect", f"SELECT reflect({JAVA_USER})", r"\w+"),
    _one("calls Java by java_method", f"SELECT java_method({JAVA_USER})", r"\w+"),
    _one("calls Java within a subquery", f"SELECT * FROM (SELECT upper(reflect({JAVA_USER})) AS a) t", r"\w+"),
    _one("calls Java in an ORDER BY", f"SELECT 1 AS a ORDER BY java_method({JAVA_USER})", "1"),
    _one("calls Java by reflect2", "SELECT reflect2('abc', 'length')", "3", HIVE),
    _one("calls Java by try_reflect", f"SELECT try_reflect({JAVA_USER})", r"\w+", SPARK),
    _one("calls Java in EXECUTE IMMEDIATE", f"EXECUTE IMMEDIATE \"SELECT java_method({JAVA_USER})\"", r"\w+", SPARK),
    _one("calls Java in a script", f"BEGIN SELECT java_method({JAVA_USER}); END", r"\w+", SPARK),
    Statement("calls Java by a temporary view",
              (f"CREATE TEMPORARY VIEW {{marker}} AS SELECT reflect({JAVA_USER}) AS a", "SELECT * FROM {marker}"),
              r"\w+", SPARK, cleanup=("DROP VIEW IF EXISTS {marker}",)),
    _one("calls a macro", "CREATE TEMPORARY MACRO {marker}(x INT) x + 1", servers=HIVE),
    _one("makes a function of a class", "CREATE TEMPORARY FUNCTION {marker} AS"
         " 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFReflect'"),
    _one("makes a permanent function", "CREATE FUNCTION aero_batch.{marker} AS"
         " 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFReflect'",
         cleanup=("DROP FUNCTION IF EXISTS aero_batch.{marker}",)),
    _one("compiles Groovy", "COMPILE `import org.apache.hadoop.hive.ql.exec.UDF \n public class A extends UDF {{ }}`"
         " AS GROOVY NAMED A.groovy", servers=HIVE),
    _one("runs dfs", "dfs -ls /", "aero", HIVE),
    _one("writes by dfs", "dfs -touchz /tmp/{marker}", servers=HIVE, cleanup=("dfs -rm -skipTrash /tmp/{marker}",)),
    _one("adds a jar", "ADD JAR /etc/hostname"),
    _one("adds a file", "ADD FILE /etc/hostname"),
    _one("lists jars", "LIST JARS", ""),
)  # fmt: skip
FILES = (
    _one("reads a file as a table", "SELECT * FROM text.`file:///etc/passwd`", "root:", SPARK),
    _one("reads a folder as a table", "SELECT * FROM binaryFile.`file:///etc/hostname`", r"\w+", SPARK),
    _one("reads a file as CSV", "SELECT * FROM csv.`file:///etc/passwd`", "root:", SPARK),
    _one("reads raw files past the tables", "SELECT * FROM text.`hdfs:///aero/ops/freshness`", r"\w+", SPARK),
    Statement("reads a file by a temporary view", ("CREATE TEMPORARY VIEW {marker} USING text OPTIONS"
              " (path 'file:///etc/passwd')", "SELECT * FROM {marker}"), "root:", SPARK,
              cleanup=("DROP VIEW IF EXISTS {marker}",)),
    Statement("reads a file by a table", ("CREATE EXTERNAL TABLE aero_batch.{marker} (line STRING) LOCATION"
              " 'file:///etc/apt'",), cleanup=("DROP TABLE IF EXISTS aero_batch.{marker}",)),
    _one("looks a line up in a file", "SELECT in_file('root', '/etc/passwd')", "(?i)true|false", HIVE),
    _one("reads a file by XML", "SELECT xpath_string('<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
         "<a>&x;</a>', 'a')", r"\w+", nothing="|None"),
    Statement("loads a file of the machine", ("CREATE TEMPORARY TABLE {marker} (line STRING)",
              "LOAD DATA LOCAL INPATH '/etc/hostname' INTO TABLE {marker}"), servers=HIVE, cleanup=(_DROP,)),
    _one("writes a folder of the machine", "INSERT OVERWRITE LOCAL DIRECTORY '{folder}/out' SELECT 1", file="out*",
         servers=HIVE),
    _one("writes a folder of the machine", "INSERT OVERWRITE LOCAL DIRECTORY '{folder}/out' USING csv SELECT 1 AS a",
         file="out*", servers=SPARK),
    _one("writes a folder of HDFS", "INSERT OVERWRITE DIRECTORY '/tmp/{marker}' SELECT 1", servers=HIVE),
    _one("writes a folder of HDFS", "INSERT OVERWRITE DIRECTORY '/tmp/{marker}' USING csv SELECT 1 AS a",
         servers=SPARK),
    _one("exports a table", "EXPORT TABLE aero_clean.airlines TO '/tmp/{marker}'", servers=HIVE),
    _one("names a schema file", "CREATE TABLE aero_batch.{marker} STORED AS AVRO TBLPROPERTIES"
         " ('avro.schema.url'='file://{folder}/given')", servers=HIVE,
         given='{"type": "record", "name": "a", "fields": [{"name": "a", "type": "int"}]}',
         cleanup=("DROP TABLE IF EXISTS aero_batch.{marker}",)),
)  # fmt: skip
SETTINGS = (
    _one("sees the environment", "SET env:PATH", "/bin", HIVE),
    _one("sees the environment by a variable", "SELECT '${{env:PATH}}'", "/bin", HIVE, nothing=_LITERAL),
    _one("sees the machine's properties", "SET system:user.home", "/", HIVE),
    _one("sees properties by a variable", "SELECT '${{system:user.home}}'", "/", HIVE, nothing=_LITERAL),
    _one("sees the environment by a variable", "SELECT '${{env:PATH}}'", "/bin", SPARK, nothing=_LITERAL),
    _one("sees the metastore's password", "SET javax.jdo.option.ConnectionPassword", "=(?!.*[*]).+", HIVE),
    _one("sees all settings", "SET -v", "fs.defaultFS|hive.metastore|spark.driver", ()),
    _one("sets a hook that runs a class", "SET hive.exec.post.hooks=org.apache.hadoop.hive.ql.hooks.PostExecutePrinter",
         servers=HIVE),
    _one("turns authorization off", "SET hive.security.authorization.enabled=false", servers=HIVE),
    _one("sets a command for tasks", "SET hive.tez.java.opts=-Xmx600m -Da=b", servers=HIVE),
    _one("sets an interpreter", "SET hive.exec.script.wrapper=bash", servers=HIVE),
    _one("sets where jars come from", "SET spark.sql.hive.metastore.jars.path=file:///tmp", servers=SPARK),
    _one("sets a class of a catalog", "SET spark.sql.catalog.x=java.lang.String", servers=SPARK),
    _one("turns the rule off", "SET spark.sql.extensions=", servers=SPARK),
    _one("kills a question", "KILL QUERY 'no-such-query'", servers=HIVE),
)  # fmt: skip
ROLES = (
    _one("reads raw lines", "SELECT COUNT(*) FROM aero_raw.flights_reporting", r"\d+", issue=None),
    _one("reads refused lines", "SELECT COUNT(*) FROM aero_clean.flights_quarantine", r"\d+", issue=None),
    _one("reads what others asked", "SELECT COUNT(*) FROM aero_ops.audit", r"\d+", issue=None),
    _one("an analyst reads what others asked", "SELECT COUNT(*) FROM aero_ops.audit", r"\d+", who=Who.ANALYST,
         issue=None),
    _one("reads raw lines in a subquery", "SELECT (SELECT COUNT(*) FROM aero_raw.flights_reporting) AS a", r"\d+",
         issue=None),
    _one("plans a question to raw lines", "EXPLAIN SELECT * FROM aero_raw.flights_reporting", "Scan", issue=None),
    _one("describes raw lines", "DESCRIBE FORMATTED aero_raw.flights_reporting", issue=None),
    _one("sees which databases there are", "SHOW DATABASES", "aero_raw", nothing="(?!.*aero_raw).*", issue=None),
    _one("sees which tables there are", "SHOW TABLES IN aero_clean", "quarantine", nothing="(?!.*quarantine).*",
         issue=None),
    _one("learns columns by a wrong one", "SELECT another_column FROM aero_raw.flights_reporting", issue=None),
    _one("learns columns behind a WITH of the same name", "SELECT nope FROM audit a, (WITH audit AS (SELECT 1 AS z)"
         " SELECT * FROM audit) t", servers=HIVE, setup=("USE aero_ops",), issue=None),
    _one("learns columns by a partition", "SHOW PARTITIONS aero_ops.audit WHERE nope=1", servers=HIVE, issue=None),
    _one("learns columns by writing", "EXPLAIN INSERT INTO aero_ops.audit (nope) SELECT 1", servers=HIVE, issue=None),
    _one("makes a table", "CREATE TABLE aero_batch.{marker} (a INT)", issue=7,
         cleanup=("DROP TABLE IF EXISTS aero_batch.{marker}",)),
    _one("makes a view of raw lines", "CREATE VIEW aero_batch.{marker} AS SELECT * FROM aero_raw.flights_reporting",
         cleanup=("DROP VIEW IF EXISTS aero_batch.{marker}",), issue=7),
    _one("makes a database", "CREATE DATABASE {marker}", cleanup=("DROP DATABASE IF EXISTS {marker}",), issue=7),
    _one("changes a table", "ALTER TABLE aero_clean.airlines SET TBLPROPERTIES ('{marker}'='1')",
         cleanup=("ALTER TABLE aero_clean.airlines UNSET TBLPROPERTIES ('{marker}')",), issue=7),
    _one("writes rows", "EXPLAIN INSERT INTO aero_clean.airlines VALUES ('x', 'x')", "(?i)insert|stage", issue=7),
    _one("makes itself an administrator", "SET ROLE admin", servers=HIVE),
    _one("gives itself a right", "GRANT ALL ON TABLE aero_raw.flights_reporting TO USER {marker}", servers=HIVE,
         cleanup=("REVOKE ALL ON TABLE aero_raw.flights_reporting FROM USER {marker}",)),
    _one("makes a role", "CREATE ROLE {marker}", servers=HIVE, cleanup=("DROP ROLE {marker}",)),
    _one("forgets what is cached", "CLEAR CACHE", servers=SPARK),
    _one("an analyst writes a clean table", "ALTER TABLE aero_clean.airlines SET TBLPROPERTIES ('{marker}'='1')",
         who=Who.ANALYST, cleanup=("ALTER TABLE aero_clean.airlines UNSET TBLPROPERTIES ('{marker}')",), issue=7),
    _one("an analyst makes another's table", "CREATE TABLE default.{marker} (a INT)", who=Who.ANALYST, servers=HIVE,
         cleanup=("DROP TABLE IF EXISTS default.{marker}",), issue=7),
    _one("an analyst's shell", "SELECT TRANSFORM(x) USING 'bash -c id' AS (a STRING) FROM (SELECT 1 AS x) t", "uid=",
         who=Who.ANALYST),
    _one("an analyst names a file's place", "CREATE EXTERNAL TABLE {own}.{marker} (line STRING) LOCATION"
         " 'file:///etc/apt'", who=Who.ANALYST, servers=HIVE, setup=_OWN),
    _one("an analyst names a class", "CREATE TABLE {own}.{marker} (a INT) ROW FORMAT SERDE"
         " 'org.apache.hadoop.hive.serde2.DelimitedJSONSerDe'", who=Who.ANALYST, servers=HIVE, setup=_OWN),
    _one("an analyst stores by a handler", "CREATE EXTERNAL TABLE {own}.{marker} (a STRING, b STRING) STORED BY"
         " 'aero.hive.HBaseTableHandler' WITH SERDEPROPERTIES ('hbase.columns.mapping'=':key,d:query')"
         " TBLPROPERTIES ('hbase.table.name'='aero:stream_log')", who=Who.ANALYST, servers=HIVE, setup=_OWN),
    _one("an operator's shell", "SELECT TRANSFORM(x) USING 'bash -c id' AS (a STRING) FROM (SELECT 1 AS x) t", "uid=",
         who=Who.OPERATOR),
    _one("an operator's call of Java", f"SELECT java_method({JAVA_USER})", r"\w+", who=Who.OPERATOR),
)  # fmt: skip
OPEN = (
    _one("a reader asks for clean flights", "SELECT COUNT(*) FROM aero_clean.flights", r"\d+", wall=Wall.NONE),
    _one("a reader sees the tables", "SHOW TABLES IN aero_batch", "flight_statistics_daily", wall=Wall.NONE),
    _one("an analyst asks for raw lines", "SELECT COUNT(*) FROM aero_raw.flights_reporting", r"\d+", who=Who.ANALYST,
         wall=Wall.NONE),
    Statement("an analyst's own table", ("CREATE TABLE {own}.{marker} (a INT)", "DROP TABLE {own}.{marker}"),
              servers=HIVE, who=Who.ANALYST, wall=Wall.NONE, setup=_OWN),
)  # fmt: skip
ALL = (*OPEN, *SHELL, *FILES, *SETTINGS, *ROLES)
