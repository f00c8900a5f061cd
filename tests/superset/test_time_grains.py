"""Every time grain that Superset offers is a right one, on HiveServer2 and on Spark: by second, by week, by year."""

from datetime import UTC, datetime, time, timedelta

import pytest

from tests.hive.doors import server as hiveserver2
from tests.hive.spark_door import conftest as spark

pytestmark = pytest.mark.long

# Both sides of a Monday, of a Sunday, of a year within a week and of a year with 53, the hour that New York's clocks
# left out, a leap day, the first month that there is, and nothing.
TIMES = """
1987-10-01 00:00:00
2009-12-31 23:59:59
2010-01-03 23:59:59.999
2010-01-04 00:00:00
2012-02-29 05:59:59
2013-03-10 02:12:34.5
2013-07-06 12:34:56
2013-07-07 00:00:00
2013-07-08 06:00:00
2018-12-31 18:29:30
2019-01-01 00:04:59
""".strip().splitlines()
TABLE = "aero_batch.times"
MAKE = f"""
CREATE TABLE {TABLE} STORED AS ORC AS SELECT CAST(said AS TIMESTAMP) AS at, CAST(SUBSTR(said, 1, 10) AS DATE) AS day
FROM (SELECT EXPLODE(ARRAY({", ".join(f"'{one}'" for one in TIMES)}, NULL)) AS said) AS times
"""


def _of_seconds(seconds):
    def cut(at):
        midnight = datetime.combine(at, time())
        return midnight + (at - midnight) // timedelta(seconds=seconds) * timedelta(seconds=seconds)

    return cut


def _of_days(days_before):
    """The midnight that lies so many days before, by the day of the week: Monday's first."""
    return lambda at: datetime.combine(at, time()) - timedelta(days_before[at.weekday()])


def _of_months(months):
    return lambda at: datetime(at.year, (at.month - 1) // months * months + 1, 1)


MONDAY, SUNDAY = [0, 1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 0]
CUTS = {
    "PT1S": _of_seconds(1),
    "PT5S": _of_seconds(5),
    "PT30S": _of_seconds(30),
    "PT1M": _of_seconds(60),
    "PT5M": _of_seconds(5 * 60),
    "PT10M": _of_seconds(10 * 60),
    "PT15M": _of_seconds(15 * 60),
    "PT30M": _of_seconds(30 * 60),
    "PT1H": _of_seconds(3600),
    "PT6H": _of_seconds(6 * 3600),
    "P1D": _of_days([0] * 7),
    "P1W": _of_days(MONDAY),
    "1969-12-29T00:00:00Z/P1W": _of_days(MONDAY),
    "1969-12-28T00:00:00Z/P1W": _of_days(SUNDAY),
    "P1W/1970-01-03T00:00:00Z": _of_days([days - 6 for days in SUNDAY]),
    "P1W/1970-01-04T00:00:00Z": _of_days([days - 6 for days in MONDAY]),
    "P1M": _of_months(1),
    "P3M": _of_months(3),
    "P1Y": _of_months(12),
}


@pytest.fixture(scope="module")
def hive(server, tmp_path_factory):
    with hiveserver2.filled(tmp_path_factory.mktemp("hiveserver2")) as started:
        started.ask("otto", MAKE)
        yield _dataset(server, "Hive", started.port, hiveserver2.PASSWORDS["rita"])


@pytest.fixture(scope="module")
def spark_sql(server, tmp_path_factory):
    with spark.running(tmp_path_factory.mktemp("spark"), MAKE.strip()) as started:
        yield _dataset(server, "Spark", started.port, spark.password("rita"))


def _dataset(server, name, port, password):
    """The number of a dataset of the table, as this server answers a reader."""
    schema = TABLE.split(".")[0]
    database = server.add_database(f"Times of {name}", port, schema, {"username": "rita", "password": password})
    body = {
        "database": database,
        "schema": schema,
        "table_name": f"times_of_{name}",
        "sql": f"SELECT at, day FROM {TABLE}",
    }
    answer = _admin(server).post(f"{server.address}/api/v1/dataset/", json=body)
    assert answer.ok, answer.text
    return answer.json()["id"]


def _admin(server):
    return server.signed_in("admin", server.password("admin"), "127.0.3.3")


@pytest.fixture(params=["hive", "spark_sql"])
def dataset(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("column", ["at", "day"])
def test_a_chart_by_any_grain_cuts_each_time_where_the_calendar_does(server, dataset, column):
    times = [None, *(datetime.fromisoformat(one if column == "at" else one[:10]) for one in TIMES)]
    rows = sorted(_chart(server, dataset, column), key=lambda row: _as_time(row[column]) or datetime.min)
    assert [row["rows"] for row in rows] == [1] * len(times)
    for number, (grain, cut) in enumerate(CUTS.items()):
        shown = [row[f"cut_{number}"] for row in rows]
        assert list(map(_as_time, shown)) == [time and cut(time) for time in times], grain


def _chart(server, dataset, column):
    """What a chart of the table by this column and by it in each grain shows, in the column's order."""
    axis = {"expressionType": "SQL", "sqlExpression": column, "columnType": "BASE_AXIS", "isColumnReference": True}
    cuts = [axis | {"timeGrain": grain, "label": f"cut_{number}"} for number, grain in enumerate(CUTS)]
    metric = {"expressionType": "SQL", "sqlExpression": "COUNT(*)", "label": "rows"}
    query = {"columns": [column, *cuts], "metrics": [metric]}
    body = {"datasource": {"id": dataset, "type": "table"}, "queries": [query]}
    answer = _admin(server).post(f"{server.address}/api/v1/chart/data", json=body)
    assert answer.ok, answer.text
    return answer.json()["result"][0]["data"]


def _as_time(shown):
    """A time as Superset shows it: in milliseconds since 1970, or as text; None where there is none."""
    if isinstance(shown, str):
        return datetime.fromisoformat(shown)
    return None if shown is None else datetime.fromtimestamp(shown / 1000, UTC).replace(tzinfo=None)


def test_no_other_grain_is_offered(server, dataset):
    shown = _admin(server).get(f"{server.address}/api/v1/dataset/{dataset}").json()["result"]
    assert {grain for grain, _ in shown["time_grain_sqla"]} - {None} == set(CUTS)
