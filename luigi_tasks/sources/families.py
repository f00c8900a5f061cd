"""A source of which some months are wanted of one family of BTS' files, and some of the other."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from aero.errors import AeroError
from aero.month import Month, in_words
from aero.ops.months import Ledger
from aero.raw_versions import Revision
from luigi_tasks.landing.table import Reading
from luigi_tasks.sources import open_source
from luigi_tasks.sources.offers import Fault, Offer, Offers, Progress, Source

# The family to look for of each month; None is the source's own choice.
Families = Mapping[Month, str | None]


def served(asked: Iterable[Month], family: str | None, ledger: Ledger) -> Families:
    """The family that is asked for of each month, where none is, that of the load that readers see."""
    known = ((month, ledger.get(month)) for month in asked)
    return {
        month: family or ((entry.served_family or entry.family) if entry and entry.is_served else None)
        for month, entry in known
    }


def open_families(source: str, family: str | None, families: Families, reading: Reading = Reading()) -> Source:
    """The source that `source` names (open_source). Where no `family` is asked for, it offers each month in its own of
    `families` alone.

    A month whose own family the source never has is a fault. Raises AeroError where there is no such source.
    """
    if family:
        return open_source(source, family, reading)
    whole = open_source(source, reading=reading)
    sources: dict[str | None, Source] = {None: whole}
    faults = {}
    for own in dict.fromkeys(families.values()):
        try:
            sources[own] = open_source(source, own, reading)
        except AeroError as error:
            faults[own] = error.problem
    return _Families(whole.name, sources, families, faults)


def in_words_where_unusual(source: str, families: Families) -> list[str]:
    """Ranges of months that are looked for in another family than where nothing is known of them, for people."""
    usual = None if Path(source).exists() else "reporting"
    found = []
    for family, group in groupby(sorted(families), key=families.__getitem__):
        months = list(group)
        if family not in (None, usual):
            found.append(f"{in_words(months[0], months[-1])}: looked for in the {family} family, which readers see.")
    return found


class _Families:
    """One source for each family, `None` for its own choice; `faults` says why a family has none."""

    def __init__(
        self,
        name: str,
        sources: Mapping[str | None, Source],
        families: Families,
        faults: Mapping[str | None, str],
    ) -> None:
        self.name = name
        self._sources, self._families, self._faults = sources, families, faults
        self._source_of: dict[Offer, Source] = {}

    def offers(self, months: Sequence[Month]) -> Offers:
        """The files of these months, each in the family of its month; the same file only once."""
        faults: list[Fault] = []
        notes: dict[str, None] = {}
        for family in dict.fromkeys(self._families[month] for month in months):
            own = [month for month in months if self._families[month] == family]
            if family in self._faults:
                faults += [Fault(f"{self._faults[family]}, and readers see {month} from it", month) for month in own]
                continue
            offers = self._sources[family].offers(own)
            faults += [fault for fault in offers.faults if fault not in faults]
            notes |= dict.fromkeys(offers.notes)
            for offer in offers.files:
                self._source_of.setdefault(offer, self._sources[family])
        return Offers(tuple(self._source_of), tuple(faults), tuple(notes))

    def revision(self, offer: Offer) -> Revision:
        """As the source of its family says it."""
        return self._source_of[offer].revision(offer)

    def fetch(self, offer: Offer, into: Path, progress: Progress) -> Path:
        """From the source of its family."""
        return self._source_of[offer].fetch(offer, into, progress)
