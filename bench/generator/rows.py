"""The lines of a month's file, in the order of carrier, flight number, route and day.

A chunk of lines is an array of rows of fixed width, filled by taking texts from tables by index. Its padding, NUL, is
then dropped from all lines at once. Texts are made one by one only for the few flights that landed elsewhere.
"""

from collections.abc import Iterator

import numpy as np

from aero.bts import LAYOUTS
from aero.errors import AeroError
from aero.month import Month
from bench.generator import texts
from bench.generator.arrays import Array, Columns
from bench.generator.expo import Expo
from bench.generator.facts import LANDINGS_SINCE, NO_TAILS, Facts, facts
from bench.generator.flown import flown
from bench.generator.landings import Landings, usual_end
from bench.generator.schedule import Schedule
from bench.generator.texts import LEAST_DELAY, joined, table

CHUNK = 32768
# Stands for the end of a line that is put in afterwards.
SPECIAL = "\x01"
MARKETING_SINCE = Month(2018, 1)
EXPO_UNTIL = Month(2008, 12)


def header(layout: str) -> bytes:
    """The header of a layout, as BTS writes it: quoted, with a comma at the end; the Data Expo's is bare."""
    names = LAYOUTS[layout].columns
    if layout == "dataexpo":
        return (",".join(names) + "\n").encode()
    written = (f"{name} " if name == "Operating_Airline" else name for name in names)
    return ("".join(f'"{name}",' for name in written) + "\n").encode()


def check(month: Month, layout: str) -> None:
    """Raises AeroError where there are no files of that layout of that month."""
    if layout == "marketing" and month < MARKETING_SINCE:
        raise AeroError(f"The marketing family has no {month}", f"It begins with {MARKETING_SINCE}.")
    if layout == "dataexpo" and month > EXPO_UNTIL:
        raise AeroError(f"The Data Expo has no {month}", f"It ends with {EXPO_UNTIL}.")


def lines(month: Month, rows: int, seed: int, layout: str) -> Iterator[bytes]:
    """The lines of a month's flights, `rows` of them, without the header; many in each piece of bytes."""
    schedule = Schedule(month, LAYOUTS[layout].family, rows, seed)
    flights = flown(schedule, seed)
    writer = Expo(schedule) if layout == "dataexpo" else _Writer(schedule, layout, seed)
    random = np.random.Generator(np.random.SFC64([seed, 8, *month]))
    order = _order(schedule, flights)
    for begin in range(0, len(order), CHUNK):
        chosen = order[begin : begin + CHUNK]
        chunk = {name: values[chosen].astype(np.int32) for name, values in flights.items()}
        yield writer.text(facts(schedule, chunk, random))


def _order(schedule: Schedule, flights: Columns) -> Array:
    """The flights' places in the order of the file."""
    legs = schedule.legs
    in_order = np.lexsort((legs["departs"], legs["dest"], legs["origin"], legs["flight"], legs["carrier"]))
    rank = np.empty(len(in_order), dtype=np.int64)
    rank[in_order] = np.arange(len(in_order))
    # No leg is flown twice on a day: every flight has a slot of its own.
    slots = np.full(len(rank) * 32, -1, dtype=np.int32)
    slots[rank[flights["leg"]] * 32 + flights["day"]] = np.arange(len(flights["leg"]), dtype=np.int32)
    return slots[slots >= 0]


class _Writer:
    """Writes the lines of the layouts of PREZIP."""

    def __init__(self, schedule: Schedule, layout: str, seed: int):
        self._is_marketing = layout == "marketing"
        # The marketing family says at the end of a line whether it is a code-share swap.
        self._last = '"N",\n' if self._is_marketing else "\n"
        has_landings = schedule.month >= LANDINGS_SINCE
        self._days = table(texts.day(day) for day in schedule.month.days)
        self._tails = table(f'"{tail}",' for tail in (*schedule.tails, *NO_TAILS))
        self._flights = table(f'"{number}",' for number in range(int(schedule.legs["flight"].max()) + 1))
        self._airports = table(map(texts.airport, schedule.world.records))
        self._ends = table([usual_end(has_landings) + self._last, SPECIAL])
        self._carriers = table(f'"{one.code}",{one.dot_id},"{one.iata}",' for one in schedule.carriers)
        self._landings = Landings(schedule, np.random.Generator(np.random.SFC64([seed, 10, *schedule.month])))
        if self._is_marketing:
            self._sellers = Sellers(schedule)

    def text(self, facts: Facts) -> bytes:
        """The lines of some flights."""
        text = joined([*self._columns(facts), self._ends[facts.is_special.astype(np.int8)]])
        if not facts.is_special.any():
            return text
        ends = [self._landings.end(facts, int(at)) + self._last for at in np.flatnonzero(facts.is_special)]
        pieces = text.split(SPECIAL.encode())
        return b"".join(part for pair in zip(pieces, [*map(str.encode, ends), b""], strict=True) for part in pair)

    def _columns(self, facts: Facts) -> list[Array]:
        """Everything before FirstDepTime, in the order of all PREZIP layouts."""
        legs = facts.legs
        minutes, clocks, delays = texts.MINUTES, texts.CLOCKS, texts.DELAYS
        left = facts.departure != texts.NOTHING
        airline, flight = self._carriers[legs["carrier"]], self._flights[legs["flight"]]
        sold = self._sellers.columns(legs, flight) if self._is_marketing else []
        return [
            self._days[facts.day],
            *sold,
            airline,
            self._tails[facts.tail],
            flight,
            self._airports[legs["origin"]],
            self._airports[legs["dest"]],
            clocks[legs["departs"]],
            clocks[facts.departure],
            delays[np.where(left, facts.delay + LEAST_DELAY, texts.NOTHING)],
            texts.BLOCKS[legs["departs"] // 60],
            minutes[facts.out],
            clocks[facts.wheels_off],
            clocks[facts.wheels_on],
            minutes[facts.into],
            clocks[facts.scheduled_arrival],
            clocks[facts.arrival],
            delays[np.where(facts.arrival_is_known, facts.arrival_delay + LEAST_DELAY, texts.NOTHING)],
            texts.BLOCKS[facts.scheduled_arrival // 60],
            texts.STATES[facts.state],
            minutes[legs["lasts"]],
            minutes[facts.elapsed],
            minutes[facts.air],
            texts.DISTANCES[facts.miles],
            *(minutes[cause] for cause in facts.causes),
        ]


class Sellers:
    """The columns that only the marketing family has: who sells a flight that another carrier may fly."""

    def __init__(self, schedule: Schedule):
        known = {one.iata: one for one in schedule.carriers}
        self._most = max(len(one.sellers) for one in schedule.carriers)
        before = []
        for carrier in schedule.carriers:
            sellers = [code for code, _ in carrier.sellers]
            for place in range(self._most):
                seller = known[sellers[min(place, len(sellers) - 1)]]
                kind = seller.iata if seller is carrier else f"{seller.iata}_CODESHARE"
                before.append(f'"{seller.iata}","{kind}",{seller.dot_id},"{seller.iata}",')
        self._before = table(before)
        # No flight was another carrier's when it was scheduled first.
        self._after = table(['"",,"","",'])

    def columns(self, legs: Columns, flight: Array) -> list[Array]:
        """Marketing_Airline_Network to Flight_Num_Originally_Scheduled_Code_Share_Airline."""
        seller = legs["carrier"] * self._most + legs["seller"]
        return [self._before[seller], flight, np.broadcast_to(self._after, len(flight))]
