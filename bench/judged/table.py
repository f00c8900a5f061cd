"""What was found, counted, and as tables for a terminal and for docs/gates.md."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench.damage import DAMAGES, SEEN, Damage
from bench.judged.months import MARKETING, REAL, REPORTING, THIRDS

WANTED = {0.33: 1.0, 0.10: 0.95, 0.02: 0.60}
MADE, FOUND = "generated", "real"
WHERE = {REPORTING: MADE, MARKETING: MADE, REAL: FOUND, THIRDS: "every third real line"}
REFUSED = "true months refused"
MARKER = "<!-- Below: written by `python -m bench.gates --out docs/gates.md`. Do not edit. -->"

# By row (a kind of damage, or an order of loading) and column, how many of how many months were refused.
Counts = dict[str, dict[str, tuple[int, int]]]


def counts(now: dict[str, Any]) -> Counts:
    """Of every kind by strength and origin of the month; of the true months by the order that they came in."""
    found: Counts = {}
    for one in (*now["damaged"], *now["seen"]):
        _count(found, one["kind"], f"{one['strength']:.0%} {WHERE[_series(one)]}", one["refused_by"])
    for order, months in now["true"].items():
        for gates in months.values():
            _count(found, f"{REFUSED}, {order}", REFUSED, gates)
    return found


def _count(found: Counts, row: str, column: str, gates: list[str]) -> None:
    refused, of = found.setdefault(row, {}).get(column, (0, 0))
    found[row][column] = (refused + bool(gates), of + 1)


def _series(one: dict[str, Any]) -> str:
    return str(one["month"]).split(" ")[0]


def write(path: Path, found: Counts) -> None:
    """Keep the counts as CSV, a line a row."""
    columns = list(dict.fromkeys(column for cells in found.values() for column in cells))
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["row", *columns])
        for row, cells in found.items():
            rows.writerow([row, *("/".join(map(str, cells[column])) if column in cells else "" for column in columns)])


def read(path: Path) -> Counts:
    """The counts that `write` kept."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row.pop("row"): {column: _pair(cell) for column, cell in row.items() if cell}
            for row in csv.DictReader(file)
        }


def _pair(cell: str) -> tuple[int, int]:
    refused, of = map(int, cell.split("/"))
    return refused, of


def total(found: Counts, kinds: Iterable[Damage], column: str) -> tuple[int, int]:
    """All kinds' counts of a column together."""
    cells = [found.get(kind.name, {}).get(column, (0, 0)) for kind in kinds]
    return sum(refused for refused, _ in cells), sum(of for _, of in cells)


def short(now: dict[str, Any]) -> Iterator[str]:
    """The lines for a terminal: shares, what was missed and which true months were refused."""
    found = counts(now)
    for strength in WANTED:
        for origin in (MADE, FOUND):
            caught, of = total(found, DAMAGES, f"{strength:.0%} {origin}")
            if of:
                yield f"{strength:4.0%} damaged, {origin}: {caught} of {of} caught, {caught / of:.1%}"
    for damage in (*DAMAGES, *SEEN):
        missed = [
            one for one in (*now["damaged"], *now["seen"]) if one["kind"] == damage.name and not one["refused_by"]
        ]
        if missed:
            yield f"missed {damage.name}: " + ", ".join(f"{one['strength']:.0%} {one['month']}" for one in missed)
    for seed, true in {"": now["true"], **now["fresh"]}.items():
        for order, months in true.items():
            refused, of = _refused(months), f", seed {seed}" if seed else ""
            named = f": {'; '.join(refused)}" if refused else ""
            yield f"{REFUSED}, {order}{of}: {len(refused)} of {len(months)}{named}"


def _refused(months: dict[str, list[str]]) -> list[str]:
    return [f"{month} ({', '.join(gates)})" for month, gates in months.items() if gates]


