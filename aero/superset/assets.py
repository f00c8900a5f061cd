"""superset/assets as Superset's importer takes it, and what its exporter gives as these files."""

import hashlib
import io
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import yaml

from aero.datasets import REPOSITORY

Json = dict[str, Any]
FOLDER = REPOSITORY / "superset" / "assets"
# The innermost: what it has inside of it is no template.
_CHOICE = re.compile(r"{% if (asks_\w+) %}((?:(?!{%).)*)(?:{% else %}((?:(?!{%).)*))?{% endif %}", re.DOTALL)
KINDS = ("databases", "datasets", "charts", "dashboards")
# What is Superset's own: numbers of this database, caches of the page, defaults that it writes out.
_NOT_OURS = {
    "databases": ("allow_run_async",),
    # Set by every change through its interface, such as those of aero/superset/refresh.py, to the database's own.
    "datasets": ("catalog",),
    "params": ("datasource", "dashboards", "slice_id", "url_params", "annotation_layers"),
    "queries": ("url_params", "custom_params", "custom_form_data", "annotation_layers"),
    "dashboards": ("theme_uuid", "theme_id", "tags", "roles"),
    "metadata": ("shared_label_colors", "map_label_colors", "color_scheme_domain", "color_namespace", "import_time"),
}


def files() -> list[Path]:
    """Every file of the assets, in an order that does not change."""
    return sorted(FOLDER.rglob("*.yaml"))


def titles() -> dict[str, str]:
    """The title of each dashboard by its slug, which is what it is called in addresses."""
    dashboards = [read(file) for file in files() if file.parent.name == "dashboards"]
    return {one["slug"]: one["dashboard_title"] for one in dashboards}


def digest() -> str:
    """Changes with any byte of the assets."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files())).hexdigest()


def bundle() -> bytes:
    """The assets as a zip that Superset imports."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files():
            complete = _COMPLETED.get(file.relative_to(FOLDER).parts[0], dict)
            content = complete(read(file))
            archive.writestr(f"assets/{file.relative_to(FOLDER)}", as_yaml(content))
    return packed.getvalue()


def _database(database: Json) -> Json:
    """Asked by the worker, where a cluster has one."""
    return database | {"allow_run_async": "REDIS_HOST" in os.environ}


def _chart(chart: Json) -> Json:
    """With what it asks as Superset keeps it: a text, which names the dataset that the importer puts into it."""
    if asked := chart.get("query_context"):
        asked = {"datasource": {}, "queries": asked["queries"], "result_format": "json", "result_type": "full"}
    return chart | {"query_context": json.dumps(asked) if asked else None}


def _dashboard(dashboard: Json) -> Json:
    """With what Superset wants and a file should not hold: a number for each chart's place, which the importer
    replaces, and the labels' colours once more, where the page looks for settled ones.
    """
    for number, place in enumerate(places(dashboard), 1):
        place["meta"]["chartId"] = number
    dashboard["metadata"]["map_label_colors"] = dashboard["metadata"].get("label_colors", {})
    return dashboard


_COMPLETED = {"databases": _database, "charts": _chart, "dashboards": _dashboard}


def rendered(
    sql: str, asks_route: bool = True, asks_hour: bool = True, asks_airline: bool = True, asks_day: bool = True
) -> str:
    """The SQL of a dataset as superset/asked_views.py renders it, of a question that asks all but what is said here."""
    asks = {"asks_route": asks_route, "asks_hour": asks_hour, "asks_airline": asks_airline, "asks_day": asks_day}
    while _CHOICE.search(sql):
        sql = _CHOICE.sub(lambda choice: choice[2] if asks[choice[1]] else choice[3] or "", sql)
    return sql


def places(dashboard: Json) -> list[Json]:
    """Where charts stand on a dashboard."""
    parts = dashboard["position"].values()
    return [part for part in parts if isinstance(part, dict) and part.get("type") == "CHART"]


