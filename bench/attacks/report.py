"""What the attempts came to: a line while they are made, a file for comparing, and a table in a page."""

import csv
import re
from pathlib import Path

from bench import pages
from bench.attacks.runner import Result

MARKER = "attempts"
FIELDS = ("door", "attempt", "tries", "who", "place", "wall", "issue", "outcome", "said", "seconds")


# A folder of whoever ran it, which is nobody else's business.
PLACE = re.compile(r"/(?:root|home|work|Users)\b[^\s:'\"<>]*")


def _shown(said: str) -> str:
    """What was said, short, as any terminal and file takes it."""
    text = "".join(letter for letter in PLACE.sub("…", said) if letter.isprintable())
    return text[:100]


def row(result: Result) -> dict[str, object]:
    """One result by the names of FIELDS."""
    one = result.attempt
    values = (one.door, one.name, one.tries, one.who, result.place, one.wall, one.issue, result.outcome,
              _shown(result.said), round(result.seconds, 2))  # fmt: skip
    return dict(zip(FIELDS, values, strict=True))


def line(result: Result) -> str:
    one = result.attempt
    tried = f"{one.door}: {one.name} ({one.who}, {result.place}, {result.seconds:.1f} s)"
    return f"{result.outcome:28} {tried}: {result.said[:110]}"


def write_csv(path: Path, results: list[Result]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row(result) for result in results)


def table(results: list[Result]) -> str:
    """A row an attempt, with what came of it from each place."""
    places = list(dict.fromkeys(result.place for result in results))
    found: dict[int, dict] = {}
    for result in results:
        found.setdefault(id(result.attempt), {"attempt": result.attempt})[result.place] = result.outcome
    lines = [" | ".join(["| door", "attempt", "with the name of", *places]) + " |", "| --- " * (3 + len(places)) + "|"]
    for one in found.values():
        attempt = one["attempt"]
        cells = [attempt.door, f"{attempt.name}: `{_cell(attempt.tries)}`", attempt.who]
        lines.append("| " + " | ".join([*cells, *(one.get(place, "–") for place in places)]) + " |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")[:160]


def replace_table(page: Path, results: list[Result]) -> None:
    """Put the table between the markers of a page."""
    pages.put(page, MARKER, f"\n\n{table(results)}\n\n")
