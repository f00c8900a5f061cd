"""The BTS site's monthly zips (PREZIP), or a mirror of them under another address."""

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from aero.errors import AeroError
from aero.month import Month
from aero.prezip import FAMILIES
from aero.raw_versions import Revision
from aero.settings import load_settings
from luigi_tasks.landing import not_flights
from luigi_tasks.sources.download import BROWSERS_ALONE, Patience, Refused, Unreachable, download, head
from luigi_tasks.sources.offers import Offer, Offers, Progress

ZIP_MAGIC = b"PK\x03\x04"
MONTHS_UNTIL_PUBLISHED = 3  # about two after the month's end


class BtsSite:
    """Source of one family's months under the address `base`."""

    name = "bts"

    def __init__(self, base: str, family: str, patience: Patience = Patience(), downloads: Path | None = None):
        if family not in FAMILIES:
            raise AeroError(f"--family {family}: BTS has no such family", f"Choose one of {', '.join(FAMILIES)}.")
        self.base = base.rstrip("/")
        self.family = family
        self.patience = patience
        self.downloads = downloads or load_settings().downloads
        self._unreachable: Unreachable | None = None

    def offers(self, months: Sequence[Month]) -> Offers:
        """Every month from the family's first one on: whether it is there, only asking for it tells."""
        family = FAMILIES[self.family]
        return Offers(
            tuple(
                Offer(family.dataset, year, month, f"{self.base}/{family.name(year, month)}")
                for year, month in months
                if (year, month) >= family.since
            )
        )

    def revision(self, offer: Offer) -> Revision:
        """Size, Last-Modified and ETag by HTTP HEAD. Raises AeroError where the month is not there.

        Where there is no way to the site, one month tells it for all.
        """
        if self._unreachable:
            raise self._unreachable
        try:
            return head(offer.name, self.patience)
        except Unreachable as nowhere:
            self._unreachable = nowhere
            raise
        except Refused as refused:
            raise self._explained(refused, offer) from refused

    def fetch(self, offer: Offer, into: Path, progress: Progress) -> Path:
        """The month's zip. What came of one that broke off stays under `downloads`, to go on from."""
        self.downloads.mkdir(parents=True, exist_ok=True)
        name = offer.name.rpartition("/")[2]
        part = self.downloads / f"{hashlib.sha256(offer.name.encode()).hexdigest()[:8]}-{name}.part"
        try:
            whole = download(offer.name, part, progress, self.patience)
        except Refused as refused:
            raise self._explained(refused, offer) from refused
        fetched = whole.rename(into / name)
        check_zip(fetched, offer.name)
        return fetched

    def _explained(self, refused: Refused, offer: Offer) -> AeroError:
        return self._why_missing(offer) if refused.status == 404 else refused

    def _why_missing(self, offer: Offer) -> AeroError:
        problem = f"{offer.name}: 404, there is no such file"
        if offer.year in FAMILIES[self.family].lacks_years:
            return AeroError(
                f"{problem}: PREZIP has no months of 1990 to 1999 of the reporting family",
                "aero coverage says where else they are to be had, and how they are loaded.",
            )
        if offer.when and Month.of(date.today()).index - offer.when.index <= MONTHS_UNTIL_PUBLISHED:
            return AeroError(
                f"{problem}: {offer} is not published yet",
                "BTS publishes a month about two months after its end: load it then.",
            )
        return AeroError(problem, "Check the address: AERO_BTS_URL or --source.")


def check_zip(path: Path, name: str) -> None:
    """Raises AeroError saying what came, under the name `name`, where the bytes of `path` do not begin a zip."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(ZIP_MAGIC):
        return
    text = start.decode("utf-8", errors="replace").lstrip("\ufeff \r\n\t")
    if text[:1] == "<":
        raise AeroError(
            f"{name}: an HTML page came in place of the zip: {not_flights.words(text)!r}",
            f"Try again later. {BROWSERS_ALONE}",
        )
    raise AeroError(f"{name}: what came is no zip, it begins with {start[:16]!r}", "Open the address in a browser.")
