"""Whether files of one month say the same, each packed, written and sorted in its own way."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from luigi_tasks.landing import parts, rewriting, table
from luigi_tasks.landing.looking import Entry, Look, Unit
from luigi_tasks.landing.table import Reading


def are_equal(looks: Iterable[Look], unit: Unit) -> bool:
    """Whether some files have the same rows of a month, or of a year of the Data Expo."""
    return len({_digest(look, unit) for look in looks}) == 1


def _digest(look: Look, unit: Unit) -> int:
    """A sum of the digests of all rows, in which their order does not show."""
    state, units = parts.size_and_time(look.entry.path), tuple(look.units) if look.is_whole else ()
    return _digests(look.entry, state, look.reading, look.units[0], units)[unit]


@lru_cache
def _digests(
    entry: Entry, state: tuple[int, float], reading: Reading, first: Unit, units: tuple[Unit, ...]
) -> Counter[Unit]:
    """That sum of each unit of a file. Rows that tell no month count to the first, and where its `units` are all known,
    those that tell another one."""
    sums: Counter[Unit] = Counter()
    with table.opened(entry.real.path, str(entry), entry.real.member, reading) as source:
        is_year = source.form.layout.name == "dataexpo"
        for month, line in rewriting.told(source):
            unit = (month.year, None if is_year else month.month) if month else first
            digest = blake2b(line.encode("latin-1"), digest_size=16).digest()
            sums[first if units and unit not in units else unit] += int.from_bytes(digest, "big")
    return sums
