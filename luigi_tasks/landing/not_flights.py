"""What lies in folders of flights and is no file of flights, each with a sentence of its own."""

import html
import json
import re
from pathlib import Path, PurePath

from aero.errors import AeroError

LFS = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\s.*?size (\d+)", re.DOTALL)
ANNEX = re.compile(rb"\S*annex/objects/\S+\s*$")
ZEROS = bytes(16)
APPLE_DOUBLE = b"\x00\x05\x16\x07"
OTHERS = {b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "an old Excel workbook", b"SQLite format 3": "a database of SQLite"}
# Archives, and tables of other programs, that are not read: what each is, and what to do.
UNPACK, SAVE = "Unpack it, and load the folder.", "Save the table in it as CSV or Parquet."
NOT_READ = {
    b"Rar!": ("an archive of RAR", UNPACK),
    b"7z\xbc\xaf": ("an archive of 7-Zip", UNPACK),
    b"\x1f\x9d": ("packed by compress (.Z)", UNPACK),
    b"\x04\x22\x4d\x18": ("packed by LZ4", UNPACK),
    b"FEA1": ("an old file of Feather", SAVE),
    b"Obj\x01": ("a file of Avro", SAVE),
    b"SEQ\x06": ("a sequence file of Hadoop", SAVE),
    b"\x89HDF": ("a file of HDF5", SAVE),
    b"X\n\x00\x00": ("a file of R (.rds)", SAVE),
    b"RDX": ("a file of R (.RData)", SAVE),
    b"]\x00\x00": ("packed by LZMA (.lzma)", UNPACK),
    b"\xff\xff\xff\xff": ("a stream of Arrow", SAVE),
    b"\x80\x04\x95": ("a pickle of Python", SAVE),
    b"\x80\x05\x95": ("a pickle of Python", SAVE),
}
TAR = slice(257, 262)  # where a tar says that it is one
NOTHING_TO_DO = "It is no file of flights; nothing is to be done."
# The longest that a server says in place of a file, as GitHub's “404: Not Found”.
FEW_WORDS = 200
PACKED = (b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PAR1")
# Tables that come with files of flights: the columns by which each is known.
SUPPLEMENTS = {
    "a list of airports": [
        {"iata", "airport"},
        {"iatacode", "airport"},
        {"faa", "lat"},
        {"airportseqid", "airportid"},
        {"ident", "iatacode"},
    ],
    "a list of airlines": [{"iatacode", "airline"}, {"carrier", "name"}],
    "a list of aircraft": [{"tailnum", "manufacturer"}, {"nnumber", "serialnumber"}],
    "weather": [{"origin", "temp", "wind_dir"}, {"origin", "temp", "wind_speed"}],
}
# BTS' lookup tables (L_AIRPORT_ID.csv and the like) all have these columns: what is listed is told by what stands in
# the first rows, else by the file's name.
LOOKUP = {"code", "description"}
LISTED = {
    "airports": r', [^":\n]+: [^"\n]*[a-z]',  # "Afognak Lake, AK: Afognak Lake Airport"
    "reasons for cancellation": r"(?s)Weather.*Security",
    "airlines": r"(?i)airlines|airways|aviation",
}
LISTED_BY_NAME = {
    "airports": "airport",
    "airlines": "(carrier|airline)(?!_group)",
    "reasons for cancellation": "cancel",
    "cities": "city",
    "states": "state",
    "countries": "country|world_area",
    "days of the week": "weekday",
}
# Tables of BTS that count flights or passengers, and have no flights.
COUNTS = {
    "BTS' delays counted by airline, airport and month": {"airport", "arrflights"},
    "BTS' traffic data, T-100, which counts passengers": {"passengers", "freight"},
    "BTS' sample of tickets, DB1B": {"itinid"},
}


class NotFlights(AeroError):
    """A file that is not to be loaded, and does no harm: it is named and left alone."""


def why(start: bytes, path: str, name: str) -> AeroError | None:
    """What the first bytes of a file, in UTF-8, show it to be, as an error that calls it `name`; None where it may hold
    flights.

    NotFlights where it can be left alone.
    """
    own = PurePath(path).name.lower()
    if start.startswith(APPLE_DOUBLE) or own.startswith("._"):
        return NotFlights(f"{name}: macOS' notes about another file, left alone", "Delete it, if you like.")
    if not start.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        return AeroError(f"{name}: it is empty", "It was cut on its way: get the file again.")
    if start.startswith(ZEROS):
        return AeroError(f"{name}: it begins with zeros", "It was damaged on its way: get the file again.")
    return (
        _pointer(start, name)
        or _archive(start, name)
        or _page(start, name)
        or _other_product(start, own, name)
        or _supplement(start, own, name)
        or _words_alone(start, name)
    )


def is_tar(start: bytes) -> bool:
    """Whether first bytes are those of a tar."""
    return start[TAR] == b"ustar"


def of_columns(names: tuple[str, ...], path: str, name: str) -> AeroError | None:
    """As `why`, of a file of columns of these names."""
    return _supplement(",".join(names).encode(), PurePath(path).name.lower(), name)


def _archive(start: bytes, name: str) -> AeroError | None:
    if is_tar(start):
        return AeroError(f"{name}: an archive of tar within another, which is not read", UNPACK)
    for magic, (what, fix) in NOT_READ.items():
        if start.startswith(magic):
            return AeroError(f"{name}: {what}, which is not read", fix)
    return None


def _words_alone(start: bytes, name: str) -> AeroError | None:
    text = start.decode("utf-8", errors="replace").strip()
    if len(text) > FEW_WORDS or "\n" in text or re.search(r"[,;\t|\x01\r]", text):
        return None
    fix = "The server had no such file: get it from elsewhere."
    return AeroError(f"{name}: a line of words in place of a table: {text!r}", fix)


def _pointer(start: bytes, name: str) -> AeroError | None:
    if pointer := LFS.match(start):
        size = f"{int(pointer[1]):,}"
        return AeroError(
            f"{name}: a pointer of Git LFS in place of the file, which has {size} bytes",
            "Fetch the file itself: run `git lfs pull` in its repository.",
        )
    if len(start) < 1000 and ANNEX.match(start):
        return AeroError(f"{name}: a pointer of git-annex in place of the file", "Run `git annex get` on it.")
    return None


def _page(start: bytes, name: str) -> AeroError | None:
    text = start[:4096].decode("utf-8", errors="replace").lstrip("\ufeff \r\n\t")
    if text[:1] == "<":
        what = "an HTML page" if re.match(r"(?i)<(!doctype html|html|head)", text) else "a page of XML or HTML"
        fix = "The server had no such file: get it from elsewhere."
        return AeroError(f"{name}: {what} under the name of a file of flights: {words(text)!r}", fix)
    if text[:1] in "{[" and _is_json(text):
        return AeroError(f"{name}: JSON, not a table: {text[:80]!r}", "Look what the server said, and get it again.")
    if start.startswith(PACKED):
        return AeroError(f"{name}: packed twice", "Unpack the outer file, and load the folder.")
    for magic, what in OTHERS.items():
        if start.startswith(magic):
            return AeroError(f"{name}: {what}, no table of flights", "Save the table in it as CSV.")
    return None


def no_file(path: Path, name: str) -> AeroError:
    """What is neither a file nor a folder."""
    if path.is_symlink() and not path.exists():
        fix = "Put back what it names, or delete the link: rm, or of a whole folder: find FOLDER -xtype l -delete"
        return AeroError(f"{name}: a link that leads nowhere, to {path.readlink()}", fix)
    return AeroError(f"{name}: a pipe, a socket or a device, and no file", "Save what it gives, or move it away.")


def forbidden(name: str) -> AeroError:
    """A file or a folder that this user may not read."""
    return AeroError(f"{name}: you may not read it", "Ask its owner, or whoever may: chmod -R a+rX FOLDER")


def workbook(name: str) -> AeroError:
    """A zip that is Excel's."""
    return AeroError(f"{name}: an Excel workbook, no table of flights", "Save the table in it as CSV.")


def _is_json(text: str) -> bool:
    try:
        json.JSONDecoder().raw_decode(text)
    except ValueError:
        return re.match(r'[{\[]\s*["{\[]', text) is not None
    return True


def _other_product(start: bytes, own: str, name: str) -> AeroError | None:
    first = start.partition(b"\n")[0]
    if own.startswith("db28") or b"DB28" in first[:200]:
        return AeroError(
            f"{name}: BTS' traffic data, T-100 (DB28), which counts passengers and has no flights",
            "Get the on-time performance: PREZIP, or “Reporting Carrier On-Time Performance” on transtats.bts.gov.",
        )
    if b"Detailed Statistics" in start[:FEW_WORDS]:
        return AeroError(
            f"{name}: BTS' Detailed Statistics of one airline at one airport, which tells the other airport alone",
            "Get all flights of the month: PREZIP, or “Reporting Carrier On-Time Performance” on transtats.bts.gov.",
        )
    # BTS' other product has no header and bars between fields: carrier, flight number, …
    if own.endswith(".asc") or re.match(rb"[A-Z0-9]{2}\|\d+\|", first):
        return AeroError(
            f"{name}: BTS' other on-time product (.asc, lines without a header), whose fields are not those of PREZIP",
            "Get the month from PREZIP or the web form: aero coverage says where.",
        )
    return None


def _supplement(start: bytes, own: str, name: str) -> AeroError | None:
    text = start.lstrip(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
    header, *rows = re.split(r"[\r\n]", text, maxsplit=1)
    columns = {re.sub(r"[^a-z0-9_]", "", column.lower()) for column in re.split(r"[,;\t|]", header)}
    squeezed = {column.replace("_", "") for column in columns} | columns
    if columns >= LOOKUP:
        return NotFlights(f"{name}: a list of {_listed(''.join(rows), own)}, left alone", NOTHING_TO_DO)
    for what, known in SUPPLEMENTS.items():
        if any(some <= squeezed for some in known) and not {"dest", "depdelay"} & squeezed:
            return NotFlights(f"{name}: {what}, left alone", NOTHING_TO_DO)
    for what, counted in COUNTS.items():
        if counted <= squeezed:
            return NotFlights(f"{name}: {what}, left alone", NOTHING_TO_DO)
    if re.match(r"delayed.?flights", own):
        return NotFlights(
            f"{name}: the delayed flights of 2008 alone, left alone", "Load 2008.csv of the Data Expo, which has all."
        )
    return None


def _listed(rows: str, own: str) -> str:
    """What a lookup table of BTS lists."""
    found = [what for what, pattern in LISTED.items() if re.search(pattern, rows)]
    found += [what for what, pattern in LISTED_BY_NAME.items() if re.search(pattern, own)]
    return next(iter(found), "codes and what they mean")


def words(page: str) -> str:
    """The title of an HTML page, else its first words."""
    title = re.search(r"(?is)<title[^>]*>(.*?)</title>", page)
    text = title[1] if title else re.sub(r"(?is)<(script|style).*?</\1>|<[^>]*>", " ", page)
    return " ".join(html.unescape(text).split())[:100]
