"""docs/survival.md, made of what the runs left in bench/results."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aero.datasets import REPOSITORY
from bench import pages
from bench.chaos import plan
from bench.performance.page import RESULTS

PAGE = REPOSITORY / "docs" / "survival.md"
MARKER = "survival"


def file_of(seed: int, faults: int, folder: Path = RESULTS) -> Path:
    """Where a run is kept."""
    return folder / f"chaos_{faults}_{seed}.json"


def results(folder: Path = RESULTS) -> list[dict[str, Any]]:
    """The runs that were kept, the oldest first."""
    found = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("chaos_*.json")]
    return sorted(found, key=lambda run: run["when"])


def write(runs: list[dict[str, Any]], page: Path = PAGE) -> None:
    """Make the figures of the page anew; what is written by hand stays."""
    pages.put(page, MARKER, "\n\n" + "\n".join(_lines(runs)) + "\n")


def nearest(values: list[float], share: float) -> float:
    """The value that this share of all is no greater than: 0.5 the median, 0.95 the p95."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _lines(runs: list[dict[str, Any]]) -> Iterator[str]:
    if not runs:
        yield "No run was kept yet."
        return
    yield from ("## The runs", "", "| run | faults | rows, cells, events | lost | doubled | changed | min |")
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for run in runs:
        yield _run(run)
    yield ""
    for run in runs:
        yield from _troubles(run)
    yield from _recoveries([one for run in runs for one in run["faults"] if one["is_met"]])
    yield from _doors(runs)


def _run(run: dict[str, Any]) -> str:
    met = sum(one["is_met"] for one in run["faults"])
    found = [str(sum(one[kind] for one in run["differences"])) for kind in ("lost", "doubled", "changed")]
    size = f"{run['rows']:,}, {run['cells']:,}, {run['sent']:,}"
    return f"| {run['when'][:10]}, `SEED={run['seed']} FAULTS={run['asked']}`, commit {run['commit'][:10]} | {met} | " \
           f"{size} | {' | '.join(found)} | {run['minutes']:.0f} |"  # fmt: skip


def _troubles(run: dict[str, Any]) -> Iterator[str]:
    """What was not as it should be."""
    found = [f"{one['what']}: {one['lost']} lost, {one['doubled']} doubled, {one['changed']} changed"
             for one in run["differences"]]  # fmt: skip
    found += [f"{door}: {said}" for door, one in run["people"].items() for said in one["problems"]]
    found += [f"`aero {one['command']}` ended with a traceback" for one in run["commands"] if "traceback" in one]
    found += [
        f"fault {one['number']}, {one['kind']} of {', '.join(one['targets'])}: "
        f"{', '.join(one['by_hand'])} had to be started by hand"
        for one in run["faults"]
        if one["by_hand"]
    ]
    if not run["is_whole"]:
        found.append("the months were not loaded, or the days not played, to their end")
    if found:
        yield from (f"Of `SEED={run['seed']}`:", "", *(f"- {one}" for one in found), "")


def _recoveries(faults: list[dict[str, Any]]) -> Iterator[str]:
    yield from ("## Seconds until all is ready again", "")
    yield "After what lasts a while they count from its end; what had to be started by hand has none,"
    yield "and neither has what a load has started: the load is given again."
    yield from ("", "| fault | of | times | median | p95 | by hand |", "| --- | --- | --- | --- | --- | --- |")
    by_fault: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in faults:
        what = "several at once" if len(one["targets"]) > 1 else one["targets"][0]
        by_fault.setdefault((one["kind"], what), []).append(one)
    for (kind, what), those in sorted(by_fault.items()):
        yield f"| {kind} | {what} | {_row(those)} |"
    for name, those in (*_kinds(faults), ("all", faults)):
        yield f"| **{name}** | | {_row(those)} |"
    yield ""


def _kinds(faults: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for kind in plan.KINDS:
        if those := [one for one in faults if one["kind"] == kind]:
            yield kind, those


def _row(faults: list[dict[str, Any]]) -> str:
    timed = [one for one in faults if not one["by_hand"] and one["targets"][0] not in plan.OURS]
    seconds = [max(one["ready"].values()) for one in timed]
    shown = [f"{nearest(seconds, share):.0f}" if seconds else "–" for share in (0.5, 0.95)]
    return f"{len(faults)} | {' | '.join(shown)} | {sum(bool(one['by_hand']) for one in faults)}"


def _doors(runs: list[dict[str, Any]]) -> Iterator[str]:
    yield from ("## What people meet", "", "Seconds from the last answer before an outage to the first one after it.")
    yield from ("", "| door | answers | outages | median | p95 |", "| --- | --- | --- | --- | --- |")
    for door in runs[0]["people"]:
        outages = [seconds for run in runs for seconds in run["people"][door]["outages"]]
        shown = [f"{nearest(outages, share):.0f}" if outages else "–" for share in (0.5, 0.95)]
        yield f"| {door} | {sum(run['people'][door]['answers'] for run in runs):,} | {len(outages)} | " \
              f"{' | '.join(shown)} |"  # fmt: skip
    yield ""
