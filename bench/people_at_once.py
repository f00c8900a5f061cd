"""People who open dashboards at once, each with other filters: how long they wait beside one who is alone.

Part of bench/dashboards.py (`--people`). Nothing is remembered for anybody. Where the views are generated
(bench/generated_views), each person's numbers are compared with what the generator counted by itself.
"""

import copy
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from aero.errors import AeroError
from aero.superset.client import Superset
from bench.generated_views.sums import Sums

CONNECTIONS_OF_A_BROWSER = 6
# What a person's numbers are called in the dataset, and how the generator's sums say it.
CHECKED: dict[str, Callable[[dict[str, int]], float]] = {
    "flights": lambda sums: sums["total_flights"],
    "on_time_arrival_share": lambda sums: sums["on_time_arrivals"] / sums["total_flights"],
    "average_arrival_delay_minutes": lambda sums: sums["total_arrival_delay_minutes"] / sums["arrived_flights"],
    "cancelled_share": lambda sums: sums["cancelled_flights"] / sums["total_flights"],
}
Body = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Who opens the dashboard `slug` with these filters; None is not chosen."""

    slug: str
    airline: str | None = None
    origin: str | None = None
    years: range | None = None

    def __str__(self) -> str:
        years = f"{self.years[0]}–{self.years[-1]}" if self.years else ""
        return ", ".join(filter(None, (self.slug, self.airline, self.origin and f"from {self.origin}", years)))

    def asks(self, body: Body) -> Body:
        """What a chart asks under the person's filters, with nothing remembered."""
        body = copy.deepcopy(body) | {"force": True}
        chosen = {"airline_id": self.airline, "origin_id": self.origin}
        for query in body["queries"]:
            query["filters"] += [{"col": col, "op": "IN", "val": [value]} for col, value in chosen.items() if value]
            for one in query["filters"]:
                if one["op"] == "TEMPORAL_RANGE" and self.years:
                    one["val"] = f"{self.years[0]}-01-01 : {self.years[-1] + 1}-01-01"
        return body


@dataclass(frozen=True)
class Waited:
    """Seconds of each chart and of each whole dashboard, and how many answers were refused."""

    charts: list[float]
    dashboards: list[float]
    refused: int


def people(count: int, slugs: Iterable[str], airlines: list[str], origins: list[str], years: list[int]) -> list[Person]:
    """So many people: dashboards in turn, and of each an airline, an airport or both, and for every other one years."""
    slugs = list(slugs)
    return [
        Person(
            slugs[at % len(slugs)],
            airline=airlines[at % len(airlines)] if at % 3 != 1 else None,
            origin=origins[at % len(origins)] if at % 3 != 0 else None,
            years=range(years[at % len(years)], years[-1] + 1) if at % 2 else None,
        )
        for at in range(count)
    ]


def codes(superset: Superset, body: Body, column: str, count: int) -> list[str]:
    """The airlines or airports with most flights, from the dataset that a chart asks."""
    query = {
        "columns": [column], "metrics": ["flights"], "orderby": [["flights", False]], "row_limit": count, "filters": [],
    }  # fmt: skip
    [answer] = superset.chart_data({"datasource": body["datasource"], "queries": [query]})["result"]
    return [row[column] for row in answer["data"]]


def waited(
    sessions: Iterable[Superset], those: list[Person], asked: dict[str, dict[str, Body]], at_once: int
) -> Waited:
    """How long these people wait, so many of them at once; each has a session of their own."""
    pairs = list(zip(those, sessions, strict=False))
    with ThreadPoolExecutor(at_once) as pool:
        opened = list(pool.map(lambda pair: _opened(pair[1], pair[0], asked[pair[0].slug]), pairs))
    charts = [seconds for one in opened for seconds in one[0]]
    answered = [seconds for seconds in charts if seconds is not None]
    return Waited(answered, [one[1] for one in opened], len(charts) - len(answered))


def _opened(superset: Superset, person: Person, charts: dict[str, Body]) -> tuple[list[float | None], float]:
    """Seconds of each chart, None where it was refused, and of all of them."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS_OF_A_BROWSER) as pool:
        seconds = list(pool.map(partial(_answered, superset), map(person.asks, charts.values())))
    return seconds, time.perf_counter() - began


def _answered(superset: Superset, body: Body) -> float | None:
    began = time.perf_counter()
    try:
        superset.chart_data(body)
    except AeroError:
        return None
    return time.perf_counter() - began


def wrong(superset: Superset, those: Iterable[Person], body: Body, sums: Sums) -> Iterator[str]:
    """Each number of a person that is not what the generator counted; `body` is a question of the routes' dataset."""
    for person in those:
        query = {"columns": [], "metrics": list(CHECKED), "filters": [{"col": "month_date", "op": "TEMPORAL_RANGE"}]}
        query["filters"][0]["val"] = "No filter"
        asked = person.asks({"datasource": body["datasource"], "queries": [query]})
        [answer] = superset.chart_data(asked)["result"]
        counted = sums.of(person.airline, person.origin, person.years)
        for name, of_sums in CHECKED.items():
            shown = answer["data"][0][name]
            wanted = of_sums(counted) if counted["total_flights"] else None
            if (shown is None) != (wanted is None) or (wanted is not None and abs(shown - wanted) > 1e-9 * abs(wanted)):
                yield f"{person}: {name} is {shown}, and the generator counted {wanted}"
