"""Judges true and damaged months by the quality gates, and writes what they caught as a table.

    .venv/bin/python -m bench.gates --before bench/gates_before.json --out docs/gates.md

The months are generated (bench/generator), the damages those of bench/damage.py, the cleaning and its measures those of
bench/twin; the judging is aero.ops.gates itself. Every true month is judged twice: beside the months before it, as they
come in order, and beside all others.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pandas as pd

from aero.month import Month, month_range
from aero.ops import gates
from aero.ops.comparisons import Others, chosen
from aero.ops.gates import CheckOutcome
from aero.ops.profile import Profile
from bench.damage import DAMAGES, STRENGTHS, read
from bench.generator import history
from bench.generator.files import MonthsFile
from bench.twin.clean import clean
from bench.twin.measured import measures, profile

# Runs of months with the eras, shocks and mergers of the record, and years beside each other.
TRUE = (
    "1987-10 1988-03", "1994-10 1995-04", "1997-04 1998-06", "2001-07 2002-02", "2002-10 2003-08", "2006-01 2007-03",
    "2008-08 2009-01", "2012-06 2013-08", "2017-11 2018-04", "2019-02 2019-05", "2019-12 2020-10", "2024-10 2024-12",
)  # fmt: skip
MARKETING = Month(2018, 1), Month(2018, 4)
DAMAGED = Month(1998, 5), Month(2007, 2), Month(2013, 7)
WANTED = {0.33: 1.0, 0.10: 0.95, 0.02: 0.60}
SEED = 7


@dataclass(frozen=True)
class Loaded:
    """A month as the gates see it."""

    report: Any
    profile: Profile


def loaded(texts: Any, month: Month) -> Loaded:
    """What cleaning the texts of a file tells of the month."""
    cleaned = clean(texts, month)
    refused = sum(cleaned.reasons.values())
    measured = measures(cleaned.flights)
    report = {"rows_in": cleaned.rows_in, "rows_clean": cleaned.rows_in - refused, "rows_quarantined": refused}
    return Loaded(report | {"reasons": cleaned.reasons, "measures": measured}, profile(cleaned.flights, measured))


def texts_of(month: Month, scale: float) -> Any:
    """A generated month's table of texts."""
    layout = "marketing" if _is_marketing(month) else "reporting"
    file = MonthsFile(layout, (month,), (round(history.flights(month) * scale),), SEED, False)
    return read(b"".join(file.text()))


def true_months() -> list[Month]:
    """Every month of TRUE."""
    runs = (map(Month.parse, run.split()) for run in TRUE)
    return [month for first, last in runs for month in month_range(first, last)]


def _is_marketing(month: Month) -> bool:
    return MARKETING[0] <= month <= MARKETING[1]


def refusal(month: Month, load: Loaded, beside: dict[Month, Loaded]) -> list[str]:
    """The gates that refuse a month beside those that readers see."""
    is_marketing = _is_marketing(month)
    sides = chosen(month, [other for other in beside if other != month and _is_marketing(other) == is_marketing])
    others = Others(*(tuple(beside[other].profile for other in side) for side in sides))
    verdicts = gates.judge(month, load.report, load.profile, others)
    return [verdict.check.name for verdict in verdicts if verdict.outcome == CheckOutcome.FAILED]


def damaged(texts: dict[Month, Any]) -> Iterator[tuple[str, float, Month, Loaded]]:
    """Every damage at every strength to every month; those that change nothing are left out."""
    for month in DAMAGED:
        for damage in DAMAGES:
            for strength in STRENGTHS:
                table = damage.of(texts[month], texts[month.previous], strength, SEED)
                if not _is_same(table, texts[month]):
                    yield damage.name, strength, month, loaded(table, month)


def _is_same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.shape == other.shape and bool((one.to_numpy(dtype=object) == other.to_numpy(dtype=object)).all())


def judged(scale: float) -> dict[str, Any]:
    """What the gates say of every month: names of gates by month or damage."""
    wanted = {month for of in DAMAGED for month in (of, of.previous)}
    texts, true = {}, {}
    for month in true_months():
        table = texts_of(month, scale)
        true[month] = loaded(table, month)
        if month in wanted:
            texts[month] = table
    in_order = {str(month): refusal(month, true[month], _before(true, month)) for month in true}
    beside = {str(month): refusal(month, true[month], true) for month in true}
    caught: dict[str, Any] = {}
    for name, strength, month, load in damaged(texts):
        caught.setdefault(name, {}).setdefault(f"{strength:g}", {})[str(month)] = refusal(month, load, true)
    return {"in order": in_order, "beside all": beside, "damaged": caught}


