"""What the files of superset/assets say of charts: which dataset each asks, and which of its columns and metrics."""

from functools import cache
from typing import Any, NamedTuple

from aero.superset import assets

# How the names of charts and datasets begin, where tables have their names in SQL.
CHART, DATASET = "chart:", "dataset:"


class Chart(NamedTuple):
    """`columns` are columns and metrics of the dataset that the chart shows or filters by."""

    name: str
    title: str
    dashboard: str
    dataset: str
    columns: tuple[str, ...]


@cache
def datasets() -> dict[str, dict[str, Any]]:
    """The content of every dataset by its name, `dataset:history/route_delays_monthly`."""
    return {f"{DATASET}{'/'.join(one.relative_to(assets.FOLDER / 'datasets').with_suffix('').parts)}": assets.read(one)
            for one in assets.files() if one.is_relative_to(assets.FOLDER / "datasets")}  # fmt: skip


@cache
def all_of() -> dict[str, Chart]:
    """Every chart by its name, `chart:history/Flights`."""
    of_uuid = {content["uuid"]: name for name, content in datasets().items()}
    titles = {slug.replace("-", "_"): title for slug, title in assets.titles().items()}
    found = {}
    for file in sorted((assets.FOLDER / "charts").rglob("*.yaml")):
        content = assets.read(file)
        dashboard, title = file.parent.name, content["slice_name"]
        dataset = of_uuid[content["dataset_uuid"]]
        chart = Chart(f"{CHART}{dashboard}/{title}", title, titles[dashboard], dataset, _asked(content, dataset))
        found[chart.name] = chart
    return found


def _asked(content: dict[str, Any], dataset: str) -> tuple[str, ...]:
    """Of the dataset's columns and metrics those that the chart's settings name, in the order of the dataset."""
    named = set(_texts(content["params"]))
    return tuple(one for one in _known(dataset) if one in named)


def _known(dataset: str) -> tuple[str, ...]:
    """The columns of a dataset, then its metrics; a metric may have the name of a column."""
    columns = (one["column_name"] for one in datasets()[dataset]["columns"])
    return tuple(dict.fromkeys((*columns, *metrics_of(dataset))))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def metrics_of(dataset: str) -> dict[str, str]:
    """The SQL of each metric of a dataset."""
    return {one["metric_name"]: one["expression"] for one in datasets()[dataset]["metrics"]}


def select_of(dataset: str) -> str:
    """The SQL of a dataset, of two views of one sum that with more columns."""
    content = datasets()[dataset]
    sql = assets.rendered(content["sql"] or "")
    return sql or f"SELECT * FROM {content['schema']}.{content['table_name']}"


def dataset_of(chart: str) -> str:
    return all_of()[chart].dataset


def columns_of(name: str) -> tuple[str, ...]:
    """The columns of a chart or a dataset, metrics last; none of one that is not known."""
    if name in all_of():
        return all_of()[name].columns
    return _known(name) if name in datasets() else ()
