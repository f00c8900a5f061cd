"""Superset asks the views with routes of airports alone: what it would ask of the Spark Thrift Server, rendered."""

import json
import re

import pytest
import yaml

from aero.superset import assets
from tests.ports import free_port

FROM = re.compile(r"\baero_batch\.(\w+)")
# By the dataset, what answers where a question names a route, and where it does not.
VIEWS = {
    "route_delays_monthly": ("route_delays_monthly", "airline_delays_monthly"),
    "months_and_year_before": ("route_delays_monthly", "airline_delays_monthly"),
    "hourly_delays_monthly": ("hourly_delays_monthly", "airline_hourly_delays_monthly"),
    "delay_causes_monthly": ("delay_causes_monthly", "airline_delay_causes_monthly"),
    "cancellations_monthly": ("cancellations_monthly", "airline_cancellations_monthly"),
    "delays_beside_history": ("airport_weekday_delays_monthly", "airline_hourly_delays_monthly"),
}
# Those that name airlines, and the join that this takes.
NAMED = [*(name for name in VIEWS if name != "delays_beside_history"), "destination_delays_monthly"]
JOINED = "JOIN aero_clean.airlines"
OF_A_DAY = "flight_places"
OF_NAMES = [
    {"columns": ["airline"]},
    {"filters": [{"col": "airline", "op": "IN", "val": ["Delta"]}]},
    {"extras": {"where": "airline <> 'Delta'"}},
]
OF_NUMBERS = [{}, {"filters": [{"col": "airline_id", "op": "IN", "val": ["DL"]}]}]
CHOSEN = [{}, {"filters": [{"col": "airline", "op": "IN", "val": ["Delta"]}]}]
OF_ROUTES = [
    {"filters": [{"col": "origin_id", "op": "IN", "val": ["JFK"]}]},
    {"filters": [{"col": "destination_id", "op": "IN", "val": ["ATL"]}]},
    {"columns": ["origin_id"]},
    {"columns": [{"sqlExpression": "destination_id", "label": "to", "expressionType": "SQL"}]},
    {"extras": {"where": "origin_id = 'JFK'"}},
]


@pytest.fixture(scope="module")
def asked(server, numbers):
    """A function that returns the views that a question of a dataset asks, and the whole SQL."""
    admin = server.signed_in("admin", server.password("admin"), "127.0.3.1")

    def ask(dataset, **query):
        metrics = yaml.safe_load(next(assets.FOLDER.glob(f"datasets/*/{dataset}.yaml")).read_text())["metrics"]
        metric = next(one["metric_name"] for one in metrics if "flights" in one["metric_name"])
        query = {"columns": [], "metrics": [metric], "filters": [], "extras": {}} | query
        body = {"datasource": {"id": numbers[dataset], "type": "table"}, "queries": [query], "result_type": "query"}
        answer = admin.post(f"{server.address}/api/v1/chart/data", json=body)
        assert answer.ok, answer.text
        [result] = answer.json()["result"]
        return set(FROM.findall(result["query"])), result["query"]

    return ask


@pytest.mark.parametrize("dataset", VIEWS)
def test_the_view_with_routes_is_asked_where_a_route_is_named_and_only_there(asked, dataset):
    with_routes, without = VIEWS[dataset]
    assert [asked(dataset, **query)[0] for query in CHOSEN] == [{without}] * len(CHOSEN)
    assert [asked(dataset, **query)[0] for query in OF_ROUTES] == [{with_routes}] * len(OF_ROUTES)


OF_A_COLUMN = {"expressionType": "SQL", "sqlExpression": "MAX(hour)", "label": "latest"}


def test_the_hours_of_airports_are_asked_where_an_hour_is_named(asked):
    of_hours = [
        {"columns": ["hour"]},
        {"filters": [{"col": "hour", "op": "IN", "val": ["08"]}]},
        {"extras": {"where": "layer = 'Today' AND\nhour >= '12'"}},
        {"columns": ["airline_id", "departed_flights"], "metrics": [], "orderby": [["hour", True]]},
        {"columns": ["airline_id"], "series_limit_metric": OF_A_COLUMN},
    ]
    of_an_airport = {"filters": [{"col": "origin_id", "op": "IN", "val": ["JFK"]}]}
    for query in of_hours:
        assert asked("delays_beside_history", **query)[0] == {"airline_hourly_delays_monthly"}
        both = {**query, "filters": [*query.get("filters", []), *of_an_airport["filters"]]}
        assert asked("delays_beside_history", **both)[0] == {"hourly_delays_monthly"}


def test_what_people_write_is_no_template(asked):
    condition = "airline <> '{{ asks_route }}{% if 1 %}x{% endif %}'"
    _, sql = asked("route_delays_monthly", extras={"where": condition})
    assert json.dumps(condition)[1:-1] in sql


def test_what_people_write_in_sql_lab_is_no_template(server):
    database = server.add_database("away", free_port(), "default", {"username": "aero"})
    admin = server.signed_in("admin", server.password("admin"), "127.0.3.1")
    asked = {"database_id": database, "sql": "SELECT '{{ x }} {% y'", "runAsync": False}
    answer = admin.post(f"{server.address}/api/v1/sqllab/execute/", json=asked)
    assert not answer.ok and "template" not in answer.text.lower() and "undefined" not in answer.text, answer.text


@pytest.mark.parametrize("dataset", NAMED)
def test_names_of_airlines_are_joined_where_they_are_asked_and_only_there(asked, dataset):
    assert [JOINED in asked(dataset, **query)[1] for query in OF_NAMES] == [True] * len(OF_NAMES)
    assert [JOINED in asked(dataset, **query)[1] for query in OF_NUMBERS] == [False] * len(OF_NUMBERS)


def test_before_a_page_knows_its_day_its_filters_ask_of_no_flight(asked):
    of_day = {"filters": [{"col": "day", "op": "IN", "val": ["2013-07-10"]}]}
    asked_of = [asked(OF_A_DAY, columns=["origin_id"], **query)[1] for query in ({}, of_day)]
    assert ["WHERE FALSE" in sql for sql in asked_of] == [True, False]


def test_a_metric_asks_what_its_expression_names(server, asked, numbers):
    """Of a metric that somebody has added in the page, a question gives the name alone."""
    admin = server.signed_in("admin", server.password("admin"), "127.0.3.1")
    path = f"{server.address}/api/v1/dataset/{numbers['route_delays_monthly']}"
    kept = [
        {key: one[key] for key in ("id", "metric_name", "expression")}
        for one in admin.get(path).json()["result"]["metrics"]
    ]
    added = {"metric_name": "names", "expression": "COUNT(DISTINCT airline)"}
    assert admin.put(path, json={"metrics": [*kept, added]}).ok
    assert JOINED in asked("route_delays_monthly", metrics=["names"])[1]
    assert JOINED not in asked("route_delays_monthly", metrics=["flights"])[1]


def test_every_template_of_the_assets_is_one_of_these():
    templates = {file.stem for file in assets.FOLDER.glob("datasets/*/*.yaml") if "{%" in file.read_text()}
    assert templates == {*VIEWS, *NAMED, OF_A_DAY}
