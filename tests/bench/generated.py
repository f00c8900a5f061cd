"""Generated months, small and made once, for the tests of the generator."""

import csv
import io
from functools import cache

import numpy as np

from aero.month import Month
from bench.generator.files import files
from bench.generator.flown import CANCELLED, ELSEWHERE, REACHED, RETURNED, flown
from bench.generator.schedule import Schedule

SEED = 7
ROWS = 3000


@cache
def text(when: str, layout: str = "reporting", count: int = ROWS) -> bytes:
    """A file's CSV."""
    (file,) = files([Month.parse(when)], [count], layout, SEED, is_packed=False)
    return b"".join(file.text())


def flights(when: str, layout: str = "reporting") -> list[dict[str, str]]:
    """A month's rows by column, without quotes."""
    return list(csv.DictReader(io.StringIO(text(when, layout).decode("ascii"))))


def number(row, name):
    return float(row[name]) if row[name] else None


def minute(clock):
    return int(clock[:2]) * 60 + int(clock[2:])


def shares(when, count=20_000):
    """Cancelled, diverted, and flights by day, of a larger month without its text."""
    schedule = Schedule(Month.parse(when), "reporting", count, SEED)
    made = flown(schedule, SEED)
    status = made["status"]
    is_cancelled = (status >= CANCELLED) & (status <= RETURNED)
    return is_cancelled.mean(), ((status >= REACHED) & (status <= ELSEWHERE)).mean(), np.bincount(made["day"])
