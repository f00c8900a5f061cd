"""Layers of annotations on charts over time: events of superset/events.toml, and the public holidays.

Superset's importer takes no layers, and takes their use out of charts. So they are made by its interface, before and
after an import. A chart's file names its layers (`annotation_layers`, `value` is the name); their numbers are this
Superset's own.
"""

import json
import tomllib
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from aero import holidays
from aero.datasets import REPOSITORY
from aero.superset import assets
from aero.superset.assets import Json
from aero.superset.client import ALL, Superset

FILE = REPOSITORY / "superset" / "events.toml"
BY_MONTH, BY_DAY, HOLIDAYS = "Events by month", "Events by day", "Public holidays"
# Of each year one more request at the first start, and a line in each answer: none are marked before the demo's year.
FIRST_YEAR = 2013
PAGE = 100
HALF_A_DAY = timedelta(hours=12)
_LAYERS = "/api/v1/annotation_layer/"


class Annotation(NamedTuple):
    """What is said of a stretch of time: its name, of which a layer has no two and which fits the height of a chart, a
    sentence, and two instants of ISO 8601 without a zone."""

    short_descr: str
    long_descr: str
    start_dttm: str
    end_dttm: str


def layers() -> dict[str, set[Annotation]]:
    """What each layer has. A chart has the number of a month at its first day and that of a day at midnight: there
    stand the events of its month, and around there those of the day. Holidays are those until the next year's end.
    """
    events = tomllib.loads(FILE.read_text(encoding="utf-8"))["event"]
    years = range(FIRST_YEAR, date.today().year + 2)
    return {
        BY_MONTH: {_annotation(one, one["first"].replace(day=1), one["first"].replace(day=1)) for one in events},
        BY_DAY: {_annotation(one, one["first"], one["last"], HALF_A_DAY) for one in events},
        HOLIDAYS: {
            _annotation({"name": f"{name} {year}", "first": day, "last": day, "what": "public holiday"}, day, day)
            for year in years
            for day, name in holidays.named(year).items()
        },
    }


def text() -> str:
    """Of the layers: changes where one of them does."""
    return json.dumps({name: sorted(annotations) for name, annotations in layers().items()})


def keep(superset: Superset) -> dict[str, int]:
    """Make the layers what they should be. Returns the number of each by its name; running it twice changes nothing."""
    there = {one["name"]: one["id"] for one in superset.result(_LAYERS, params=ALL)}
    numbers = {}
    for name, annotations in layers().items():
        number = there.get(name) or superset.ask("POST", _LAYERS, json={"name": name}).json()["id"]
        _keep_annotations(superset, f"{_LAYERS}{number}/annotation/", annotations)
        numbers[name] = number
    return numbers


def show(superset: Superset, numbers: dict[str, int]) -> None:
    """Have the charts whose files name layers show them. An import before has taken them out."""
    named = {
        content["uuid"]: used for file in assets.files() if (used := assets.layers_of(content := assets.read(file)))
    }
    for number in (one["id"] for one in superset.charts() if one["uuid"] in named):
        path = f"/api/v1/chart/{number}"
        chart = superset.result(path)
        used = [layer | {"value": numbers[layer["value"]]} for layer in named[chart["uuid"]]]
        change = {"params": json.dumps(json.loads(chart["params"]) | {"annotation_layers": used})}
        if chart["query_context"]:
            asked = json.loads(chart["query_context"])
            asked["queries"] = [query | {"annotation_layers": used} for query in asked["queries"]]
            change["query_context"] = json.dumps(asked)
        superset.ask("PUT", path, json=change)


def annotations_of(superset: Superset, path: str) -> list[Json]:
    """All that a layer has, with their numbers. Superset gives a page of a hundred at most."""
    found: list[Json] = []
    while page := superset.result(path, params={"q": f"(page:{len(found) // PAGE},page_size:{PAGE})"}):
        found += page
        if len(page) < PAGE:
            break
    return found


def _annotation(event: Json, first: date, last: date, around: timedelta = timedelta()) -> Annotation:
    start, end = datetime.combine(first, time()) - around, datetime.combine(last, time()) + around
    days = " to ".join(dict.fromkeys(str(event[end]) for end in ("first", "last")))
    return Annotation(event["name"], f"{days}: {event['what']}", start.isoformat(), end.isoformat())


def _keep_annotations(superset: Superset, path: str, wanted: set[Annotation]) -> None:
    """Of what a layer has, the wanted stays, and all else goes."""
    there = annotations_of(superset, path)
    numbers = {Annotation(*(one[field] for field in Annotation._fields)): one["id"] for one in there}
    if gone := [one["id"] for one in there if one["id"] not in {numbers.get(each) for each in wanted}]:
        superset.ask("DELETE", path, params={"q": f"!({','.join(map(str, gone))})"})
    for annotation in sorted(wanted - set(numbers)):
        superset.ask("POST", path, json=annotation._asdict())
