"""What was found, as tables."""

from collections.abc import Iterator
from typing import Any

from bench.damage import DAMAGES, STRENGTHS
from bench.judged.months import REAL

WANTED = {0.33: 1.0, 0.10: 0.95, 0.02: 0.60}


def short(now: dict[str, Any]) -> Iterator[str]:
    """The lines for a terminal: shares, what was missed and which true months were refused."""
    for strength in sorted(STRENGTHS, reverse=True):
        for name, is_real in (("generated", False), ("real", True)):
            of = [one for one in now["damaged"] if one["strength"] == strength and _is_real(one) == is_real]
            if of:
                caught = sum(bool(one["refused_by"]) for one in of)
                yield f"{strength:4.0%} damaged, {name}: {caught} of {len(of)} caught, {caught / len(of):.1%}"
    for damage in DAMAGES:
        missed = [one for one in now["damaged"] if one["kind"] == damage.name and not one["refused_by"]]
        if missed:
            yield f"missed {damage.name}: " + ", ".join(f"{one['strength']:.0%} {one['month']}" for one in missed)
    for way, months in now["true"].items():
        refused = [f"{month} ({', '.join(gates)})" for month, gates in months.items() if gates]
        yield f"true months refused, {way}: {len(refused)} of {len(months)} {'; '.join(refused)}"


def _is_real(one: dict[str, Any]) -> bool:
    return bool(one["month"].startswith(REAL))
