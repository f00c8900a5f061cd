"""What Superset asks the servers of SQL only reads: refused in a sentence before it leaves, whoever asks."""

import json
import subprocess

import pytest
import yaml

from aero.cluster import superset_venv
from aero.datasets import REPOSITORY
from aero.screen import Console
from aero.settings import load_settings
from aero.superset import assets

ASKED = """
SELECT 1
SELECT COUNT(*) AS flights, `month` FROM aero_batch.route_delays_monthly WHERE month > '2013-01' GROUP BY `month`
SELECT a FROM (SELECT CAST(x AS DATE) AS a FROM aero_live.flight_state) AS virtual_table ORDER BY a DESC
WITH one AS (SELECT 1 AS a) SELECT a FROM one UNION ALL SELECT 2
FROM aero_clean.flights SELECT airline_id
SELECT y FROM t LATERAL VIEW EXPLODE(x) e AS y
SELECT 'reflect(1) and text.`/etc/passwd`' AS words -- dfs -ls /
SHOW TABLES IN `aero_live`
SHOW SCHEMAS
SELECT /* how many */ COUNT(*) FROM t -- and no more
SELECT '/* /*' AS words
SHOW PARTITIONS aero_clean.flights
DESCRIBE `aero_live`.`flight_state`
DESCRIBE FORMATTED aero_live.flight_state
USE `aero_live`
EXPLAIN SELECT 1
EXPLAIN FORMATTED SELECT a FROM t
""".strip().splitlines()
REFUSED = """
SELECT TRANSFORM(a) USING 'bash -c id' FROM t
FROM t SELECT TRANSFORM(a) USING 'bash -c id'
SELECT * FROM (SELECT TRANSFORM(a) USING 'cat' AS b FROM t) q
FROM t MAP a USING 'cat' AS b
FROM t REDUCE a USING 'cat' AS b
SELECT java_method('java.lang.System', 'setProperty', 'a', 'b')
SELECT Reflect('java.lang.System', 'getenv')
SELECT `reflect`('java.lang.System', 'getenv')
SELECT default.reflect2(a, 'b') FROM t
SELECT a FROM t WHERE try_reflect('java.lang.System', 'exit', 1) = 'x'
WITH x AS (SELECT in_file('a', '/etc/passwd')) SELECT * FROM x
SELECT * FROM text.`file:///etc/passwd`
SELECT * FROM `TEXT`.`/etc/passwd`
SELECT * FROM t WHERE a IN (SELECT value FROM csv.`/etc/passwd`)
SELECT * FROM `/etc/passwd`
SELECT * FROM read_files('/etc')
EXPLAIN EXTENDED SELECT reflect('a', 'b')
EXPLAIN INSERT INTO t SELECT 1
EXPLAIN EXPLAIN SELECT reflect('a', 'b')
SET hive.exec.pre.hooks=x
SET env:HOME
SELECT '${env:HOME}'
SELECT '${system:user.name}'
ADD JAR /tmp/x.jar
add file /etc/passwd
LIST JARS
DELETE JAR /x
DFS -ls /
COMPILE `x` AS GROOVY NAMED y
RELOAD
LOAD DATA LOCAL INPATH '/etc/passwd' INTO TABLE t
INSERT INTO t SELECT 1
INSERT OVERWRITE LOCAL DIRECTORY '/tmp/x' SELECT 1
WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a
FROM t INSERT OVERWRITE TABLE u SELECT *
SELECT * INTO u FROM t
EXPORT TABLE t TO '/tmp/x'
IMPORT TABLE t FROM '/tmp/x'
CREATE TABLE t (a INT)
CREATE TEMPORARY FUNCTION f AS 'x.Y'
CREATE TEMPORARY VIEW v USING text OPTIONS (path '/etc/passwd')
CREATE TEMPORARY MACRO m(a INT) a
DROP TABLE t
ALTER TABLE t SET LOCATION 'file:///etc'
TRUNCATE TABLE t
MSCK REPAIR TABLE t
ANALYZE TABLE t COMPUTE STATISTICS
CACHE TABLE x AS SELECT 1
REFRESH TABLE a.b
EXECUTE IMMEDIATE 'SELECT 1'
BEGIN SELECT 1; END
CALL x()
KILL QUERY 'a'
GRANT ALL ON t TO USER rita
SELECT 1; DROP TABLE t
SELECT 1 /* /* */ , reflect('java.lang.System', 'getenv') -- */
SELECT /* a /* b */ reflect('a', 'b') /* */ */
SHOW COLUMNS IN text.`/etc/passwd`
DESCRIBE text.`/etc/passwd`
SELECT r'\\', reflect('a', 'b'), '\\'
this is no question
""".strip().splitlines()
_FILES = (assets.FOLDER / "datasets").rglob("*.yaml")
DATASETS = [
    assets.rendered(
        yaml.safe_load(file.read_text())["sql"], asks_route=route, asks_hour=hour, asks_airline=one, asks_day=one
    )
    for file in _FILES
    for route in (True, False)
    for hour in (True, False)
    for one in (True, False)
]
SCRIPT = "import json, sys, reading; print(json.dumps([reading.refusal(one) for one in json.load(sys.stdin)]))"


@pytest.fixture(scope="module")
def refusals(tmp_path_factory):
    """Why each question is refused, or None, as Superset's Python says."""
    settings = load_settings()
    superset_venv.install(settings, Console(quiet=True))
    result = subprocess.run(
        [superset_venv.folder(settings) / "bin" / "python", "-c", SCRIPT],
        input=json.dumps([*ASKED, *DATASETS, *REFUSED]),
        env={"PYTHONPATH": f"{REPOSITORY}/superset:{REPOSITORY}", "AERO_HOME": str(tmp_path_factory.mktemp("home"))},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return dict(zip([*ASKED, *DATASETS, *REFUSED], json.loads(result.stdout), strict=True))


@pytest.mark.parametrize("question", ASKED)
def test_what_reads_is_asked(refusals, question):
    assert refusals[question] is None


def test_every_dataset_of_the_dashboards_is_asked(refusals):
    assert len(DATASETS) > 5 and {refusals[question] for question in DATASETS} == {None}


@pytest.mark.parametrize("question", REFUSED)
def test_what_does_more_is_refused_in_a_sentence(refusals, question):
    assert refusals[question] is not None
    assert refusals[question].endswith((".", "please."))
