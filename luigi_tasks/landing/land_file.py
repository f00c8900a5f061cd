"""Landing one file: from its source, through the checks, into the raw layer."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import hdfs

from aero import connections, files, raw_versions
from aero.bts import RAW_FLIGHTS
from aero.bts_names import FULL
from aero.errors import AeroError
from aero.month import Month
from aero.raw_versions import Manifest, Revision
from aero.run_reports import LandingOutcome
from aero.settings import load_settings
from aero.steps import step
from luigi_tasks.landing import flight_file, raw, rewriting, table
from luigi_tasks.landing.looking import MOST_OF_OTHER_MONTHS
from luigi_tasks.landing.zip_member import rewrap
from luigi_tasks.sources.offers import Offer, Progress, Source


@dataclass(frozen=True)
class Arrival:
    """A file that passed the checks. `readable` is what SQL will read, the `original` itself unless that is a zip or is
    written in another way than BTS'. `lacks` and `read_as` as in the manifest.
    """

    original: Path
    readable: Path
    contents: flight_file.Contents
    sha256: str
    lacks: tuple[str, ...] = ()
    read_as: str = ""

    def files(self) -> dict[str, Path]:
        """The files by their names in the raw layer, the readable one first."""
        if self.readable == self.original:
            return {self.readable_name: self.readable}
        return {self.readable_name: self.readable, f"_{raw.safe_name(self.original.name)}": self.original}

    @property
    def readable_name(self) -> str:
        """Hive and Spark tell how to unpack a file by its ending, so that must be the true one, in lower case."""
        name, ending = raw.safe_name(self.readable.name), f".{flight_file.kind(self.readable)}"
        return f"{name[: -len(ending)]}{ending}" if name.lower().endswith(ending) else f"{name}{ending}"


def land_file(
    source: Source, offer: Offer, progress: Progress, replace_richer: bool = False
) -> tuple[LandingOutcome, Manifest]:
    """Land one file unless the raw layer has it: the outcome (landed, revised or unchanged) and the current version.

    Raises AeroError naming the file and what is wrong with it, also where it has fewer columns than what is there,
    unless it shall `replace_richer`.
    """
    client = connections.webhdfs()
    with _alone(offer) as folder:
        revision = source.revision(offer)
        before = raw_versions.current(client, offer.dataset, offer.year, offer.month)
        if before and revision.is_still(before.revision):
            return LandingOutcome.UNCHANGED, before
        original = source.fetch(offer, folder, progress)
        step("file fetched")
        sha256 = files.sha256(original)
        if before and before.sha256 == sha256:
            again = _described(before, source, revision)
            raw.describe_again(client, again)
            return LandingOutcome.UNCHANGED, again
        arrival = check(original, sha256, offer, folder)
        if not replace_richer:
            _refuse_poorer(arrival, offer, client)
        manifest = _described(_manifest(arrival, offer, before), source, revision)
        raw.store_version(client, manifest, arrival.files())
        step("raw version landed")
        return LandingOutcome.REVISED if before else LandingOutcome.LANDED, manifest


def check(original: Path, sha256: str, offer: Offer, folder: Path) -> Arrival:
    """Make the file readable (a zip's CSV becomes a .csv.gz in `folder`, and so does what is not written as BTS writes)
    and read it to its end.

    A few rows of other months pass: the cleaning quarantines them. Raises AeroError where the file is damaged, or holds
    other months or another layout than the offer says.
    """
    with table.opened(original, offer.name, reading=offer.reading) as source:
        form, dialect = source.form, source.dialect
    read_as = ""
    if not dialect.is_plain(form):
        readable, read_as = folder / f"{original.name.partition('.')[0]}_as_{form.layout.name}.csv.gz", str(dialect)
        rewriting.rewrite(original, readable, offer.name, reading=offer.reading)
    else:
        readable = rewrap(original, folder, offer.name) if dialect.packing == "zip" else original
    contents = flight_file.scan(readable, offer.name)
    if RAW_FLIGHTS[contents.layout.name] != offer.dataset:
        raise AeroError(
            f"{offer.name}: it has the {contents.layout.name} header, which does not belong into {offer.dataset.table}",
            "The file is not what its place says: get it again, or load it as a folder.",
        )
    if not _is_of(offer, contents):
        months = ", ".join(f"{month} ({rows:,} rows)" for month, rows in contents.months.items()) or "none"
        raise AeroError(
            f"{offer.name}: it should hold {offer} and nothing else; it has the months {months}",
            "Get it again. A file of several months is split where its name does not end in one of them.",
        )
    return Arrival(original, readable, contents, sha256, form.missing, read_as)


def _refuse_poorer(arrival: Arrival, offer: Offer, client: hdfs.Client) -> None:
    """Raises AeroError where the month is there, from a file with more columns."""
    if offer.month is None:
        before = raw_versions.current(client, offer.dataset, offer.year)
    else:
        before = raw_versions.of_month(client, arrival.contents.layout.family, offer.year, offer.month)
    if before and len(before.missing) < len(arrival.lacks):
        full = len(FULL[arrival.contents.layout.family].columns)
        raise AeroError(
            f"{offer.name}: it has {full - len(arrival.lacks)} of {full} columns, and {offer} is there with"
            f" {full - len(before.missing)}, from {before.original.lstrip('_')}: left as it is",
            "Give --replace if the poorer file shall replace it all the same.",
        )


def _is_of(offer: Offer, contents: flight_file.Contents) -> bool:
    """Whether the rows that tell a month tell the offer's, but for so few that they can be mistaken."""
    own = sum(contents.months[month] for month in _own_months(offer, contents))
    others = sum(contents.months.values()) - own
    return own > others and others <= max(1, MOST_OF_OTHER_MONTHS * contents.rows)


def _own_months(offer: Offer, contents: flight_file.Contents) -> list[Month]:
    """The months that the file is landed for: those it holds of the offer's month or year."""
    return [month for month in contents.months if offer.covers(month)]


def _manifest(arrival: Arrival, offer: Offer, before: Manifest | None) -> Manifest:
    """The manifest of the arrival's version, all but where it came from."""
    landed_at = raw.landing_time(datetime.now(UTC), before.landed_at if before else None)
    names, contents = list(arrival.files()), arrival.contents
    own = _own_months(offer, contents)
    return Manifest(
        dataset=offer.dataset.table,
        family=contents.layout.family,
        layout=contents.layout.name,
        year=offer.year,
        month=offer.month,
        months=tuple(month.month for month in own),
        month_rows=_month_rows(own, contents) if offer.month is None else (),
        rows=contents.rows,
        in_table_order=contents.in_table_order,
        file=names[0],
        original=names[-1],
        size=arrival.original.stat().st_size,
        sha256=arrival.sha256,
        landed_at=landed_at.isoformat(),
        lacks=arrival.lacks,
        read_as=arrival.read_as,
        version=raw.version_path(offer.dataset, offer.year, offer.month, landed_at, arrival.sha256),
    )


def _month_rows(own: Sequence[Month], contents: flight_file.Contents) -> tuple[int, ...]:
    """The rows of each month of a year's file, as jobs/flight_cleaning.py tells them apart."""
    others = tuple(contents.months[month] for month in own[1:])
    return contents.rows - sum(others), *others


def _described(manifest: Manifest, source: Source, revision: Revision) -> Manifest:
    """The manifest with the fields that say where the bytes came from."""
    return replace(
        manifest,
        source=source.name,
        url=revision.url,
        source_size=revision.size,
        last_modified=revision.last_modified,
        etag=revision.etag,
    )


@contextmanager
def _alone(offer: Offer) -> Iterator[Path]:
    """An empty folder for one file's landing, held by one process of this machine at a time, and removed at its end."""
    folder = load_settings().downloads / f"{offer.dataset.table}-{offer}"
    with files.locked(folder.with_suffix(".lock")):
        shutil.rmtree(folder, ignore_errors=True)  # what a landing that was killed left
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)
