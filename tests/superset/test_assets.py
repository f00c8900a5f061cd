"""The asset files: linked, complete, true to the tables' `.hql`, and without anything of one installation."""

import io
import json
import re
import zipfile

import pytest
import yaml

from aero import hql
from aero.cluster import services
from aero.datasets import BATCH_VIEWS, REPOSITORY
from aero.ops import scheduler
from aero.superset import assets, refresh

CONTENTS = {str(file.relative_to(assets.FOLDER)): yaml.safe_load(file.read_text()) for file in assets.files()}
DATABASES, DATASETS, CHARTS, DASHBOARDS = (
    {content["uuid"]: content for name, content in CONTENTS.items() if name.startswith(f"{kind}/")}
    for kind in assets.KINDS
)
WARMED = {chart["slice_name"]: chart for chart in CHARTS.values() if "query_context" in chart}
DATASET_IDS = [dataset["table_name"] for dataset in DATASETS.values()]
# What is about now and of airports obeys no day and no airline, and says so.
ABOUT_NOW = {"live": {"delays_sliding": {"day", "airline_id"}}}
FUNCTIONS = re.compile(r"\b[A-Z_]+\s*\(|\b[A-Z]+\b|'[^']*'")


def test_there_are_the_seven_dashboards():
    slugs = {dashboard["slug"] for dashboard in DASHBOARDS.values()}
    assert slugs == {"history", "live", "live-and-history", "tomorrow", "health", "tables", "machine"}


def test_a_table_shows_text_as_it_is():
    """Superset would show a cell that looks like HTML as HTML, and cells have what live sources tell."""
    tables = {chart["slice_name"]: chart["params"] for chart in CHARTS.values() if chart["viz_type"] == "table"}
    assert len(tables) == 14
    assert [name for name, params in tables.items() if params.get("allow_render_html") is not False] == []


def test_every_uuid_is_of_one_file_and_every_link_leads_somewhere():
    uuids = [content["uuid"] for content in CONTENTS.values() if "uuid" in content]
    assert len(uuids) == len(set(uuids)) == len(CONTENTS) - 1
    assert {dataset["database_uuid"] for dataset in DATASETS.values()} == set(DATABASES)
    assert {chart["dataset_uuid"] for chart in CHARTS.values()} <= set(DATASETS)
    shown = [place["meta"]["uuid"] for dashboard in DASHBOARDS.values() for place in assets.places(dashboard)]
    assert sorted(shown) == sorted(CHARTS)
    for dashboard in DASHBOARDS.values():
        for target in (target for one in _filters(dashboard) for target in one["targets"] if target):
            assert target["column"]["name"] in _columns(DATASETS[target["datasetUuid"]])


def test_a_month_that_is_gone_is_seen_on_the_health_dashboard_within_a_minute():
    [health] = [dashboard for dashboard in DASHBOARDS.values() if dashboard["slug"] == "health"]
    [months] = [dataset for dataset in DATASETS.values() if dataset["table_name"] == "months"]
    waits = scheduler.WATCH_SECONDS + months["cache_timeout"] + health["metadata"]["refresh_frequency"]
    assert waits <= 50  # The rest is for comparing, asking and drawing.


def _filters(dashboard):
    return dashboard["metadata"]["native_filter_configuration"]


def _columns(dataset):
    return {column["column_name"] for column in dataset["columns"]}


def _metrics(dataset):
    return {metric["metric_name"] for metric in dataset["metrics"]}


def _tables(dataset):
    return set(re.findall(r"\b(aero_\w+)\.(\w+)", dataset["sql"]))


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASET_IDS)
def test_every_column_is_one_of_its_tables_or_named_in_its_sql(dataset):
    files = [REPOSITORY / "hive" / database / table / "create.hql" for database, table in _tables(dataset)]
    of_tables = {column.name for file in files for column in hql.columns(file)}
    named = set(re.findall(r"\bAS (\w+)", dataset["sql"]))
    assert _columns(dataset) <= of_tables | named


@pytest.mark.parametrize("view", BATCH_VIEWS, ids=lambda view: view.name)
def test_a_batch_view_is_shown_by_a_chart_or_says_who_asks_it(view):
    charted = {dataset["uuid"]: _tables(dataset) for dataset in DATASETS.values()}
    shown = {table for chart in CHARTS.values() for table in charted[chart["dataset_uuid"]]}
    says = "-- Asked by: " in view.hql("create").read_text()
    assert says != (tuple(view.name.split(".")) in shown)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASET_IDS)
def test_metrics_are_sums_of_its_columns_with_a_title(dataset):
    for metric in dataset["metrics"]:
        words = set(re.findall(r"[a-z_]+", FUNCTIONS.sub("", metric["expression"])))
        assert words <= _columns(dataset), metric["metric_name"]
        assert metric["verbose_name"]
    if dataset["main_dttm_col"]:
        assert dataset["main_dttm_col"] in _columns(dataset)