def page(text: str, now: dict[str, Any], before: Counts) -> str:
    """docs/gates.md: what stands above the marker in its text, and the tables."""
    head, found = text.split(MARKER)[0], counts(now)
    lines = [
        MARKER, "", "## In all", "", *_summary(now, found, before), "",
        *_fresh(now), "## Damages that were once let pass", "", *_seen(now, found, before), "",
        "## By kind", "", *_kinds(now, found, before), "",
    ]  # fmt: skip
    return head + "\n".join(lines)


def _summary(now: dict[str, Any], found: Counts, before: Counts) -> Iterator[str]:
    yield "| | wanted | before | now |"
    yield "|---|---|---|---|"
    for strength, wanted in WANTED.items():
        for origin in (MADE, FOUND):
            column = f"{strength:.0%} {origin}"
            cells = [_share(*total(of, DAMAGES, column)) for of in (before, found)]
            yield f"| {strength:.0%} of the lines of {origin} months: caught | {wanted:.0%} | {' | '.join(cells)} |"
    for order, months in now["true"].items():
        row, refused = f"{REFUSED}, {order}", _refused(months)
        cells = [str(of.get(row, {}).get(REFUSED, ("", ""))[0]) for of in (before, found)]
        named = f": {'; '.join(refused)}" if refused else ""
        yield f"| {row} | 0 of {len(months)} | {cells[0]} | {cells[1]}{named} |"


def _fresh(now: dict[str, Any]) -> list[str]:
    """The section of the true months that are generated with other seeds; nothing where none are."""
    if not now["fresh"]:
        return []
    orders = list(now["true"])
    lines = ["## True months made with another seed", "", f"| seed | months | {' | '.join(orders)} |"]
    lines.append("|---|---|" + "---|" * len(orders))
    for seed, true in now["fresh"].items():
        refused = [_refused(true[order]) for order in orders]
        cells = [f"{len(of)}{': ' if of else ''}{'; '.join(of)}" for of in refused]
        lines.append(f"| {seed} | {len(true[orders[0]])} | {' | '.join(cells)} |")
    return [*lines, ""]


def _share(caught: int, of: int) -> str:
    return f"{caught / of:.1%} of {of}" if of else ""


def _seen(now: dict[str, Any], found: Counts, before: Counts) -> Iterator[str]:
    columns = [f"{1:.0%} {origin}" for origin in dict.fromkeys(WHERE.values())]
    yield "| damage | " + " | ".join(column.removeprefix("100% ") for column in columns) + " | named by |"
    yield "|---|" + "---|" * (len(columns) + 1)
    yield from _rows(SEEN, columns, now["seen"], found, before)


def _kinds(now: dict[str, Any], found: Counts, before: Counts) -> Iterator[str]:
    columns = [f"{strength:.0%} {origin}" for origin in (MADE, FOUND) for strength in WANTED]
    yield "| damage | " + " | ".join(columns) + " | named by |"
    yield "|---|" + "---|" * (len(columns) + 1)
    yield from _rows(DAMAGES, columns, now["damaged"], found, before)


def _rows(
    kinds: Iterable[Damage], columns: list[str], of: list[dict[str, Any]], found: Counts, before: Counts
) -> Iterator[str]:
    for kind in kinds:
        cells = [
            _cell(before.get(kind.name, {}).get(column), found.get(kind.name, {}).get(column)) for column in columns
        ]
        named = Counter(gate for one in of if one["kind"] == kind.name for gate in one["refused_by"])
        gates = ", ".join(gate for gate, _ in named.most_common(2))
        yield f"| {kind.what.rstrip('.')} | {' | '.join(cells)} | {gates} |"


def _cell(before: tuple[int, int] | None, now: tuple[int, int] | None) -> str:
    """How many were caught before, and are now, of how many."""
    if now is None:
        return ""
    return f"{before[0]} → {now[0]} of {now[1]}" if before else f"{now[0]} of {now[1]}"
