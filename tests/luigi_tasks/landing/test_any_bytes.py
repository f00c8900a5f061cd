"""Whatever lies in a folder, a look at it and its landing end with what it is, or with an error that names it."""

import bz2
import gzip
import io
import lzma

import pandas
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aero.datasets import FLIGHTS_REPORTING
from aero.errors import AeroError
from luigi_tasks.landing import flight_file, looking
from luigi_tasks.landing.land_file import check
from luigi_tasks.landing.looking import Verdict
from luigi_tasks.sources.offers import Offer
from tests.luigi_tasks.bts_files import csv_bytes, row, zip_bytes

JANUARY = Offer(FLIGHTS_REPORTING, 2013, 1, "http://bts/january")
CSV = csv_bytes([row(2013, 1), row(2013, 1, DepDelay="7.00")])


def _parquet():
    file = io.BytesIO()
    pandas.DataFrame({"Year": [2013], "Month": [1], "DayofMonth": [31]}).to_parquet(file)
    return file.getvalue()


FILES = [
    (CSV, "a.csv"),
    (gzip.compress(CSV), "a.csv.gz"),
    (bz2.compress(CSV), "a.csv.bz2"),
    (lzma.compress(CSV), "a.csv.xz"),
    (zip_bytes(CSV), "a.zip"),
    (csv_bytes([row(2008, 1)], "dataexpo"), "2008.csv"),
    (CSV.replace(b",", b"\t"), "a.tsv"),
    (CSV.decode().encode("utf-16"), "a.csv"),
    (_parquet(), "a.parquet"),
    (b'[{"Year": 2013}]', "a.json"),
]


@st.composite
def damaged(draw):
    """A good file of which pieces were lost, doubled, turned over or replaced by anything; its name or another's."""
    content, name = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, len(content)))
        end = begin + draw(st.integers(0, 40))
        piece = content[begin:end]
        put = draw(
            st.sampled_from([b"", piece * 2, piece[::-1], bytes(255 - byte for byte in piece)]) | st.binary(max_size=40)
        )
        content = content[:begin] + put + content[end:]
    return content, draw(st.sampled_from([name, *(other for _, other in FILES)]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("any")


@given(file=damaged() | st.tuples(st.binary(max_size=200), st.sampled_from([name for _, name in FILES])))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@example(file=(b"", "a.csv"))
@example(file=(b"\x00" * 100, "a.zip"))
@example(file=(b"PK\x03\x04", "a.csv"))
@example(file=(CSV[:-1] + b'"', "a.csv"))
@example(file=(b"Year,Month\n" + b'"' * 100, "a.csv"))
def test_whatever_its_bytes_are_a_file_is_flights_or_is_named(folder, file):
    content, name = file
    for left in folder.iterdir():
        left.unlink()
    path = folder / name
    path.write_bytes(content)
    for is_whole in (False, True):
        for look in looking.looks(path, whole=is_whole):
            assert look.verdict == Verdict.FLIGHTS or str(path) in look.message
    for read in (lambda: flight_file.scan(path, name), lambda: check(path, "5ha", JANUARY, folder)):
        try:
            read()
        except AeroError as error:
            assert error.problem.startswith((name, JANUARY.name, str(path)))