@pytest.mark.parametrize("chart", CHARTS.values(), ids=lambda chart: chart["slice_name"])
def test_a_chart_asks_what_its_dataset_has(chart):
    dataset, params = DATASETS[chart["dataset_uuid"]], chart["params"]
    metrics = [*params.get("metrics", []), *params.get("metrics_b", []), params.get("metric")]
    metrics += [params.get("point_radius_fixed", {}).get("value")]
    assert set(filter(None, metrics)) <= _metrics(dataset)
    groupby = params.get("groupby", [])
    columns = [
        *(groupby if isinstance(groupby, list) else [groupby]),
        *params.get("all_columns", []),
        params.get("x_axis"),
    ]
    columns += [one["subject"] for one in params["adhoc_filters"] if one["expressionType"] == "SIMPLE"]
    columns += [params["spatial"][end] for end in ("latCol", "lonCol") if "spatial" in params]
    assert set(filter(None, columns)) <= _columns(dataset)
    assert chart["description"] and chart["viz_type"] == params["viz_type"]


def test_charts_whose_answers_live_until_a_load_ends_say_what_they_ask():
    for chart in CHARTS.values():
        lasts = DATASETS[chart["dataset_uuid"]]["cache_timeout"] >= refresh.WORTH_WARMING
        assert lasts == ("query_context" in chart), chart["slice_name"]


@pytest.mark.parametrize("chart", WARMED.values(), ids=WARMED)
def test_what_a_chart_asks_in_advance_is_what_it_shows(chart):
    params, queries = chart["params"], chart["query_context"]["queries"]
    metrics = [*params.get("metrics", []), *params.get("metrics_b", []), params.get("metric")]
    metrics += [params.get("point_radius_fixed", {}).get("value")]
    assert {metric for query in queries for metric in query["metrics"]} == set(filter(None, metrics))
    filters = [one for one in params["adhoc_filters"] if one["expressionType"] == "SIMPLE"]
    having = [one["sqlExpression"] for one in params["adhoc_filters"] if one["clause"] == "HAVING"]
    for query in queries:
        asked = [(one["col"], one["op"]) for one in query["filters"] if one["op"] != "IS NOT NULL"]
        assert asked == [(one["subject"], one["operator"]) for one in filters]
        assert query["extras"]["having"] == " AND ".join(f"({one})" for one in having)
        assert query.get("row_limit") in (params.get("row_limit"), None)


def test_a_line_over_months_ends_where_months_are_missing():
    """The missing ones come as points without a value, which a line does not pass over."""
    lines = {"mixed_timeseries", "echarts_timeseries_line", "echarts_area"}
    over_months = [one for one in CHARTS.values() if one["params"].get("x_axis") == "month_date"]
    asked = [one["query_context"]["queries"] for one in over_months if one["viz_type"] in lines]
    missing = {"operation": "resample", "options": {"method": "asfreq", "rule": "1MS", "fill_value": None}}
    assert asked and all(missing in query["post_processing"] for queries in asked for query in queries)


def test_a_line_of_the_stream_ends_where_it_did_not_run():
    """By minutes, of which one without a batch is a point without a value; a minute alone is seen as a dot."""
    lines = [one["params"] for one in CHARTS.values() if one["params"].get("x_axis") == "started_at"]
    wanted = {"time_grain_sqla": "PT1M", "resample_rule": "1min", "resample_method": "asfreq", "markerEnabled": True}
    assert len(lines) == 2 and all(wanted.items() <= one.items() for one in lines)


def test_bars_of_months_stand_side_by_side_whichever_are_loaded():
    """By a text: on an axis of time a bar is as wide as a month is of all years between the first and the last."""
    bars = [one for one in CHARTS.values() if one["viz_type"] == "echarts_timeseries_bar" and "query_context" in one]
    assert bars and {DATASETS[one["dataset_uuid"]]["table_name"]: one["params"]["x_axis"] for one in bars} == {
        "delay_causes_monthly": "month_name",
        "cancellations_monthly": "month_name",
        "route_delays_monthly": "airline",
    }


def test_a_map_shows_the_country_however_few_dots_it_has():
    maps = [one["params"] for one in CHARTS.values() if one["viz_type"] == "deck_scatter"]
    assert len(maps) == 3 and not any(one["autozoom"] for one in maps)


def test_the_importer_is_given_what_a_chart_asks_as_a_text():
    with zipfile.ZipFile(io.BytesIO(assets.bundle())) as archive:
        charts = [yaml.safe_load(archive.read(name)) for name in archive.namelist() if "/charts/" in name]
    given = {chart["slice_name"]: json.loads(chart["query_context"]) for chart in charts if chart["query_context"]}
    assert {name: asked["queries"] for name, asked in given.items()} == {
        name: chart["query_context"]["queries"] for name, chart in WARMED.items()
    }


def test_all_charts_of_a_dashboard_with_a_period_obey_it():
    for dashboard in DASHBOARDS.values():
        if any(one["filterType"] == "filter_time" for one in _filters(dashboard)):
            for chart in (CHARTS[place["meta"]["uuid"]] for place in assets.places(dashboard)):
                assert any(one.get("operator") == "TEMPORAL_RANGE" for one in chart["params"]["adhoc_filters"]), chart[
                    "slice_name"
                ]


