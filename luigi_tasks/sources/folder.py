"""A folder of BTS files, or one file: the way in without a network."""

import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aero.bts import RAW_FLIGHTS
from aero.datasets import FLIGHTS_DATAEXPO
from aero.errors import AeroError
from aero.month import Month
from aero.raw_versions import Revision
from luigi_tasks.landing import bounds, flight_file
from luigi_tasks.sources.offers import Fault, Offer, Offers, Progress

ENDINGS = (".zip", ".csv", ".csv.gz", ".csv.bz2")


class Folder:
    """Source of the files under `path`. Its header and first row say what a file is, never its name.

    With `family` the other family's files are passed over.
    """

    name = "folder"

    def __init__(self, path: Path, family: str | None = None):
        self.path = path
        self.family = family

    def offers(self, months: Sequence[Month]) -> Offers:
        """The files of these months. Two files of one month are a fault, and so is one that does not say its month."""
        offers, faults = defaultdict(list), []
        for path in self._files():
            try:
                layout, month = flight_file.first_month(path)
            except AeroError as unknown:
                faults.append(Fault(str(unknown)))
                continue
            except OSError as unreadable:
                faults.append(Fault(f"{path}: {unreadable}"))
                continue
            if self.family in (None, layout.family):
                dataset = RAW_FLIGHTS[layout.name]
                offer = Offer(dataset, month.year, None if dataset == FLIGHTS_DATAEXPO else month.month, str(path))
                offers[offer.year, offer.month].append(offer)
        asked = {when: same for when, same in offers.items() if any(same[0].covers(month) for month in months)}
        for same in asked.values():
            if len(same) > 1:
                faults += [Fault(_twice(same), month) for month in months if same[0].covers(month)]
        files = sorted((same[0] for same in asked.values() if len(same) == 1), key=str)
        return Offers(tuple(files), tuple(faults))

    def revision(self, offer: Offer) -> Revision:
        """Size and time of change. Raises AeroError where the file is gone."""
        path = Path(offer.name)
        if not path.is_file():
            raise AeroError(f"{path}: the file is gone", "Put it back, or run the command again.")
        status = path.stat()
        changed = datetime.fromtimestamp(status.st_mtime, UTC)
        return Revision(path.as_uri(), status.st_size, changed.isoformat(timespec="microseconds"))

    def fetch(self, offer: Offer, into: Path, progress: Progress) -> Path:
        """A copy, so that a file that is changed meanwhile cannot be landed half old and half new."""
        size = Path(offer.name).stat().st_size
        bounds.check_size(offer.name, size, size)
        copy = into / Path(offer.name).name
        shutil.copyfile(offer.name, copy)
        progress(copy.stat().st_size, copy.stat().st_size)
        return copy

    def _files(self) -> Iterator[Path]:
        if self.path.is_file():
            return iter([self.path])
        every = sorted(path for path in self.path.rglob("*") if path.is_file() and not path.name.startswith("."))
        return (path for path in every if path.name.lower().endswith(ENDINGS))


def _twice(offers: list[Offer]) -> str:
    names = " and ".join(offer.name for offer in offers)
    families = {offer.dataset.table for offer in offers}
    fix = "Choose with --family reporting or --family marketing." if len(families) > 1 else "Move all but one away."
    return str(AeroError(f"{offers[0]}: {len(offers)} files hold it: {names}", fix))
