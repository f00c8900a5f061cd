"""How long the dashboards' charts wait for their answers: cold (engines up, nothing remembered) and warm.

    .venv/bin/aero up
    .venv/bin/python -m bench.dashboards --people 10 --drawn 5

Chromium opens each dashboard once: what its charts ask then is measured. Each chart alone, then all charts of a
dashboard at once, six at a time as browsers do. A dashboard's time is from the first question sent to the last answer
read. Then come `--people`, each with other filters, alone and all at once; of generated views (bench/generated_views)
their numbers are compared with the generator's own. With `--drawn`, Chromium opens each dashboard so often with nothing
remembered and with everything: from the click until all charts are drawn.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import click
from rich.console import Console
from rich.table import Table

from aero.errors import AeroError
from aero.settings import load_settings
from aero.superset.client import Superset
from bench import people_at_once
from bench.generated_views import SUMS
from bench.generated_views.sums import Sums
from bench.people_at_once import CONNECTIONS_OF_A_BROWSER, Body
from tests.cluster import dashboards as pages

# The chart of History whose dataset is asked for people's numbers.
ROUTES = "Flights"
SLUGS = ("history", "live", "live-and-history", "health")


def asked_by_each_chart(slugs: tuple[str, ...]) -> dict[str, dict[str, dict]]:
    """What each chart asks when its dashboard opens, by the dashboard's slug and the chart's title."""
    asked = {}
    with pages.browser() as page:
        pages.sign_in(page)
        for slug in slugs:
            with pages.opened(page, slug) as dashboard:
                asked[slug] = dashboard.questions
    return asked


def seconds(superset: Superset, body: dict, is_cold: bool) -> float:
    """How long one answer takes."""
    began = time.perf_counter()
    superset.chart_data(body | {"force": is_cold})
    return time.perf_counter() - began


def seconds_together(superset: Superset, bodies: list[dict], is_cold: bool) -> float:
    """How long all answers of a dashboard take."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS_OF_A_BROWSER) as pool:
        list(pool.map(lambda body: superset.chart_data(body | {"force": is_cold}), bodies))
    return time.perf_counter() - began


def cells(measured: list[float]) -> list[str]:
    """p50 and p95 in seconds."""
    cuts = statistics.quantiles(measured, n=100, method="inclusive")
    return [f"{cuts[49]:.2f}", f"{cuts[94]:.2f}"]


def many(asked: dict[str, dict[str, Body]], count: int) -> Table:
    """So many people at once beside the same people one after the other. Raises AeroError where a number is wrong."""
    settings = load_settings()
    sessions = [Superset(settings) for _ in range(count)]
    history = asked["history"][ROUTES]
    of_most = [people_at_once.codes(sessions[0], history, column, count) for column in ("airline_id", "origin_id")]
    file = settings.home / SUMS
    sums = Sums.read(file) if file.is_file() else None
    those = people_at_once.people(count, asked, *of_most, sums.years if sums else [2013])
    if sums and (wrong := list(people_at_once.wrong(sessions[0], those, history, sums))):
        raise AeroError("\n".join(wrong), "The views are not what bench/generated_views wrote, or a dataset is wrong.")
    table = Table(
        "people", "charts", "chart p50", "chart p95", "dashboard p50", "dashboard p95", "refused",
        title=f"{count} people with other filters, seconds" + (", numbers as the generator's" if sums else ""),
    )  # fmt: skip
    for name, at_once in (("one after the other", 1), ("at once", count)):
        found = people_at_once.waited(sessions, those, asked, at_once)
        table.add_row(
            name, f"{len(found.charts)}", *cells(found.charts), *cells(found.dashboards), f"{found.refused}"
        )  # fmt: skip
    return table


def drawn(superset: Superset, slugs: tuple[str, ...], rounds: int) -> Table:
    """How long a person waits for a dashboard's pictures."""
    table = Table(
        "dashboard", "cold p50", "cold p95", "warm p50", "warm p95", title="in Chromium, until all is drawn, seconds"
    )
    with pages.browser() as page:
        pages.sign_in(page)
        for slug in slugs:
            waited: dict[bool, list[float]] = {True: [], False: []}
            for is_cold in [True, False] * rounds:
                if is_cold:
                    for dataset in superset.datasets():
                        superset.touch_dataset(dataset["id"])
                with pages.opened(page, slug) as dashboard:
                    waited[is_cold].append(dashboard.drawn_at - dashboard.opened_at)
            table.add_row(slug, *cells(waited[True]), *cells(waited[False]))
    return table


@click.command()
@click.option("--rounds", default=10, show_default=True, help="How often each is asked, cold and warm each.")
@click.option("--dashboard", "slugs", multiple=True, type=click.Choice(SLUGS), help="Only this one, or these. [all]")
@click.option("--people", "count", default=0, help="So many people then open these dashboards at once.")
@click.option("--drawn", "times", default=0, help="How often Chromium opens each of them, cold and warm.")
def main(rounds: int, slugs: tuple[str, ...], count: int, times: int) -> None:
    """Measure the Superset of the cluster that AERO_HOME names, and print a table."""
    superset = Superset(load_settings())
    table = Table("dashboard", "chart", "cold p50", "cold p95", "warm p50", "warm p95", title="seconds")
    if count and "history" not in (slugs or SLUGS):
        raise click.UsageError("--people wants the dashboard history too: its numbers are asked of it.")
    asked = asked_by_each_chart(slugs or SLUGS)
    for dashboard, charts in asked.items():
        bodies = list(charts.values())
        seconds_together(superset, bodies, is_cold=True)
        for chart, body in charts.items():
            cold = [seconds(superset, body, is_cold=True) for _ in range(rounds)]
            warm = [seconds(superset, body, is_cold=False) for _ in range(rounds)]
            table.add_row(dashboard, chart, *cells(cold), *cells(warm))
        cold = [seconds_together(superset, bodies, is_cold=True) for _ in range(rounds)]
        warm = [seconds_together(superset, bodies, is_cold=False) for _ in range(rounds)]
        table.add_row(
            dashboard, f"all {len(bodies)} at once", *cells(cold), *cells(warm), style="bold", end_section=True
        )
    console = Console(highlight=False, width=120)
    console.print(table)
    if times:
        console.print(drawn(superset, slugs or SLUGS, times))
    if count:
        console.print(many(asked, count))


if __name__ == "__main__":
    main()
