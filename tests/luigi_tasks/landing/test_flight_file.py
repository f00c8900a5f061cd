import bz2
import gzip
import lzma
from collections import Counter

import pyarrow
import pytest

from aero.bts import LAYOUTS
from aero.errors import AeroError
from luigi_tasks.landing import flight_file, looking
from luigi_tasks.landing.damage import damage_named
from luigi_tasks.landing.flight_file import Contents
from luigi_tasks.landing.looking import Entry
from tests.luigi_tasks.bts_files import csv_bytes, row, zip_bytes
from tests.samples import BTS_FILES

CSV = csv_bytes([row(2013, 1), row(2013, 1, Tail_Number='"N\xf11"'), row(2013, 1)])
GZIP = gzip.compress(CSV, mtime=0)  # The time would be in the name of a test, which two processes have to give alike.
REPORTING = LAYOUTS["reporting"]


def _file(tmp_path, content: bytes, name: str = "a.file"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def _first_month(path):
    """The layout and the month by which a folder offers a file."""
    look = looking.look(Entry(path))
    [month] = look.months
    return look.form.layout, month


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CSV, "csv"),
        (GZIP, "csv.gz"),
        (bz2.compress(CSV), "csv.bz2"),
        (zip_bytes(CSV), "zip"),
        (lzma.compress(CSV), "csv.xz"),
        (pyarrow.compress(CSV, "zstd", asbytes=True), "csv.zst"),
    ],
)
def test_every_packing_is_told_by_its_bytes_and_read(tmp_path, content, kind):
    path = _file(tmp_path, content)
    assert flight_file.kind(path) == kind
    assert flight_file.scan(path, "a") == Contents(REPORTING, {(2013, 1): 3}, 3, in_table_order=True)
    assert _first_month(path) == (REPORTING, (2013, 1))


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_every_layout_is_told_by_its_header(tmp_path, layout):
    path = _file(tmp_path, csv_bytes([row(2008, 7), row(2008, 9)], layout))
    assert flight_file.scan(path, "a") == Contents(
        LAYOUTS[layout], {(2008, 7): 1, (2008, 9): 1}, 2, in_table_order=True
    )


@pytest.mark.parametrize("file", BTS_FILES, ids=str)
def test_files_of_every_family(file):
    layout, month = LAYOUTS[file.layout], (file.year, file.month)
    assert flight_file.scan(file.path, str(file)) == Contents(
        layout, {month: file.rows}, file.rows, in_table_order=True
    )
    assert _first_month(file.path) == (layout, month)


def test_columns_in_another_order_are_read_by_name(tmp_path):
    columns = ("OriginCityName", *(name for name in REPORTING.columns if name != "OriginCityName"))
    path = _file(tmp_path, csv_bytes([row(2013, 1)], columns=columns))
    assert flight_file.scan(path, "a") == Contents(REPORTING, {(2013, 1): 1}, 1, in_table_order=False)


def test_rows_that_do_not_tell_their_month_are_counted_and_blank_lines_are_not(tmp_path):
    odd = [row(2013, 1), row(2013, 1, Month='" 1"'), row(2013, 1, Year=""), row(2013, 1, Month="13")]
    path = _file(tmp_path, csv_bytes(odd) + b"\n\r\n  \nrubbish\n2013,1,1")
    assert flight_file.scan(path, "a") == Contents(REPORTING, {(2013, 1): 3}, 6, in_table_order=True)


def test_landing_counts_the_lines_that_the_cleaning_reads_and_kafka_carries(tmp_path):
    """However they end, and whatever month they tell."""
    first, second = csv_bytes([row(2013, 1), row(2013, 2)]).splitlines()[1:]
    lines = [first, second, b"", first + b"\r", first + b"\r" + first, b" ", b"\t", b"\xa0", first + b"\r\r", second]
    path = _file(tmp_path, CSV.splitlines()[0] + b"\r\n" + b"\n".join(lines) + b"\r")
    with flight_file.lines_of(path, "a") as content:
        _header, *sent = content
    read = [line for line in sent if line.strip(b" ")]  # As jobs/clean_flights.py and jobs/consume_month.py do.
    assert flight_file.scan(path, "a").rows == len(read) == 9
    assert flight_file.scan(path, "a").months == {(2013, 1): 5, (2013, 2): 2}


def test_one_row_of_another_month_or_of_none_does_not_say_which_month_a_file_is_of(tmp_path):
    for first in (row(2012, 12), row(2013, 1, Year='""', FlightDate="")):
        path = _file(tmp_path, csv_bytes([first, row(2013, 1), row(2013, 1)]))
        assert looking.look(Entry(path)).units == [(2013, 1)]


def test_a_header_without_rows_has_no_month(tmp_path):
    path = _file(tmp_path, csv_bytes([]))
    assert flight_file.scan(path, "a") == Contents(REPORTING, {}, 0, in_table_order=True)
    look = looking.look(Entry(path))
    assert (look.verdict, look.message.partition("\n")[0]) == ("refused", f"{path}: it has a header, and no flights")


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    path = _file(tmp_path, b"\xef\xbb\xbf" + CSV)
    assert flight_file.scan(path, "a").rows == 3


@pytest.mark.parametrize(
    "content",
    [
        GZIP[:-20],
        GZIP[:-8] + bytes(8),
        GZIP[:12] + b"\xff" * 50,
        bz2.compress(CSV)[:-9],
        b"BZh9" + CSV,
        b"PK" + CSV,
    ],
    ids=["gzip cut", "gzip checksum", "gzip body", "bzip2 cut", "bzip2 body", "zip body"],
)
def test_a_damaged_file_is_named(tmp_path, content):
    with pytest.raises(AeroError, match="^january: damaged: "):
        flight_file.scan(_file(tmp_path, content), "january")


def test_a_fault_of_the_disk_is_not_blamed_on_the_file(tmp_path):
    with pytest.raises(IsADirectoryError), damage_named("january"):
        tmp_path.open("rb")


def test_a_header_of_odd_bytes_is_no_header(tmp_path):
    with pytest.raises(AeroError, match="january: the first line is not a header of BTS on-time data"):
        flight_file.scan(_file(tmp_path, b"\xff\xfe,\x80\n"), "january")


def test_an_unknown_column_is_named(tmp_path):
    path = _file(tmp_path, CSV.replace(b'"TaxiOut"', b'"TaxiAway"'))
    with pytest.raises(AeroError, match="january: .* unknown: TaxiAway; missing: TaxiOut"):
        flight_file.scan(path, "january")


def test_a_line_that_no_number_can_be_made_of_tells_no_month():
    fields = flight_file._csv_fields(b'"' + b"a" * 200_000 + b'",2013,1')
    assert flight_file._rows_by_month(Counter({(b"9" * 5000, b"1"): 1, (b"2013", b"1"): 2})) == {(2013, 1): 2}
    assert fields == []


def test_rows_are_counted_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(flight_file, "ROWS_AT_ONCE", 2)
    path = _file(tmp_path, csv_bytes([row(2013, 1), row(2013, 2), row(2013, 1), row(2013, 13), row(2013, 2)]))
    assert flight_file.scan(path, "a") == Contents(REPORTING, {(2013, 1): 2, (2013, 2): 2}, 5, in_table_order=True)


def test_a_header_without_end_is_refused_before_its_names_are_compared(tmp_path):
    with pytest.raises(AeroError, match="january: its header is longer than 8,192 characters"):
        flight_file.scan(_file(tmp_path, b"Year," * 10_000), "january")
