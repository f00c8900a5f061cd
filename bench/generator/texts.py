"""Every text that a file of BTS holds, in tables by value; a table's last text is the one of nothing.

A text is one field or some that go together, each with the comma after it. Text and clocks are quoted, numbers are bare
with decimals: so there are two spellings of nothing on each line.
"""

from collections.abc import Iterable
from datetime import date

import numpy as np

from bench.generator.arrays import Array
from bench.generator.world import DAY

MOST_MINUTES = 2400
LEAST_DELAY = 200
NOTHING = -1


def table(texts: Iterable[str]) -> Array:
    """The texts as bytes of one width, padded with NUL."""
    return np.array([text.encode("latin-1") for text in texts])


def clock(minute: int) -> str:
    """A clock's text; midnight is 2400, as nearly always in BTS' files."""
    return f'"{minute // 60:02d}{minute % 60:02d}",' if minute else '"2400",'


def _delay(minutes: int) -> str:
    """Delay, the same not below zero, whether 15 or more, group of 15 minutes from -2 to 12."""
    group = max(-2, min(12, minutes // 15))
    return f"{minutes}.00,{max(minutes, 0)}.00,{int(minutes >= 15)}.00,{group},"


def day(of: date) -> str:
    """Year, quarter, month, day, weekday and date."""
    return f"{of.year},{(of.month + 2) // 3},{of.month},{of.day},{of.isoweekday()},{of},"


def airport(record: dict[str, str]) -> str:
    """The nine fields of a flight's origin or destination."""
    ids = f'{record["dot_id"]},{record["seq_id"]},{record["market_id"]},"{record["airport"]}"'
    return f'{ids},"{record["city"]}","{record["state"]}","{record["fips"]}","{record["state_name"]}",{record["wac"]},'


def joined(columns: list[Array]) -> bytes:
    """The texts of the columns, line by line, without their padding."""
    names = [str(number) for number in range(len(columns))]
    rows = np.empty(len(columns[0]), dtype=[(name, column.dtype) for name, column in zip(names, columns)])
    for name, column in zip(names, columns):
        rows[name] = column
    padded = rows.view(np.uint8)
    return padded[padded != 0].tobytes()


MINUTES = table([*(f"{value}.00," for value in range(MOST_MINUTES)), ","])
CLOCKS = table([*map(clock, range(DAY)), '"",'])
# By minutes + LEAST_DELAY.
DELAYS = table([*map(_delay, range(-LEAST_DELAY, MOST_MINUTES)), ",,,,"])
# By hour.
BLOCKS = table('"0001-0559",' if hour < 6 else f'"{hour:02d}00-{hour:02d}59",' for hour in range(24))
# Flights, Distance and DistanceGroup, by miles.
DISTANCES = table(f"1.00,{miles}.00,{min(miles // 250 + 1, 11)}," for miles in range(5300))
# Cancelled, CancellationCode and Diverted: flown, diverted, cancelled for no known reason, and for A to D.
STATES = table(['0.00,"",0.00,', '0.00,"",1.00,', '1.00,"",0.00,', *(f'1.00,"{code}",0.00,' for code in "ABCD")])
FLOWN, DIVERTED, CANCELLED, CANCELLED_A = range(4)
NO_LANDING = '"",,,"",,,"","",'
