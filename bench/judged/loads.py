"""True and damaged months as the gates see them, kept in a folder from one run to the next.

What is kept of a month names what it was made from: it is made anew when the generator, its damage or the twin of the
cleaning changes, and stays when only the gates do.
"""

import hashlib
import inspect
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from aero.files import replace_text
from aero.ops.profile import Profile
from bench.damage import STRENGTHS, Damage
from bench.damages import sample
from bench.judged.months import Key, texts
from bench.twin.clean import clean
from bench.twin.measured import measures, profile

ROOT = Path(__file__).parents[2]
# What the numbers of a true month depend on.
SOURCES = (
    "bench/generator/*.*", "bench/twin/*.py", "bench/judged/months.py", "aero/ops/profile.py", "aero/bts.py",
    "aero/airports.py", "aero/holidays.py", "luigi_tasks/sources/nycflights13.py",
)  # fmt: skip


@dataclass(frozen=True)
class Load:
    """What cleaning reports of a month, and its profile."""

    report: Any
    profile: Profile


@dataclass(frozen=True)
class Wanted:
    """A month, true or with a damage at each of some strengths."""

    key: Key
    damage: Damage | None = None
    strengths: tuple[float, ...] = STRENGTHS

    @property
    def path(self) -> Path:
        return Path(str(self.key).replace(" ", "-"), f"{self.damage.name if self.damage else 'true'}.json")

    @property
    def made_from(self) -> str:
        """Names what the numbers depend on."""
        if self.damage is None:
            return _fingerprint()
        module = inspect.getmodule(self.damage.make)
        kinds = [one for one in (module, sample, *vars(module).values()) if inspect.ismodule(one)]
        return _fingerprint(*(str(one.__file__) for one in kinds if one.__name__.startswith("bench.damages.")))


@dataclass(frozen=True)
class Workshop:
    """Makes months at a `scale` with a `seed`; `folder` is where their numbers are kept."""

    folder: Path
    scale: float
    seed: int

    def kept(self, wanted: Wanted) -> dict[float, Load] | None:
        """The loads by strength, 0 the true one; None where they are to be made. A damage that changes nothing has
        none."""
        path = self.folder / wanted.path
        record = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if record.get("made_from") != wanted.made_from:
            return None
        return {
            float(strength): Load(load["report"], Profile.of(load["profile"]))
            for strength, load in record["loads"].items()
        }

    def make(self, wanted: Wanted) -> dict[float, Load]:
        """Make the loads, and keep them."""
        loads = {strength: load_of(table, wanted.key) for strength, table in self._tables(wanted)}
        path = self.folder / wanted.path
        path.parent.mkdir(parents=True, exist_ok=True)
        record = {str(strength): asdict(load) for strength, load in loads.items()}
        replace_text(path, json.dumps({"made_from": wanted.made_from, "loads": record}))
        return loads

    def all(self, every: Sequence[Wanted], processes: int) -> Iterator[tuple[Wanted, dict[float, Load], bool]]:
        """The loads of all, in no order, and whether they had to be made."""
        missing = []
        for wanted in every:
            kept = self.kept(wanted)
            if kept is None:
                missing.append(wanted)
            else:
                yield wanted, kept, False
        if processes == 1 or not missing:
            yield from ((wanted, self.make(wanted), True) for wanted in missing)
            return
        with ProcessPoolExecutor(processes) as pool:
            yield from zip(missing, pool.map(self.make, missing), [True] * len(missing), strict=True)

    def _tables(self, wanted: Wanted) -> Iterator[tuple[float, pd.DataFrame]]:
        true = _texts(wanted.key, self)
        if wanted.damage is None:
            yield 0.0, true
            return
        before = _texts(Key(wanted.key.series, wanted.key.month.previous), self)
        for strength in wanted.strengths:
            table = wanted.damage.of(true, before, strength, self.seed)
            if not is_same(table, true):
                yield strength, table


def load_of(table: pd.DataFrame, key: Key) -> Load:
    """What cleaning a file's table tells of the month."""
    cleaned = clean(table, key.month)
    refused = sum(cleaned.reasons.values())
    measured = measures(cleaned.flights)
    report = {"rows_in": cleaned.rows_in, "rows_clean": cleaned.rows_in - refused, "rows_quarantined": refused}
    return Load(
        report | {"reasons": cleaned.reasons, "measures": measured}, profile(cleaned.flights, key.month, measured)
    )


def is_same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.shape == other.shape and bool((one.to_numpy(dtype=object) == other.to_numpy(dtype=object)).all())


@lru_cache(maxsize=4)
def _texts(key: Key, workshop: Workshop) -> pd.DataFrame:
    return texts(key, workshop.scale, workshop.seed, workshop.folder)


@cache
def _fingerprint(*kinds: str) -> str:
    paths = [path for pattern in SOURCES for path in sorted(ROOT.glob(pattern))]
    found = hashlib.sha256()
    for path in (*paths, *map(Path, kinds)):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]
