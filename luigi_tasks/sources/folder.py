"""A folder of BTS files, or one file: the way in without a network."""

import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aero.errors import AeroError
from aero.month import Month
from aero.raw_versions import Revision
from aero.settings import load_settings
from luigi_tasks.landing import bounds, looking, parts, pieces, rewriting, zip_member
from luigi_tasks.landing.looking import Entry, Look, Verdict
from luigi_tasks.landing.raw import ABANDONED_AFTER_SECONDS
from luigi_tasks.landing.table import Reading
from luigi_tasks.sources.offers import Fault, Offer, Offers, Progress

PIECES = "pieces-of-files-"


class Folder:
    """Source of the files under `path`. Their bytes and headers say what they are, never their names.

    With `family` the other family's files are passed over.
    """

    name = "folder"

    def __init__(self, path: Path, family: str | None = None, reading: Reading = Reading()):
        self.path = path
        self.family = family
        self.reading = reading
        self._lock = threading.Lock()
        self._split: dict[Entry, dict[tuple[int, int | None], Path]] = {}
        self._pieces: tempfile.TemporaryDirectory[str] | None = None

    def offers(self, months: Sequence[Month]) -> Offers:
        """The files of these months. Files of one month with other contents are a fault, and so is one that cannot be
        read. All that is left alone, and of files with equal contents all but one, is in the notes."""
        looks = list(looking.looks(self.path, self.reading))
        faults = [Fault(look.message) for look in looks if look.verdict == Verdict.REFUSED]
        notes = [look.message for look in looks if look.verdict == Verdict.LEFT_ALONE]
        own = [look for look in looks if look.form and self.family in (None, look.form.layout.family)]
        files = []
        for unit, same in looking.by_unit(own).items():
            first, *others = (_offer(look, unit, self.reading) for look in same)
            asked = [month for month in months if first.covers(month)]
            if asked and (not others or looking.are_equal(same, self.reading)):
                files.append(first)
                notes += [f"{first}: {other.name} holds the same as {first.name}, left alone" for other in others]
            else:
                faults += [Fault(_twice([first, *others]), month) for month in asked]
        return Offers(tuple(sorted(files, key=str)), tuple(faults), tuple(notes))

    def revision(self, offer: Offer) -> Revision:
        """Size and time of change. Raises AeroError where the file is gone."""
        path = _entry(offer).path
        if not path.exists():
            raise AeroError(f"{path}: the file is gone", "Put it back, or run the command again.")
        size, changed_at = parts.size_and_time(path)
        changed = datetime.fromtimestamp(changed_at, UTC)
        url = path.as_uri() if offer.member is None else f"{path.as_uri()}#{offer.member}"
        written = None if offer.is_plain else f"written-anew-{rewriting.VERSION}"
        return Revision(url, size, changed.isoformat(timespec="microseconds"), written)

    def fetch(self, offer: Offer, into: Path, progress: Progress) -> Path:
        """A copy, so that a file that is changed meanwhile cannot be landed half old and half new: of the file, the
        member of a zip, or those lines of a file of several months that are the offer's."""
        entry = _entry(offer)
        size, _ = parts.size_and_time(entry.path)
        bounds.check_size(offer.name, size, size)
        if offer.is_piece:
            piece = self._pieces_of(entry)[offer.year, offer.month]
            copy = Path(shutil.copyfile(piece, into / piece.name))
        elif entry.member is not None:
            copy = zip_member.rewrap(entry.path, into, offer.name, entry.member)
        else:
            copy = Path(shutil.copyfile(entry.path, into / entry.path.name))
        progress(copy.stat().st_size, copy.stat().st_size)
        return copy

    def _pieces_of(self, entry: Entry) -> dict[tuple[int, int | None], Path]:
        """The pieces of a file of several months, split in one pass when the first is asked for."""
        with self._lock:
            if entry not in self._split:
                self._pieces = self._pieces or _place_of_pieces(load_settings().downloads)
                into = Path(tempfile.mkdtemp(dir=self._pieces.name))
                self._split[entry] = pieces.split(entry, into, self.reading)
            return self._split[entry]


def _place_of_pieces(downloads: Path) -> "tempfile.TemporaryDirectory[str]":
    """A folder that goes with this process; those of processes that were killed go after a day."""
    downloads.mkdir(parents=True, exist_ok=True)
    for left in downloads.glob(f"{PIECES}*"):
        if time.time() - left.stat().st_mtime > ABANDONED_AFTER_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=PIECES, dir=downloads)


def _entry(offer: Offer) -> Entry:
    return Entry(Path(offer.path or offer.name), offer.member)


def _offer(look: Look, unit: tuple[int, int | None], reading: Reading) -> Offer:
    """The offer of a file for one of the months, or years of the Data Expo, that it holds."""
    assert look.dialect and look.form
    entry = look.entry
    return Offer(
        look.dataset,
        *unit,
        str(entry),
        path=str(entry.path),
        member=entry.member,
        is_piece=len(look.units) > 1 or entry.path.is_dir(),
        is_plain=look.dialect.is_plain(look.form) and entry.member is None,
        reading=reading,
    )


def _twice(offers: list[Offer]) -> str:
    names = " and ".join(offer.name for offer in offers)
    families = {offer.dataset.table for offer in offers}
    fix = (
        "Choose with --family reporting or --family marketing."
        if len(families) > 1
        else "Which is meant? Give that file with --source, or move all but one away."
    )
    return str(AeroError(f"{offers[0]}: {len(offers)} files hold it, each with other contents: {names}", fix))
