"""The lines of a carrier's schedule. A line is what one aircraft flies in a day, on the weekdays that it operates."""

import numpy as np

from aero.month import Month
from bench.generator import history
from bench.generator.arrays import Array, Columns
from bench.generator.carriers import KINDS, Carrier
from bench.generator.network import Network
from bench.generator.world import DAY, World

MOST_LEGS = 10
# Drawn for each leg: destination, turn, whether to the full five minutes, same number, spare minutes, rounding.
DRAWN = 6
# Drawn for a line, in the place of one leg more: weekdays, which of them, pieces of the month, nothing, first airport
# and clock.
OF_LINE = MOST_LEGS
LAST_DEPARTURE, LAST_REDEYE = 1335, 1425
# Weekdays, Monday first, and up to which chance a line has them; above the last, any.
WEEKDAYS = np.array(
    [(1,) * 7, (1, 1, 1, 1, 1, 0, 1), (1,) * 5 + (0, 0), (0,) * 5 + (1, 1), (0,) * 5 + (1, 0), (1,) * 6 + (0,)],
    dtype=bool,
)
WEEKDAY_CHANCES = [0.55, 0.71, 0.78, 0.84, 0.87, 0.90]
FLIGHT_NUMBERS = (600, 1200, 2400, 4800, 7400, 9900, 19800, 10**6)


class Rotations:
    """The first `size` lines of a carrier in a month; more of them leave the first ones as they are.

    `legs`: how many each line has. `table`: for each line and leg (MOST_LEGS of them, also those that are not flown)
    `origin`, `dest`, `departs` (minute of the local day), `lasts`, `slack` (minutes of delay that a turn takes up),
    `flight` and `other_flight` (numbers). `seller`: place in the carrier's sellers, by line.
    """

    def __init__(self, carrier: Carrier, world: World, month: Month, size: int, seed: int):
        self._carrier, self._world, self._year = carrier, world, month.year
        self._chance = _drawn(carrier, month, size, seed)
        self._of_line = self._chance[:, OF_LINE].T
        self.legs, self.table = self._fly(Network(carrier, world, month.year, seed))
        self.table["flight"], self.table["other_flight"] = self._numbers(self.table.pop("through"))
        self.seller = np.searchsorted([so_far for _, so_far in carrier.sellers], self._chance[:, 0, 3])

    def operates(self, month: Month) -> Array:
        """By line and day of the month; fewer on holidays."""
        kind, which = self._of_line[0], self._of_line[1]
        weekdays = WEEKDAYS[np.searchsorted(WEEKDAY_CHANCES, kind).clip(0, len(WEEKDAYS) - 1)]
        some = ((which[:, None] * 127).astype(int) + 1 >> np.arange(7)) & 1 == 1
        weekdays = np.where((kind > WEEKDAY_CHANCES[-1])[:, None], some, weekdays)
        quiet = np.array([history.quiet(day) for day in month.days])
        stays = (self._of_line[4] * 997 % 1)[:, None] >= quiet
        return weekdays[:, [day.weekday() for day in month.days]] & stays

    @property
    def pieces(self) -> Array:
        """How often the month's schedule of each line changes, and once more."""
        return 1 + (self._of_line[2] > 0.15) + (self._of_line[2] > 0.55)

    def _fly(self, network: Network) -> tuple[Array, Columns]:
        size = len(self._chance)
        names = ("origin", "dest", "departs", "lasts", "slack", "through")
        table = {name: np.zeros((size, MOST_LEGS), dtype=np.int32) for name in names}
        legs, flies = np.zeros(size, dtype=np.int32), np.ones(size, dtype=bool)
        least, mean = KINDS[self._carrier.kind].turn
        airport, clock = network.first(self._of_line[4]), self._first_clock()
        arrived = clock - 600
        for number in range(MOST_LEGS):
            to, turn, fine, through, pad, rounding = self._chance[:, number].T
            dest = network.next(airport, to)
            flies &= self._may_leave(airport, dest, clock)
            is_round = fine < (0.97 if self._year < 1999 else 0.72)
            departs = np.where(is_round, np.rint(clock / 5) * 5, np.rint(clock)).astype(np.int32)
            departs = np.where(departs == DAY, DAY - 1, departs)
            lasts = self._scheduled_minutes(airport, dest, pad, rounding)
            slack = np.clip(departs - arrived - least * 0.85, 0, 400)
            is_through = (through < 0.12) & (number > 0)
            for name, value in zip(names, (airport, dest, departs, lasts, slack, is_through)):
                table[name][:, number] = value
            legs += flies
            arrived = departs + lasts + self._world.ahead(airport, dest)
            clock = arrived + least - mean * np.log1p(-turn * 0.999)
            airport = dest
        return legs, table

    def _first_clock(self) -> Array:
        """The minute at which each line begins its day: most in the morning, a few just after midnight."""
        chance = self._of_line[5]
        early = 325 + 145 * (chance / 0.6) ** 0.85
        later = np.where(chance < 0.85, 450 + 600 * (chance - 0.6), 600 + 1600 * (chance - 0.85))
        return np.where(chance > 0.993, 5 + 60 * self._chance[:, 0, 1], np.where(chance < 0.6, early, later))

    def _may_leave(self, airport: Array, dest: Array, clock: Array) -> Array:
        """Late in the evening only long flights to the east leave."""
        is_east = self._world.longitude[dest] > self._world.longitude[airport]
        is_redeye = (clock > LAST_DEPARTURE) & (self._world.miles[airport, dest] > 1500) & is_east
        return (clock < LAST_DEPARTURE) | (is_redeye & (clock < LAST_REDEYE))

    def _scheduled_minutes(self, airport: Array, dest: Array, pad: Array, rounding: Array) -> Array:
        world = self._world
        in_air = world.air_minutes(airport, dest, self._carrier.is_regional)
        block = in_air + world.taxi_out[airport] + world.taxi_in[dest] + 14 * pad
        usual = 5 if self._year < 1999 or self._carrier.code in ("WN", "US") else 1
        step = np.where(rounding < 0.35, 5, usual)
        return (np.rint(block / step) * step).astype(np.int32)

    def _numbers(self, is_through: Array) -> tuple[Array, Array]:
        """Flight numbers by line and leg, and others for a changed schedule.

        They go along the lines, but in an order of their own: neighbours in the file are strangers in the schedule.
        """
        own = (is_through == 0) & (np.arange(MOST_LEGS) < self.legs[:, None])
        place = (np.cumsum(own.ravel()) - 1).reshape(own.shape)
        count = next(count for count in FLIGHT_NUMBERS if count > own.sum())
        base = 2500 if self._carrier.is_regional and count < 7500 else 1
        order = base + np.random.default_rng(self._carrier.dot_id).permutation(count).astype(np.int32)
        return order[place], order[(place + count // 3) % count]


def _drawn(carrier: Carrier, month: Month, size: int, seed: int) -> Array:
    """Chances by line and leg. A line lives for two years, and an eighth is new in each season: most routes stay."""
    season, phase = month.year * 4 + month.month // 3, np.arange(size) % 8
    shape = (size, MOST_LEGS + 1, DRAWN)
    born = [np.random.default_rng([seed, 2, carrier.dot_id, season // 8 + age]).random(shape) for age in (0, 1)]
    return np.where((season % 8 + phase >= 8)[:, None, None], born[1], born[0])
