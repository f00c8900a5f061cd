"""docs/dashboards.md: what each chart of a dashboard shows, and which table it asks for it, from superset/assets.

.venv/bin/python -m bench.charts
"""

import re
from pathlib import Path

import yaml

from aero.datasets import REPOSITORY
from aero.superset import assets
from bench import pages

PAGE = REPOSITORY / "docs" / "dashboards.md"


def _contents(kind: str) -> dict[str, assets.Json]:
    """The asset files of a kind by uuid."""
    found = (yaml.safe_load(file.read_text()) for file in (assets.FOLDER / kind).rglob("*.yaml"))
    return {content["uuid"]: content for content in found}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".")


def table(slug: str) -> str:
    """The charts of a dashboard from top to bottom, a line each."""
    charts, datasets = _contents("charts"), _contents("datasets")
    [dashboard] = (one for one in _contents("dashboards").values() if one["slug"] == slug)
    position, lines = dashboard["position"], []
    for row in position["GRID_ID"]["children"]:
        for place in position[row]["children"]:
            chart = charts[position[place]["meta"]["uuid"]]
            dataset = datasets[chart["dataset_uuid"]]
            asked = dict.fromkeys(re.findall(r"\baero_\w+\.\w+", re.sub("'[^']*'", "", dataset["sql"])))
            names = ", ".join(f"`{name}`" for name in asked)
            lines.append(f"| {chart['slice_name']} | {_sentence(chart['description'])} | {names} |")
    return "\n".join(["| chart | what it shows | asked of |", "| --- | --- | --- |", *lines])


def write(page: Path = PAGE) -> None:
    """Put every dashboard's table into its place on the page."""
    for dashboard in _contents("dashboards").values():
        pages.put(page, dashboard["slug"], f"\n\n{table(dashboard['slug'])}\n\n")


if __name__ == "__main__":
    write()