def take_over(exported: bytes) -> list[Path]:
    """Write what Superset exported into the files of the same uuids, new things into new files.

    Keys stay in the order of the file, and what Superset adds with no meaning is left out, so that the difference is
    what a person changed. Returns the files that are different now.
    """
    own = {content["uuid"]: (file, content) for file in files() if "uuid" in (content := read(file))}
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        names = [name for name in archive.namelist() if name.split("/")[1] in KINDS and name.endswith(".yaml")]
        given = {name.split("/", 1)[1]: yaml.safe_load(archive.read(name)) for name in names}
    folders = _chart_folders(given)
    tables = {content["uuid"]: content.get("table_name") for content in given.values()}
    changed = []
    for name, content in given.items():
        kind = name.split("/")[0]
        file, before = own.get(content["uuid"], (_new_file(name, folders.get(content["uuid"])), {}))
        after = _tidied(kind, content, before)
        if after != before:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(as_yaml(after, tables.get(after.get("dataset_uuid"))))
            changed.append(file)
    return changed


def _new_file(name: str, chart_folder: str | None) -> Path:
    """Where what Superset exports as `name` goes: a chart into its dashboard's folder, all else as it is exported."""
    return FOLDER / "charts" / chart_folder / Path(name).name if chart_folder else FOLDER / name


def read(file: Path) -> Json:
    return yaml.safe_load(file.read_text())


def layers_of(content: Json) -> list[Json]:
    """The layers of annotations that an asset file names; none where it is no chart's."""
    return (content.get("params") or {}).get("annotation_layers", [])


def _chart_folders(given: dict[str, Json]) -> dict[str, str]:
    """The dashboard's slug by uuid of each chart on it: a folder a dashboard."""
    return {
        place["meta"]["uuid"]: (content.get("slug") or "other").replace("-", "_")
        for name, content in given.items()
        if name.startswith("dashboards/")
        for place in places(content)
    }


def _tidied(kind: str, content: Json, before: Json) -> Json:
    """`content` without what is Superset's own, in the order of `before`."""
    content = {key: value for key, value in content.items() if key not in _NOT_OURS.get(kind, ())}
    for place in places(content) if kind == "dashboards" else ():
        place["meta"].pop("chartId", None)
    if kind == "charts":
        content["query_context"] = _asked(content.get("query_context"), before)
    for part in ("params", "metadata"):
        if isinstance(content.get(part), dict):
            content[part] = {k: v for k, v in content[part].items() if k not in _NOT_OURS[part]}
    if layers := layers_of(before):  # Those in Superset have its numbers (aero/superset/annotations.py).
        content["params"]["annotation_layers"] = layers
    return _like(content, before)


def _asked(text: str | None, before: Json) -> Json | None:
    """The queries of a chart's `query_context`. Superset makes one for each chart that is opened to be edited: a chart
    whose file has none, since nothing asks it in advance, goes on without."""
    queries = json.loads(text or "{}").get("queries")
    if not queries or (before and "query_context" not in before):
        return None
    return {"queries": [{k: v for k, v in one.items() if k not in _NOT_OURS["queries"]} for one in queries]}


def _like(value: Any, before: Any) -> Any:
    """`value` with keys in the order of `before`; keys that are new and say nothing are left out."""
    if isinstance(value, dict) and isinstance(before, dict):
        known = {key: _like(value[key], before[key]) for key in before if key in value}
        return known | {k: v for k, v in value.items() if k not in before and v not in (None, "", [], {}, False)}
    if isinstance(value, list) and isinstance(before, list):
        partners = {_name(one) or place: one for place, one in enumerate(before)}
        made = {_name(one) or place: _like(one, partners.get(_name(one) or place)) for place, one in enumerate(value)}
        order = [*(key for key in partners if key in made), *(key for key in made if key not in partners)]
        return [made[key] for key in order]
    return value


def _name(one: Any) -> str | None:
    """What a column or metric is called in its list; None of anything else, which is known by its place."""
    return one.get("column_name") or one.get("metric_name") if isinstance(one, dict) else None


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stand as they are."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def as_yaml(content: Json, dataset: str | None = None) -> str:
    """The text of an asset file. A chart's names its dataset beside the uuid, for who reads it."""
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return re.sub("^dataset_uuid: .*$", rf"\g<0>  # {dataset}", text, flags=re.MULTILINE) if dataset else text
