import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero.errors import AeroError
from luigi_tasks.landing import flight_file
from luigi_tasks.landing.zip_member import GZIP_HEADER, rewrap
from tests.luigi_tasks.bts_files import csv_bytes, row, zip_bytes

CSV = csv_bytes([row(2013, 1)] * 50)


def _zip(tmp_path, content: bytes):
    path = tmp_path / "month.zip"
    path.write_bytes(content)
    return path


def test_the_gzip_is_the_zips_own_compressed_bytes(tmp_path):
    path = _zip(tmp_path, zip_bytes(CSV))
    gz = rewrap(path, tmp_path, "month.zip")
    assert gz.name == "On_Time_(1987_present)_2013_1.csv.gz"
    assert gzip.decompress(gz.read_bytes()) == CSV
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("On_Time_(1987_present)_2013_1.csv").compress_size
    assert gz.stat().st_size == len(GZIP_HEADER) + size + 8
    assert gz.read_bytes()[len(GZIP_HEADER) : -8] in path.read_bytes()


@given(st.binary())
def test_every_csv_comes_out_as_it_went_in(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("zip")
    assert gzip.decompress(rewrap(_zip(folder, zip_bytes(content)), folder, "month.zip").read_bytes()) == content


def test_a_stored_csv_is_packed_and_always_the_same(tmp_path):
    path = _zip(tmp_path, zip_bytes(CSV, method=zipfile.ZIP_STORED))
    gz = rewrap(path, tmp_path, "month.zip").read_bytes()
    assert gzip.decompress(gz) == CSV
    assert (gz[3:4], gz[4:8]) == (b"\0", bytes(4))  # neither name nor time


def test_a_zip_that_something_stands_before_is_read(tmp_path):
    gz = rewrap(_zip(tmp_path, b"self-extractor" + zip_bytes(CSV)), tmp_path, "month.zip")
    assert gzip.decompress(gz.read_bytes()) == CSV


def test_a_member_with_an_extra_field_is_read(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        member = zipfile.ZipInfo("1.csv")
        member.extra = b"\x99\x99\x04\x00more"
        archive.writestr(member, CSV, zipfile.ZIP_DEFLATED)
    gz = rewrap(_zip(tmp_path, packed.getvalue()), tmp_path, "month.zip")
    assert gzip.decompress(gz.read_bytes()) == CSV


@pytest.mark.parametrize(
    ("place", "wrong"),
    [(42, b"\xff\xff\xff\xff"), (8, b"\x00\x08"), (20, b"\xff\xff\xff\xff")],
    ids=["offset", "name", "size"],
)
def test_a_directory_that_lies_is_a_damaged_zip(tmp_path, place, wrong):
    content = bytearray(_archive("\u00e9.csv".encode("cp437").decode("cp437")))
    name = content.rindex(b"PK\x01\x02") + 46
    content[name] = 0xFF  # no letter of UTF-8, which the second case says that it is
    begin = content.rindex(b"PK\x01\x02") + place
    content[begin : begin + len(wrong)] = wrong
    with pytest.raises(AeroError, match="month.zip: damaged: "):
        rewrap(_zip(tmp_path, bytes(content)), tmp_path, "month.zip")


def test_an_encrypted_member_is_refused(tmp_path):
    content = bytearray(_archive("1.csv"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(AeroError, match="month.zip: 1.csv is encrypted"):
        rewrap(_zip(tmp_path, bytes(content)), tmp_path, "month.zip")


def test_a_changed_byte_is_found_when_the_gzip_is_read_to_its_end(tmp_path):
    content = bytearray(zip_bytes(CSV, method=zipfile.ZIP_STORED))
    content[content.index(b"New York, NY")] = ord("X")
    with pytest.raises(AeroError, match="CRC"):
        rewrap(_zip(tmp_path, bytes(content)), tmp_path, "month.zip")

    content = bytearray(zip_bytes(CSV))
    directory = content.rindex(b"PK\x01\x02", 0, content.rindex(b"PK\x01\x02"))
    content[directory + 16] ^= 1  # the CRC-32 in the directory
    gz = rewrap(_zip(tmp_path, bytes(content)), tmp_path, "month.zip")
    with pytest.raises(AeroError, match="month.zip: damaged: CRC check failed"):
        flight_file.scan(gz, "month.zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_into_memory_whole_are_refused(tmp_path, method):
    with pytest.raises(AeroError, match="month.zip: On_Time_.*csv is packed by method 1[24], not by deflate"):
        rewrap(_zip(tmp_path, zip_bytes(CSV, method=method)), tmp_path, "month.zip")


def _archive(*members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member in members:
            archive.writestr(member, CSV)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (_archive("readme.html", "data.txt"), "month.zip: the zip holds no CSV, but readme.html, data.txt"),
        (_archive("1.csv", "2.CSV"), "month.zip: the zip holds 2 CSV files: 1.csv, 2.CSV"),
        (_archive("1.zip"), "month.zip: the zip holds no CSV, but 1.zip"),
        (_archive(*"abcdefg"), "month.zip: the zip holds no CSV, but a, b, c, d, e and 2 more"),
        (_archive("../1.csv"), "month.zip: the archive holds a file of the name '../1.csv'"),
        (_archive("/etc/1.csv"), "month.zip: the archive holds a file of the name '/etc/1.csv'"),
        (_archive("1.csv", "\x1b[2J"), "month.zip: the archive holds a file of the name '\\x1b[2J'"),
        (_archive("C:\\1.csv"), "month.zip: the archive holds a file of the name 'C:\\\\1.csv'"),
        (_archive("a\\..\\..\\1.csv"), "month.zip: the archive holds a file of the name 'a\\\\..\\\\..\\\\1.csv'"),
        (_archive(*map(str, range(1001))), "month.zip: the zip holds 1,001 files, more than 1,000"),
        (_archive(*map(str, range(6000))), "month.zip: the directory of the zip is larger than 262,144 bytes"),
        (zip_bytes(CSV)[:-40], "month.zip: damaged: File is not a zip file"),
    ],
)
def test_other_zips_are_refused_by_name(tmp_path, content, message):
    with pytest.raises(AeroError) as refused:
        rewrap(_zip(tmp_path, content), tmp_path, "month.zip")
    assert refused.value.problem == message


def test_what_a_mac_adds_to_a_zip_is_no_second_csv(tmp_path):
    gz = rewrap(_zip(tmp_path, _archive("1.csv", "__MACOSX/._1.csv")), tmp_path, "month.zip")
    assert gz.name == "1.csv.gz"
