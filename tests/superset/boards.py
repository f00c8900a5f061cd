"""Dashboards of a test's own, with a chart each of the delays of a lone HiveServer2."""

import io
import zipfile
from uuid import uuid4

import yaml

KINDS = ("databases", "datasets", "charts", "dashboards")
COLUMNS = [{"column_name": "id", "type": "INT"}, {"column_name": "name", "type": "STRING", "groupby": True}]
METRIC = {"metric_name": "rows", "expression": "COUNT(*)"}


def bundle(port: int, password: str, slugs: tuple[str, ...]) -> bytes:
    """What Superset imports: all, asked of the HiveServer2 at this port."""
    parts = {kind: {} for kind in KINDS}
    comes_in = {"auth": "CUSTOM", "username": "superset", "password": password}
    database = parts["databases"]["of_a_wall"] = {
        "database_name": f"Of {slugs[0]}",
        "sqlalchemy_uri": f"hive://127.0.0.1:{port}/aero_batch",
        "extra": {"engine_params": {"connect_args": comes_in}},
    } | _own()
    for slug in slugs:
        _add_dashboard(parts, slug, database["uuid"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("assets/metadata.yaml", yaml.safe_dump({"version": "1.0.0", "type": "assets"}))
        for kind in KINDS:
            folder = "datasets/of_a_wall" if kind == "datasets" else kind
            for name, content in parts[kind].items():
                archive.writestr(f"assets/{folder}/{name}.yaml", yaml.safe_dump(content))
    return packed.getvalue()


def imported(server, port: int, password: str, *slugs: str) -> dict[str, tuple[int, int, int]]:
    """Import one of each name; the numbers of its dashboard, chart and dataset."""
    packed = bundle(port, password, slugs)
    admin = server.signed_in("admin", server.password("admin"), "127.0.6.1")
    form = {"bundle": ("assets.zip", packed, "application/zip")}
    answer = admin.post(f"{server.address}/api/v1/assets/import/", files=form)
    assert answer.ok, answer.text

    def number(kind, key, value):
        found = admin.get(f"{server.address}/api/v1/{kind}/", params={"q": "(page_size:1000)"}).json()["result"]
        return next(one["id"] for one in found if one[key] == value)

    return {
        slug: (
            number("dashboard", "slug", slug),
            number("chart", "slice_name", slug),
            number("dataset", "table_name", slug),
        )
        for slug in slugs
    }


def _own() -> dict:
    return {"uuid": str(uuid4()), "version": "1.0.0"}


def _add_dashboard(parts: dict, slug: str, database: str) -> None:
    dataset = parts["datasets"][slug] = {
        "table_name": slug, "schema": "aero_batch", "sql": "SELECT id, name FROM aero_batch.delays",
        "columns": COLUMNS, "metrics": [METRIC], "database_uuid": database,
    } | _own()  # fmt: skip
    params = {"viz_type": "table", "query_mode": "aggregate", "groupby": ["name"], "metrics": ["rows"]}
    chart = parts["charts"][slug] = {
        "slice_name": slug, "viz_type": "table", "params": params, "dataset_uuid": dataset["uuid"],
    } | _own()  # fmt: skip
    meta = {"uuid": chart["uuid"], "sliceName": slug, "width": 6, "height": 40, "chartId": 1}
    offered = {
        "id": "NATIVE_FILTER-name", "name": "Name", "type": "NATIVE_FILTER", "filterType": "filter_select",
        "targets": [{"datasetUuid": dataset["uuid"], "column": {"name": "name"}}], "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []}, "controlValues": {"multiSelect": True},
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
    }  # fmt: skip
    parts["dashboards"][slug] = {
        "dashboard_title": slug, "slug": slug, "published": True,
        "metadata": {"native_filter_configuration": [offered], "filter_bar_orientation": "HORIZONTAL"},
        "position": {
            "DASHBOARD_VERSION_KEY": "v2",
            "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
            "GRID_ID": {"id": "GRID_ID", "type": "GRID", "children": ["ROW-1"], "parents": ["ROOT_ID"]},
            "ROW-1": {"id": "ROW-1", "type": "ROW", "children": ["CHART-1"], "parents": ["ROOT_ID", "GRID_ID"],
                      "meta": {"background": "BACKGROUND_TRANSPARENT"}},
            "CHART-1": {"id": "CHART-1", "type": "CHART", "children": [], "meta": meta,
                        "parents": ["ROOT_ID", "GRID_ID", "ROW-1"]},
        },
    } | _own()  # fmt: skip
