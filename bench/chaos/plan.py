"""The faults, from a seed. A plan does not look at what runs, so the same seed and count are the same plan."""

import random
from dataclasses import dataclass

from aero.cluster import services
from bench.chaos import disks

KILL, FREEZE, STOP, RESTART, POWER_CUT = "kill -9", "SIGSTOP", "clean stop", "restart", "power cut"
CUT, SLOW, FULL, CORRUPT, MISSING = "cut off", "slowed", "full disk", "corrupt block", "missing block"
AHEAD, BACK = "clock ahead", "clock back"
CLOCKS = (AHEAD, BACK)
KINDS = (KILL, FREEZE, STOP, RESTART, CUT, SLOW, FULL, CORRUPT, MISSING, *CLOCKS, POWER_CUT)
ENDING = (KILL, STOP, RESTART, POWER_CUT)
FOR_A_WHILE = (FREEZE, STOP, CUT, SLOW, FULL, CORRUPT, MISSING, *CLOCKS)
# Superset holds nothing of the data, and its first start takes as long as some faults.
SERVERS = tuple(service.name for service in services.BASE if service.name != "superset")
LIVE = ("hbase-thrift2", "stream", "replay")
SERVICES = (*SERVERS, *LIVE)
# What others ask; the scheduler's port only tells how it is.
ASKED = tuple(name for name in SERVICES if services.BY_NAME[name].ports and name != "scheduler")
LUIGI, DRIVER, MASTER, EXECUTOR = "luigi", "driver", "application master", "executor"
OURS = (LUIGI, DRIVER, MASTER, EXECUTOR)
ALL, JAVA = "all", "every Java server"
# Of ten faults the fifth meets several at once, the tenth all.
ROUND, SEVERAL_AT, ALL_AT = 10, 5, 0
SHORTEST_SECONDS = 10
PAUSE_SECONDS = (1.0, 12.0)


@dataclass(frozen=True)
class Fault:
    """`kind` is done to all `targets` at once, `pause` seconds after all was well; what is FOR_A_WHILE lasts
    `seconds`."""

    number: int
    kind: str
    targets: tuple[str, ...]
    seconds: int
    pause: float


def faults(seed: int, count: int, longest: int, with_clocks: bool = False) -> list[Fault]:
    """So many faults. `longest`: seconds that one lasts at most. `with_clocks`: clocks are stepped, too.

    Each pair of a kind and a target is drawn once before any is drawn again.
    """
    dice, cards, found = random.Random(seed), [], []
    for number in range(1, count + 1):
        if number % ROUND == ALL_AT:
            kind, targets = POWER_CUT, (ALL,)
        elif number % ROUND == SEVERAL_AT:
            kind, targets = dice.choice((KILL, FREEZE)), tuple(sorted(dice.sample(SERVICES, dice.randint(2, 4))))
        else:
            cards = cards or _shuffled(dice, with_clocks)
            kind, target = cards.pop()
            targets = (target,)
        seconds = dice.randint(SHORTEST_SECONDS, longest)
        pause = round(dice.uniform(*PAUSE_SECONDS), 1)
        found.append(Fault(number, kind, targets, seconds if kind in FOR_A_WHILE else 0, pause))
    return found


def _shuffled(dice: random.Random, with_clocks: bool) -> list[tuple[str, str]]:
    cards = [(kind, name) for kind in (KILL, FREEZE, STOP, RESTART) for name in SERVICES]
    cards += [(kind, name) for kind in (KILL, FREEZE) for name in OURS]
    cards += [(kind, name) for kind in (CUT, SLOW) for name in ASKED]
    cards += [(FULL, name) for name in disks.FOLDERS]
    cards += [(kind, "datanode") for kind in (CORRUPT, MISSING)]
    cards += [(kind, JAVA) for kind in CLOCKS if with_clocks]
    dice.shuffle(cards)
    return cards
