"""The plots of docs/performance.md. Each is a Figure of what was kept; `save` makes a file of it."""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bench.performance import figures
from bench.performance.engines import CHDB, DUCKDB, ENGINES, HIVE, SPARK

COLOURS = {DUCKDB: "#e6a117", CHDB: "#9a9a9a", SPARK: "#1f77b4", HIVE: "#2f7d4f"}
BAR = 0.2


def save(figure: Figure, file: Path) -> None:
    """Write it as PNG, without the version of the library in it."""
    figure.savefig(file, dpi=110, metadata={"Software": None})


def asking(result: dict[str, Any]) -> Figure:
    """A group of bars a question, a bar an engine: its median, from the fastest round to the slowest."""
    questions = result["questions"]
    figure = Figure(figsize=(9, 0.34 * len(questions) + 1.6), layout="constrained")
    axes = figure.add_subplot()
    for place, engine in enumerate(ENGINES):
        answered = [
            (row, one["engines"][engine]) for row, one in enumerate(questions.values()) if engine in one["engines"]
        ]
        if answered:
            middles = [figures.median(times) for _, times in answered]
            spread = [
                [middle - min(times["seconds"]) for middle, (_, times) in zip(middles, answered)],
                [max(times["seconds"]) - middle for middle, (_, times) in zip(middles, answered)],
            ]
            rows = [row + (place - 1.5) * BAR for row, _ in answered]
            axes.barh(rows, middles, BAR, label=engine, color=COLOURS[engine], xerr=spread, error_kw={"lw": 0.6})
    axes.set_yticks(range(len(questions)), list(questions))
    axes.set_ylim(len(questions) - 0.4, -0.6)
    axes.set_xscale("log")
    axes.set_xlabel("seconds, median of the rounds; the line is from the fastest to the slowest")
    axes.grid(axis="x", alpha=0.3)
    figure.suptitle(f"Questions to {result['rows'] / 1e6:.1f} million flights")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(ENGINES), frameon=False)
    return figure


def loading(result: dict[str, Any]) -> Figure:
    """A bar for each that loads the files: rows a second."""
    figure = Figure(figsize=(9, 2.2), layout="constrained")
    axes = figure.add_subplot()
    names = list(result["loading"])
    rates = [figures.rows_a_second(result["rows"], result["loading"][name]) for name in names]
    axes.barh(names, rates, color="#1f77b4")
    axes.invert_yaxis()
    axes.set_xlabel("rows a second")
    axes.set_title(f"Loading {result['rows'] / 1e6:.1f} million flights from CSV")
    axes.grid(axis="x", alpha=0.3)
    return figure


def history(found: list[dict[str, Any]]) -> Figure:
    """Four lines over the rows: loading, replacing a month, asking, and memory."""
    millions = [row["rows"] / 1e6 for row in found]
    figure = Figure(figsize=(9, 6), layout="constrained")
    grid = figure.subplots(2, 2)
    loads = [
        sum(load["rows"]["in"] for load in row["loads"]) / sum(load["seconds"] for load in row["loads"])
        for row in found
    ]
    _lines(grid[0][0], "Loading, rows a second", millions, {"aero load": loads})
    replaced = {"a month replaced": [row["replaced"]["seconds"] for row in found],
                "of it its views": [row["replaced"]["stages"]["views"] for row in found]}  # fmt: skip
    _lines(grid[0][1], "A month replaced, seconds", millions, replaced)
    asked = {
        engine: [sum(figures.medians(row["questions"], engine, "ontime")) for row in found] for engine in (SPARK, HIVE)
    }
    _lines(grid[1][0], "The ontime questions, seconds in all", millions, asked)
    memory = {name: [row["memory_mb"][name] for row in found] for name in ("metastore", "namenode")}
    _lines(grid[1][1], "Memory, MiB", millions, memory)
    return figure


def _lines(axes: Any, title: str, millions: list[float], lines: dict[str, list[float]]) -> None:
    for name, values in lines.items():
        axes.plot(millions, values, marker="o", label=name)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_title(title)
    axes.set_xlabel("million rows")
    axes.grid(alpha=0.3)
    axes.legend()