def _before(true: dict[Month, Loaded], month: Month) -> dict[Month, Loaded]:
    return {other: load for other, load in true.items() if other < month}


def table(now: dict[str, Any], before: dict[str, Any]) -> Iterator[str]:
    """The lines of a markdown table: what of each damage was caught, before and now."""
    heads = [f"{strength:.0%}" for strength in STRENGTHS]
    yield "| damage | " + " | ".join(f"{head} before | now" for head in heads) + " | named by |"
    yield "|---|" + "---|---|" * len(heads) + "---|"
    what = {damage.name: damage.what for damage in DAMAGES}
    for name, by_strength in now["damaged"].items():
        cells = []
        for strength in map("{:g}".format, STRENGTHS):
            cells += [_caught(of["damaged"].get(name, {}).get(strength, {})) for of in (before, now)]
        gate = next((gates[0] for months in reversed(by_strength.values()) for gates in months.values() if gates), "")
        yield f"| {what[name].rstrip('.')} | " + " | ".join(cells) + f" | {gate} |"


def _caught(months: dict[str, list[str]]) -> str:
    return f"{sum(map(bool, months.values()))}/{len(months)}" if months else ""


def share(of: dict[str, Any], strength: float) -> float:
    """Which share of the months damaged so much is refused."""
    found = [bool(gates) for kinds in of["damaged"].values() for gates in kinds.get(f"{strength:g}", {}).values()]
    return sum(found) / len(found)


def summary(now: dict[str, Any], before: dict[str, Any]) -> Iterator[str]:
    """The lines of a table of all damages by strength, and of the true months that are refused."""
    yield "| | wanted | before | now |"
    yield "|---|---|---|---|"
    for strength, wanted in WANTED.items():
        cells = [f"{share(of, strength):.1%}" for of in (before, now)]
        yield f"| {strength:.0%} of the rows: caught | {wanted:.0%} | " + " | ".join(cells) + " |"
    for way in ("in order", "beside all"):
        cells = [_refused(of[way]) for of in (before, now)]
        yield f"| true months refused, {way} | 0 of {len(now[way])} | " + " | ".join(cells) + " |"


def _refused(months: dict[str, list[str]]) -> str:
    named = [f"{month} ({', '.join(gates)})" for month, gates in months.items() if gates]
    return f"{len(named)}{': ' if named else ''}{'; '.join(named)}"


def page(now: dict[str, Any], before: dict[str, Any], scale: float) -> str:
    """docs/gates.md."""
    months = ", ".join(map(str, DAMAGED))
    lines = [
        "# What the quality gates catch", "",
        f"Made by `python -m bench.gates --scale {scale:g} --before bench/gates_before.json --out docs/gates.md`:"
        " do not edit. Generated",
        f"months at {scale:.1%} of their real size; {len(now['damaged'])} kinds of damage to {months}, each judged"
        " beside all true months.",
        "*Before* are the gates of issue 17, *now* those of this tree. A cell says how many of the damaged months were"
        " refused; damages",
        "that change nothing (tail numbers of a year without any) are left out.", "",
        *summary(now, before), "", "## By kind", "", *table(now, before), "",
    ]  # fmt: skip
    return "\n".join(lines)


@click.command(help=__doc__.split("\n\n")[0], epilog="Example: --before bench/gates_before.json --out docs/gates.md")
@click.option("--scale", default=0.01, show_default=True, help="Share of the months' real flights that are made.")
@click.option("--before", type=click.Path(path_type=Path), help="What --results wrote of other gates.")
@click.option("--results", type=click.Path(path_type=Path), help="Write what was found as JSON.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the tables as markdown.")
def main(scale: float, before: Path | None, results: Path | None, out: Path | None) -> None:
    """Judge all months, and print how many were caught."""
    began = time.monotonic()
    now = judged(scale)
    compared = json.loads(before.read_text(encoding="utf-8")) if before else now
    if results:
        results.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    if out:
        out.write_text(page(now, compared, scale), encoding="utf-8")
    click.echo("\n".join(summary(now, compared)))
    click.echo(f"{time.monotonic() - began:.0f} s", err=True)


if __name__ == "__main__":
    main()