def test_filters_are_of_columns_that_all_datasets_of_the_dashboard_have():
    for dashboard in DASHBOARDS.values():
        sets = [DATASETS[CHARTS[place["meta"]["uuid"]]["dataset_uuid"]] for place in assets.places(dashboard)]
        wanted = {target["column"]["name"] for one in _filters(dashboard) for target in one["targets"] if target}
        missing = {dataset["table_name"]: wanted - _columns(dataset) for dataset in sets}
        assert {name: columns for name, columns in missing.items() if columns} == ABOUT_NOW.get(dashboard["slug"], {})


def test_a_dashboard_has_a_line_for_filters_where_it_has_filters():
    hidden = {one["slug"] for one in DASHBOARDS.values() if '[data-test="filter-bar"] { display: none; }' in one["css"]}
    assert hidden == {one["slug"] for one in DASHBOARDS.values() if not _filters(one)}


def test_a_chart_names_its_dataset_beside_the_uuid():
    names = re.compile(r"^dataset_uuid: (\S+)  # (\w+)$", re.MULTILINE)
    texts = [file.read_text() for file in assets.FOLDER.glob("charts/*/*.yaml")]
    named = dict(match.groups() for text in texts for match in names.finditer(text))
    assert len(texts) == len(CHARTS) == sum(len(names.findall(text)) for text in texts)
    assert named == {uuid: DATASETS[uuid]["table_name"] for uuid in named}


def test_a_dashboard_names_each_chart_as_its_file_does():
    named = {
        place["meta"]["uuid"]: place["meta"]["sliceName"] for one in DASHBOARDS.values() for place in assets.places(one)
    }
    assert named == {uuid: chart["slice_name"] for uuid, chart in CHARTS.items()}


def test_the_share_of_a_cancellation_code_keeps_the_others_in_its_denominator():
    for chart in CHARTS.values():
        assert not any(one.get("subject") == "cancellation_code" for one in chart["params"]["adhoc_filters"])


def test_databases_are_named_by_service_without_password():
    for database in DATABASES.values():
        who, host, schema = re.fullmatch(r"hive://(\w+)@([\w-]+)/(\w+)", database["sqlalchemy_uri"]).groups()
        assert who == "aero" and host in services.BY_NAME and (REPOSITORY / "hive" / schema).is_dir()


@pytest.mark.parametrize("name", CONTENTS)
def test_nothing_in_a_file_belongs_to_one_installation(name):
    foreign = {"chartId", "datasetId", "datasource", "slice_id", "form_data", "changed_on", "password", "timestamp"}
    assert not foreign & _keys(CONTENTS[name])
    dataset = DATASETS.get(CONTENTS[name].get("dataset_uuid"), {}).get("table_name")
    assert (assets.FOLDER / name).read_text() == assets.as_yaml(CONTENTS[name], dataset)


def _keys(value):
    if isinstance(value, dict):
        return set(value) | {key for one in value.values() for key in _keys(one)}
    return {key for one in value for key in _keys(one)} if isinstance(value, list) else set()


def _exported(**changes):
    """A zip as Superset exports it: numbers and defaults added, keys in another order; `changes` are new titles."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in CONTENTS.items():
            content = yaml.safe_load(yaml.dump(content, sort_keys=True))
            if name.startswith("charts/"):
                asked = {"datasource": {"id": 3, "type": "table"}, "form_data": {"slice_id": 7}, "force": False}
                queries = content.get("query_context", {"queries": [{"columns": []}]})["queries"]
                asked |= {"queries": [one | {"url_params": {"slice_id": "7"}, "custom_params": {}} for one in queries]}
                content |= {"query_context": json.dumps(asked), "certified_by": None, "tags": []}
                content["params"] |= {"datasource": "3__table", "dashboards": [1]}
                content["slice_name"] = changes.get(content["slice_name"], content["slice_name"])
                name = f"charts/{content['slice_name'].replace(' ', '_')}_{len(name)}.yaml"
            for number, place in enumerate(assets.places(content) if name.startswith("dashboards/") else ()):
                place["meta"]["chartId"] = number
            archive.writestr(f"assets_export_20260101T000000/{name}", yaml.dump(content))
    return packed.getvalue()


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The assets in a folder that may be written to."""
    for file in assets.files():
        copy = tmp_path / file.relative_to(assets.FOLDER)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    return tmp_path


def test_what_nobody_changed_changes_no_file(copied):
    assert assets.take_over(_exported()) == []


def test_a_title_changed_in_the_page_is_one_line_of_one_file(copied):
    file = copied / "charts" / "history" / "history_heatmap.yaml"
    before = file.read_text().splitlines()
    assert assets.take_over(_exported(**{"On-time departures by weekday and hour": "When to fly"})) == [file]
    changed = [(old, new) for old, new in zip(before, file.read_text().splitlines(), strict=True) if old != new]
    assert changed == [("slice_name: On-time departures by weekday and hour", "slice_name: When to fly")]


def test_the_digest_changes_with_a_byte(copied):
    before = assets.digest()
    file = next(copied.rglob("*.yaml"))
    file.write_text(file.read_text() + "\n")
    assert assets.digest() != before
