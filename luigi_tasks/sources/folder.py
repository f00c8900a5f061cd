"""A folder of BTS files, or one file: the way in without a network."""

import shutil
import tempfile
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aero.errors import AeroError
from aero.month import Month
from aero.raw_versions import Revision
from luigi_tasks.landing import bounds, looking, parts, pieces, rewriting, sameness, scratch, zip_member
from luigi_tasks.landing.looking import Entry, Look, Unit, Verdict
from luigi_tasks.landing.table import Reading
from luigi_tasks.sources.offers import Fault, Offer, Offers, Progress


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
        self._split: dict[Entry, dict[Unit, Path]] = {}
        self._pieces: tempfile.TemporaryDirectory[str] | None = None

    def offers(self, months: Sequence[Month]) -> Offers:
        """The files of these months. Files of one month with other contents are a fault, and so is one that cannot be
        read. In the notes is all that is left alone, of files with equal contents all but one, and a column to be
        ignored that no file has."""
        looks = list(looking.looks(self.path, self.reading))
        faults = [Fault(look.message) for look in looks if look.verdict == Verdict.REFUSED]
        notes = [look.message for look in looks if look.verdict == Verdict.LEFT_ALONE]
        notes += self.reading.misspelled(look.columns for look in looks)
        own = [look for look in looks if look.form and self.family in (None, look.form.layout.family)]
        files = []
        for unit, same in looking.by_unit(own).items():
            first, *others = (_offer(look, unit) for look in same)
            asked = [month for month in months if first.covers(month)]
            if asked and (not others or sameness.are_equal(same, unit)):
                files.append(first)
                notes += [f"{first}: {other.name} holds the same as {first.name}, left alone" for other in others]
            else:
                faults += [Fault(_twice([first, *others]), month) for month in asked]
        return Offers(tuple(sorted(files, key=str)), tuple(faults), tuple(notes))

    def revision(self, offer: Offer) -> Revision:
        """Size and time of change. Raises AeroError where the file is gone."""
        path, member = _entry(offer).path, _entry(offer).member
        if not path.exists():
            raise AeroError(f"{path}: the file is gone", "Put it back, or run the command again.")
        size, changed_at = parts.size_and_time(path)
        changed = datetime.fromtimestamp(changed_at, UTC)
        url = path.as_uri() if member is None else f"{path.as_uri()}#{member}"
        written = None if offer.is_plain else f"written-anew-{rewriting.VERSION}"
        return Revision(url, size, changed.isoformat(timespec="microseconds"), written)

    def fetch(self, offer: Offer, into: Path, progress: Progress) -> Path:
        """A copy, so that a file that is changed meanwhile cannot be landed half old and half new: of the file, the
        member of a zip, or those lines of a file of several months that are the offer's."""
        entry = _entry(offer)
        real = entry.real
        size, _ = parts.size_and_time(real.path)
        bounds.check_size(offer.name, size, size)
        if offer.is_piece:
            piece = self._pieces_of(entry, offer.reading)[offer.year, offer.month]
            copy = Path(shutil.copyfile(piece, into / piece.name))
        elif real.member is not None:
            copy = zip_member.rewrap(real.path, into, offer.name, real.member)
        else:
            copy = Path(shutil.copyfile(real.path, into / real.path.name))
        progress(copy.stat().st_size, copy.stat().st_size)
        return copy

    def _pieces_of(self, entry: Entry, reading: Reading) -> dict[Unit, Path]:
        """The pieces of a file of several months, split in one pass when the first is asked for."""
        with self._lock:
            if entry not in self._split:
                self._pieces = self._pieces or scratch.folder()
                into = Path(tempfile.mkdtemp(dir=self._pieces.name))
                self._split[entry] = pieces.split(entry, into, reading)
            return self._split[entry]


def _entry(offer: Offer) -> Entry:
    return offer.entry or Entry(Path(offer.name))


def _offer(look: Look, unit: Unit) -> Offer:
    """The offer of a file for one of the months, or years of the Data Expo, that it holds."""
    assert look.dialect and look.form
    entry = look.entry
    return Offer(
        look.dataset,
        *unit,
        str(entry),
        entry=entry,
        is_piece=len(look.units) > 1 or entry.real.path.is_dir(),
        is_plain=look.dialect.is_plain(look.form) and entry.member is None,
        reading=look.reading,
    )


def _twice(offers: list[Offer]) -> str:
    names = " and ".join(offer.name for offer in offers)
    families = {offer.dataset.table for offer in offers}
    fix = (
        "Choose with --family reporting or --family marketing."
        if len(families) > 1
        else "Which is meant? Give that file with --source, or move all but one away. Parts of one month go into one"
        " file, one behind the other."
    )
    return str(AeroError(f"{offers[0]}: {len(offers)} files hold it, and do not all say the same: {names}", fix))
