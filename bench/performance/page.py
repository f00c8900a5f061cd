"""docs/performance.md and the README's figures, made of what the measurements left in bench/results."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aero.datasets import REPOSITORY
from bench import pages
from bench.performance import figures, plots
from bench.performance.engines import CHDB, DUCKDB, ENGINES, HIVE, OURS, PEERS, SPARK
from bench.performance.questions import ONTIME

RESULTS = REPOSITORY / "bench" / "results"
PAGE = REPOSITORY / "docs" / "performance.md"
README = REPOSITORY / "README.md"
MARKER = "performance"
# As the results' files are called, the smallest first.
SIZES = ("quick", "full")
HISTORY = "history"


def results(folder: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """What the measurements left, by name; those that were never made are not in it."""
    files = [folder / f"{name}.json" for name in (*SIZES, HISTORY)]
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()}


def write(found: dict[str, dict[str, Any]], page: Path = PAGE, readme: Path = README) -> None:
    """Make the page, its plots beside it and the README's figures anew; what is written by hand in them stays."""
    for name, result in found.items():
        if name == HISTORY:
            plots.save(plots.history(result["sizes"]), page.with_name("performance_history.png"))
        else:
            plots.save(plots.asking(result), page.with_name(f"performance_{name}.png"))
            plots.save(plots.loading(result), page.with_name(f"performance_{name}_loading.png"))
    pages.put(page, MARKER, "\n\n" + "\n".join(_sections(found)) + "\n")
    sizes = [result for name, result in found.items() if name in SIZES]
    if sizes:
        pages.put(readme, MARKER, in_words(sizes[-1]))


def in_words(result: dict[str, Any]) -> str:
    """The figures that the README has, of the largest size."""
    questions = result["questions"]
    spark, hive, duckdb = (figures.middle(figures.medians(questions, one, ONTIME)) for one in (SPARK, HIVE, DUCKDB))
    rates = {name: figures.rows_a_second(result["rows"], load) for name, load in result["loading"].items()}
    loaded = ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items())
    return (
        f": of {millions(result['rows'])} flights a question of the `ontime` benchmark takes {seconds(spark)} s by "
        f"Spark, {seconds(hive)} s by Hive and {seconds(duckdb)} s by DuckDB; loaded in a second: {loaded} rows"
    )


def seconds(value: float) -> str:
    """Three digits of it: 0.0123, 1.23, 123."""
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def millions(rows: int) -> str:
    return f"{rows / 1e6:.1f} million"


