import gzip
import io
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero.errors import AeroError
from luigi_tasks.landing import bounds, flight_file
from luigi_tasks.landing.zip_member import rewrap
from tests.luigi_tasks.bts_files import csv_bytes, row

HEADER = csv_bytes([])
MEGABYTE = bytes(1_000_000)
# A bomb is made, landed and measured in a process of its own: the most memory that it ever took is the kernel's number.
MEASURED = """
import resource, sys
from pathlib import Path
from aero.errors import AeroError
from luigi_tasks.landing import flight_file, zip_member
path = Path(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    if flight_file.kind(path) == "zip":
        path = zip_member.rewrap(path, path.parent, "january")
    flight_file.scan(path, "january")
except AeroError as error:
    print(error.problem)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@given(st.binary(), st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"a", b" "]), max_size=40), st.integers(1, 9))
def test_lines_are_those_of_universal_newlines_wherever_a_piece_ends(start, more, size):
    content = start + b"".join(more)
    text = io.TextIOWrapper(io.BytesIO(content), encoding="latin-1", newline=None)
    pieces = [content[begin : begin + size] for begin in range(0, len(content), size)]
    found = list(bounds.lines(_Pieces(pieces), "a", len(content)))
    assert found == [line.removesuffix("\n").encode("latin-1") for line in text]


class _Pieces:
    def __init__(self, pieces):
        self._pieces = iter(pieces)

    def read(self, size):
        return next(self._pieces, b"")


def test_a_bomb_of_empty_lines_is_refused():
    few = b"a\n" + b"\n" * bounds.MOST_EMPTY + b"b\n"
    assert sum(1 for line in bounds.lines(io.BytesIO(few), "a", 1) if line) == 2
    with pytest.raises(AeroError, match="january: behind line .* are more than 1,048,576 bytes of empty lines"):
        list(bounds.lines(io.BytesIO(few * 2 + b" \r\n" * bounds.MOST_EMPTY), "january", 1))


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n", b""])
def test_a_line_may_have_its_longest_length_and_no_more(end):
    longest = bytes(bounds.LONGEST_LINE)
    assert list(bounds.lines(io.BytesIO(b"1\n" + longest + end), "a", 1)) == [b"1", longest]
    with pytest.raises(AeroError, match="january: line 3 is longer than 65,536 bytes"):
        list(bounds.lines(io.BytesIO(b"1\n2\n" + longest + b"a" + end), "january", 1))


def test_the_line_that_is_too_long_is_named_by_its_number_behind_many_pieces():
    content = b"a" * 999 + b"\n"
    with pytest.raises(AeroError, match="january: line 5,001 is"):
        list(bounds.lines(io.BytesIO(content * 5000 + bytes(70_000) + b"\n" + content), "january", 1))


@pytest.mark.parametrize(
    ("packed", "unpacked", "message"),
    [
        (1, 1024**3, None),
        (6 * 1024**2, 1024**3 + 1, None),
        (5 * 1024**2, 1024**3 + 1, r"5,242,880 bytes unpack to more than 1,073,741,825, over 200 times as many"),
        (1024**3, 16 * 1024**3 + 1, "it unpacks to more than 17,179,869,184 bytes"),
    ],
)
def test_a_bomb_is_told_by_size_and_ratio(packed, unpacked, message):
    if message is None:
        bounds.check_size("january", packed, unpacked)
    else:
        with pytest.raises(AeroError, match=f"^january: {message}"):
            bounds.check_size("january", packed, unpacked)


def _bomb(tmp_path, packing, piece, pieces):
    path = tmp_path / "january"
    if packing == "gzip":
        with gzip.open(path, "wb") as file:
            for content in (HEADER, *[piece] * pieces):
                file.write(content)
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("1.csv", "w") as file:
        for content in (HEADER, *[piece] * pieces):
            file.write(content)
    return path


@pytest.mark.parametrize("packing", ["gzip", "zip"])
def test_one_line_of_300_megabytes_is_refused_in_little_memory(tmp_path, packing):
    path = _bomb(tmp_path, packing, MEGABYTE, 300)
    assert path.stat().st_size < 400_000
    command = [sys.executable, "-c", MEASURED, str(path)]
    said, megabytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said == "january: line 2 is longer than 65,536 bytes"
    assert int(megabytes) < 20


def test_many_short_lines_of_few_bytes_are_refused_by_what_they_unpack_to(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "TIGHTLY_PACKED", 10_000_000)
    path = _bomb(tmp_path, "gzip", b"1\n" * 500_000, 12)
    with pytest.raises(AeroError, match="january: .* bytes unpack to more than 1[0-9,]+, over 200 times as many"):
        flight_file.scan(path, "january")


def test_a_zip_that_lies_about_its_size_is_found_while_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "TIGHTLY_PACKED", 10_000_000)
    path = _bomb(tmp_path, "zip", b"1\n" * 500_000, 12)
    content = bytearray(path.read_bytes())
    size = content.rindex(b"PK\x01\x02") + 24
    content[size : size + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(AeroError, match="january: .* bytes unpack to more than"):
        flight_file.scan(rewrap(path, tmp_path, "january"), "january")


def test_what_a_zip_says_of_its_size_is_enough_to_refuse_it(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "TIGHTLY_PACKED", 10_000_000)
    with pytest.raises(AeroError, match="january: .* bytes unpack to more than"):
        rewrap(_bomb(tmp_path, "zip", b"1\n" * 500_000, 12), tmp_path, "january")


def test_a_month_of_bts_is_far_within_the_bounds(tmp_path):
    content = csv_bytes([row(2013, 1)] * 10_000)
    assert max(map(len, content.splitlines())) < bounds.LONGEST_LINE / 10
    assert len(HEADER) < bounds.LONGEST_HEADER / 2
