"""How long the dashboards' charts wait for their answers: cold (engines up, nothing remembered) and warm.

    .venv/bin/aero up
    .venv/bin/python -m bench.dashboards

Chromium opens each dashboard once: what its charts ask then is measured. Each chart alone, then all charts of a
dashboard at once, six at a time as browsers do. A dashboard's time is from the first question sent to the last answer
read.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import click
from rich.console import Console
from rich.table import Table

from aero.settings import load_settings
from aero.superset.client import Superset
from tests.cluster import dashboards as pages

CONNECTIONS_OF_A_BROWSER = 6
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


@click.command()
@click.option("--rounds", default=10, show_default=True, help="How often each is asked, cold and warm each.")
@click.option("--dashboard", "slugs", multiple=True, type=click.Choice(SLUGS), help="Only this one, or these. [all]")
def main(rounds: int, slugs: tuple[str, ...]) -> None:
    """Measure the Superset of the cluster that AERO_HOME names, and print a table."""
    superset = Superset(load_settings())
    table = Table("dashboard", "chart", "cold p50", "cold p95", "warm p50", "warm p95", title="seconds")
    for dashboard, charts in asked_by_each_chart(slugs or SLUGS).items():
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
    Console(highlight=False, width=120).print(table)


if __name__ == "__main__":
    main()
