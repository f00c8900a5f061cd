"""What grows with the rows: a row for each size of HISTORY, on one platform that is loaded further each time."""

from pathlib import Path
from typing import Any
from zipfile import ZipFile

from aero.month import Month
from bench import bts_months
from bench.performance.asking import asked
from bench.performance.cluster import Cluster, disk_bytes
from bench.performance.engines import HIVE, SPARK, opened
from bench.performance.questions import ANALYTICS, ONTIME, Question, questions
from bench.performance.sizes import HISTORY, OTHER_SEED, SEED, YEAR, Months
from bench.performance.steps import Steps

ASKED = {ONTIME: (SPARK, HIVE), ANALYTICS: (SPARK,)}
# A measurement that is killed does no more than these again.
MONTHS_A_LOAD = 48
COMMANDS = ("months", "status")


def generate(months: Months, folder: Path, seed: int) -> int:
    """Make the zips of months in a folder, or keep those that are there; bytes of the CSV in them."""
    options = [*months.options(), "--seed", str(seed), "--out", str(folder), "--zip", "--processes", "2"]
    bts_months.main.main(options, standalone_mode=False)
    return sum(member.file_size for file in folder.glob("*.zip") for member in ZipFile(file).infolist())


def rows(steps: Steps, cluster: Cluster, folder: Path, rounds: int) -> list[dict[str, Any]]:
    """A row a size, in their order; each of its parts is a step."""
    found, known = [], None
    for months in HISTORY:
        found.append(_row(steps, cluster, folder, months, known, rounds))
        known = months
    return found


def _row(
    steps: Steps, cluster: Cluster, folder: Path, months: Months, known: Months | None, rounds: int
) -> dict[str, Any]:
    name = f"{months.rows / 1e6:.0f} M rows"
    loads = []
    for part in months.without(known):
        source = folder / f"{part.first}_{part.last}"
        steps.step(f"{name}: make {part}", lambda part=part, source=source: generate(part, source, SEED))
        for piece in part.pieces(MONTHS_A_LOAD):
            step = f"{name}: load {piece}"
            load = steps.step(step, lambda piece=piece, source=source: cluster.load(piece, source))
            loads.append(load | {"is_whole": step not in steps.begun_again})
    return {
        "rows": months.rows,
        "months": len(months.every),
        "loads": loads,
        "replaced": steps.step(f"{name}: replace a month", lambda: _replace(cluster, folder, months.last)),
        "commands": {
            one: steps.step(f"{name}: aero {one}", lambda one=one: [cluster.seconds_of(one) for _ in range(rounds)])
            for one in COMMANDS
        },
        "questions": _ask(steps, name, rounds),
        "memory_mb": steps.step(f"{name}: memory", cluster.memory_mb),
        "disk_bytes": steps.step(f"{name}: disk", disk_bytes),
    }


def _replace(cluster: Cluster, folder: Path, month: Month) -> dict[str, Any]:
    """Load a month again whose file has other flights now: a revision of BTS'."""
    months, source = Months(month, month), folder / f"{month}_revised"
    generate(months, source, OTHER_SEED)
    return cluster.load(months, source)


def _ask(steps: Steps, name: str, rounds: int) -> dict[str, Any]:
    return {
        question.name: steps.step(f"{name}: {question.name}", lambda question=question: _one(question, rounds))
        for question in questions()
    }


def _one(question: Question, rounds: int) -> dict[str, Any]:
    with opened(ASKED[question.set], Path()) as engines:
        return asked(question, engines, YEAR, rounds)