def _sections(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name in SIZES:
        if name in found:
            yield from _size(name, found[name])
    if HISTORY in found:
        yield from _history(found[HISTORY])


def _measured(result: dict[str, Any]) -> str:
    machine = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    return (
        f"Measured {result['when'][:10]} at commit {result['commit'][:10]}, {result['rounds']} rounds, on "
        f"{machine['processors']} processors ({machine['processor']}) with {machine['memory_gib']} GiB, "
        f"{machine['system']}, Python {machine['python']}; load average at the start {result['load_average']:.1f}. "
        f"{versions}. All of it took {result['minutes']:.0f} min."
    )


def _size(name: str, result: dict[str, Any]) -> Iterator[str]:
    first, last = result["months"]
    yield f"## {millions(result['rows'])[0].upper()}{millions(result['rows'])[1:]} flights, {first} to {last}"
    yield from ("", _measured(result), "", "### Asking", "", f"![Questions](performance_{name}.png)", "")
    yield from _together(result["questions"])
    yield from _each(result["questions"])
    yield from ("### Loading", "", f"![Loading](performance_{name}_loading.png)", "")
    yield f"The same {result['csv_bytes'] / 1e9:.2f} GB of CSV, packed, once each."
    yield from (
        "",
        "| by | seconds | rows a second | as long as DuckDB | bytes a row |",
        "| --- | --- | --- | --- | --- |",
    )
    for by, load in result["loading"].items():
        times = load["seconds"] / result["loading"][DUCKDB]["seconds"]
        cells = (seconds(load["seconds"]), f"{figures.rows_a_second(result['rows'], load):,.0f}", f"{times:.1f}")
        yield f"| {by} | {' | '.join(cells)} | {load['bytes'] / result['rows']:.1f} |"
    yield ""
    if "ladder" in result:
        yield from _ladder(result["ladder"])


def _ladder(rungs: list[dict[str, Any]]) -> Iterator[str]:
    yield from ("### A question nearer and nearer to its answer", "")
    yield "One month's flights and minutes late by airline, of a year's in four places: Spark answers the same."
    yield from ("", "| asked of | seconds | bytes read for it | files | stripes | GB on disk |")
    yield "| --- | --- | --- | --- | --- | --- |"
    for rung in rungs:
        cells = (
            _times(rung),
            f"{rung['read']:,}",
            str(rung["files"]),
            f"{rung['stripes']:,}" if rung["stripes"] else "–",
        )
        yield f"| {rung['name']} | {' | '.join(cells)} | {rung['bytes'] / 1e9:.3f} |"
    yield ""


def _together(questions: dict[str, Any]) -> Iterator[str]:
    yield "| set | engine | geometric mean, s | sum, s | as long as DuckDB | as long as chDB |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for set_of in figures.sets(questions):
        for engine in ENGINES:
            values = figures.medians(questions, engine, set_of)
            if values:
                ratios = [f"{figures.ratio(questions, engine, peer, set_of):.1f}" for peer in PEERS]
                cells = (seconds(figures.middle(values)), seconds(sum(values)), *ratios)
                yield f"| {set_of} | {engine} | {' | '.join(cells)} |"
    yield ""


def _each(questions: dict[str, Any]) -> Iterator[str]:
    yield "Seconds of each question: the median, and from the fastest round to the slowest."
    yield from ("", f"| | asks | rows | {' | '.join(ENGINES)} | Spark ÷ DuckDB | Spark ÷ chDB |")
    yield "| --- | --- | --- " + "| --- " * (len(ENGINES) + 2) + "|"
    for name, one in questions.items():
        engines = one["engines"]
        ratios = [figures.median(engines[SPARK]) / figures.median(engines[peer]) for peer in (DUCKDB, CHDB)]
        cells = [_times(engines.get(engine)) for engine in ENGINES] + [f"{ratio:.1f}" for ratio in ratios]
        yield f"| {name} | {one['what']} | {one['rows']} | {' | '.join(cells)} |"
    yield ""


def _times(times: dict[str, Any] | None) -> str:
    if times is None:
        return "not asked"
    low, high = min(times["seconds"]), max(times["seconds"])
    return f"{seconds(figures.median(times))} ({seconds(low)}–{seconds(high)})"


def _history(result: dict[str, Any]) -> Iterator[str]:
    yield from ("## What grows with the rows", "", _measured(result), "", "![History](performance_history.png)", "")
    table = [_column(row) for row in result["sizes"]]
    yield "| | " + " | ".join(f"{millions(row['rows'])} rows" for row in result["sizes"]) + " |"
    yield "| --- " * (1 + len(table)) + "|"
    for line in table[0]:
        yield f"| {line} | " + " | ".join(column.get(line, "not asked") for column in table) + " |"
    if not all(load["is_whole"] for row in result["sizes"] for load in row["loads"]):
        yield from ("", "\\* A load that was interrupted: the time of its last part alone.")
    yield ""


def _column(row: dict[str, Any]) -> dict[str, str]:
    """A size's figures by what they are."""
    loads, questions, stages = row["loads"], row["questions"], row["replaced"]["stages"]
    took, mark = sum(load["seconds"] for load in loads), "" if all(load["is_whole"] for load in loads) else " \\*"
    column = {
        "months": str(row["months"]),
        "loading the rows beyond the size before, s": seconds(took) + mark,
        "of these, rows a second": f"{sum(load['rows']['in'] for load in loads) / took:,.0f}{mark}",
        "a month replaced, s": seconds(row["replaced"]["seconds"]),
        "of it landed / cleaned / its views, s": " / ".join(
            seconds(stages[one]) for one in ("landing", "cleaning", "views")
        ),
    }
    for set_of in figures.sets(questions):
        for engine in OURS:
            if values := figures.medians(questions, engine, set_of):
                column[f"{len(values)} {set_of} questions by {engine}, s"] = seconds(sum(values))
    for command, times in row["commands"].items():
        column[f"`aero {command}`, s"] = seconds(figures.median({"seconds": times}))
    for service in ("metastore", "namenode"):
        column[f"memory of the {service}, MiB"] = str(row["memory_mb"][service])
    for kind in loads[0]["memory_mb"]:
        column[f"most memory in each load: {kind}, MiB"] = " / ".join(
            str(max(load["memory_mb"][kind])) for load in loads
        )
    for layer in ("raw", "clean", "batch"):
        column[f"{layer} layer, GB"] = f"{row['disk_bytes'][layer] / 1e9:.2f}"
    return column
