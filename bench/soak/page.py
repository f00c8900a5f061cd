"""The soak in docs/survival.md, made of what the run left in bench/results: its table, and its plot."""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from aero.datasets import REPOSITORY
from bench import pages
from bench.performance.page import RESULTS
from bench.performance.plots import save
from bench.soak.samples import Sample

PAGE, PLOT, KEPT = REPOSITORY / "docs" / "survival.md", REPOSITORY / "docs" / "soak.png", RESULTS / "soak.json"
MARKER = "soak"
# Of each measure its name, and what it may grow by at the least: a server answers more people for a while.
MEASURES = {
    "memory_mb": ("memory, MiB", 64),
    "handles": ("open files and connections", 32),
    "threads": ("threads", 16),
    "regions": ("regions", 0),
    "checkpoint": ("the stream's checkpoint", 64),
    "latency": ("from Kafka to HBase, s", 1.0),
}
GROWTH = 0.15
# Caches fill, and Java takes the heap that it was given, in the first third.
THIRDS = 3


def series(samples: list[Sample], measure: str) -> dict[str, list[tuple[float, float]]]:
    """Minute and value of each line of a measure."""
    names = dict.fromkeys(name for one in samples for name in one[measure])
    return {
        name: [(one["minute"], one[measure][name]) for one in samples if one[measure].get(name) is not None]
        for name in names
    }


def thirds(line: list[tuple[float, float]]) -> tuple[float, float]:
    """The medians of a line's second and last third."""
    values, third = [value for _, value in line], max(1, len(line) // THIRDS)
    return statistics.median(values[third : -third or None] or values), statistics.median(values[-third:])


def grows(measure: str, line: list[tuple[float, float]]) -> bool:
    """Whether the last third has more than the second, by more than a share and the least that counts."""
    middle, last = thirds(line)
    return last - middle > max(GROWTH * middle, MEASURES[measure][1])


def growing(samples: list[Sample]) -> list[str]:
    """What grows, in words."""
    found = []
    for measure, (what, _) in MEASURES.items():
        for name, line in series(samples, measure).items():
            if line and grows(measure, line):
                middle, last = thirds(line)
                found.append(f"{what}, {name}: {middle:g} in the second third, {last:g} in the last")
    return found


def plot(result: dict[str, Any]) -> Figure:
    """A measure a field, a line a process or the like, over the minutes."""
    figure = Figure(figsize=(10, 9), layout="constrained")
    for axes, (measure, (what, _)) in zip(figure.subplots(3, 2).flat, MEASURES.items()):
        lines = series(result["samples"], measure)
        largest = sorted(lines, key=lambda name: -max((value for _, value in lines[name]), default=0))[:6]
        for name, line in lines.items():
            minutes, values = zip(*line) if line else ((), ())
            axes.plot(minutes, values, lw=1.2, label=name if name in largest else None)
        axes.set_title(what, fontsize=10)
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7, frameon=False, ncols=2)
    figure.supxlabel("minutes")
    return figure


def write(page: Path = PAGE, kept: Path = KEPT, picture: Path = PLOT) -> None:
    """Make table and plot anew; what is written by hand stays."""
    result = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None
    if result:
        save(plot(result), picture)
    pages.put(page, MARKER, "\n\n" + "\n".join(_lines(result)) + "\n")


def _lines(result: dict[str, Any] | None) -> Iterator[str]:
    if result is None:
        yield "No run was kept yet."
        return
    samples, found = result["samples"], growing(result["samples"])
    yield f"{result['when'][:10]}, commit {result['commit'][:10]}: {result['rate']} events a second for "
    yield f"{result['minutes']} minutes, {result['sent']:,} events. Medians of the second and of the last third:"
    yield from ("", "| what | second third | last third |", "| --- | --- | --- |")
    for measure, (what, _) in MEASURES.items():
        for name, line in series(samples, measure).items():
            if line:
                middle, last = thirds(line)
                yield f"| {what}: {name} | {middle:,.4g} | {last:,.4g} |"
    yield from ("", "What grows: " + ("; ".join(found) if found else "nothing."), "")
    yield "![Memory, handles, threads, regions, checkpoint and latency over the minutes](soak.png)"
