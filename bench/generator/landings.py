"""The last columns of the few flights that landed elsewhere, or came back to the gate."""

import numpy as np

from bench.generator.facts import Facts
from bench.generator.flown import CANCELLED, ELSEWHERE, LEFT_GATE, NORMAL, RETURNED
from bench.generator.schedule import Schedule
from bench.generator.texts import NO_LANDING, clock
from bench.generator.world import DAY

MOST_LANDINGS = 5
NEAREST = 6
LEAST_MILES, LEAST_DEPARTURES = 40, 10


def usual_end(has_landings: bool) -> str:
    """FirstDepTime to Div5TailNum of a flight with nothing to tell."""
    return f'"",,,{0 if has_landings else ""},,,,,{NO_LANDING * MOST_LANDINGS}'


class Landings:
    """Draws where a flight landed instead; needs the random numbers in the file's order."""

    def __init__(self, schedule: Schedule, random: np.random.Generator):
        self._world, self._tails, self._random = schedule.world, schedule.tails, random
        may = (self._world.miles >= LEAST_MILES) & (self._world.size >= LEAST_DEPARTURES)
        self._near = np.argsort(np.where(may, self._world.miles, 10**6), axis=1)[:, :NEAREST]

    def end(self, facts: Facts, at: int) -> str:
        """FirstDepTime to Div5TailNum of the flight at that place, with the comma at the end."""
        status, draw = int(facts.status[at]), self._random.random(6)
        first = self._first(facts, at, draw[0], draw[1]) if facts.came_back[at] else '"",,'
        if status in (NORMAL, CANCELLED, LEFT_GATE):
            return f"{first},0,,,,,{NO_LANDING * MOST_LANDINGS}"
        if status == RETURNED:
            on = facts.wheels_off[at] + 25 + 90 * draw[0]
            diversion, stops = "9,,,,", [self._stop(int(facts.legs["origin"][at]), on, 8 + 45 * draw[2], draw[3])]
        else:
            diversion, stops = self._diverted(facts, at, draw)
        return f"{first},{diversion},{''.join(stops)}{NO_LANDING * (MOST_LANDINGS - len(stops))}"

    def _first(self, facts: Facts, at: int, minutes: float, more: float) -> str:
        """First departure from the gate, and minutes on the ground before the aircraft came back."""
        ground = 5 + int(40 * minutes)
        before = 0 if facts.status[at] == LEFT_GATE else ground + int(5 + 20 * more)
        return f"{clock(int(facts.departure[at] - before) % DAY)}{ground}.00,{ground}.00"

    def _diverted(self, facts: Facts, at: int, draw: np.ndarray) -> tuple[str, list[str]]:
        """DivAirportLandings to DivDistance, and the landings."""
        flown = {name: int(values[at]) for name, values in facts.flown.items()}
        origin, dest = (int(facts.legs[name][at]) for name in ("origin", "dest"))
        there = int(self._near[dest][int(NEAREST * draw[0])])
        until = int(flown["air"] * (0.85 + 0.1 * draw[1]))
        on = facts.wheels_off[at] + until + self._world.ahead(np.array(origin), np.array(there))
        miles, ground = int(self._world.miles[there, dest]), 8 + 45 * draw[2]
        if flown["status"] == ELSEWHERE:
            return f"1,0.00,,,{miles}.00", [self._stop(there, on, ground, draw[3])]
        left = flown["air"] + flown["more"] - until
        stay = left - min(14 + miles // 6, left - 10)
        tail = self._tails[flown["tail"]]
        if draw[5] < 0.03 and stay > 60:  # It tried again, in vain.
            ends = [(on, on + stay * 0.4, draw[3]), (on + stay * 0.6, on + stay, draw[4])]
            ground = min(ground, stay * 0.3)
        else:
            ends, ground = [(on, on + stay, draw[3])], min(ground, stay)
        stops = [self._stop(there, begin, ground, chance, end, tail) for begin, end, chance in ends]
        elapsed = flown["out"] + flown["air"] + flown["into"] + flown["more"]
        delay = int(facts.arrival_delay[at]) + flown["more"]
        return f"{len(stops)},1.00,{elapsed}.00,{delay}.00,0.00", stops

    def _stop(
        self, airport: int, on: float, ground: float, chance: float, off: float | None = None, tail: str = ""
    ) -> str:
        """The eight columns of one landing; `on` and `off` are minutes of the local day there."""
        record = self._world.records[airport]
        longest = int(ground) - int(int(ground) * 0.4 * chance)
        wheels_off = '"","",' if off is None else f'{clock(int(off) % DAY)}"{tail}",'
        ids = f'"{record["airport"]}",{record["dot_id"]},{record["seq_id"]}'
        return f"{ids},{clock(int(on) % DAY)}{int(ground)}.00,{longest}.00,{wheels_off}"
