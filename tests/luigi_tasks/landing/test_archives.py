import bz2
import gzip
import lzma
import os
import subprocess
import sys
import tarfile

import pytest

from luigi_tasks.landing import archives, bounds, looking
from luigi_tasks.sources.folder import Folder
from tests.luigi_tasks.bts_files import csv_bytes, month_zip, row
from tests.luigi_tasks.packers import tarred, zipped, zst

MONTHS = [(2013, 1), (2013, 2), (2008, 1)]
FILES = {
    "PREZIP/2013_1.zip": month_zip(2013, 1),
    "PREZIP/2013_2.csv.gz": gzip.compress(csv_bytes([row(2013, 2)])),
    "2008.csv": csv_bytes([row(2008, 1)], "dataexpo"),
    "readme.html": b"<html>",
}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    archives._unpacked.cache_clear()
    monkeypatch.setenv("AERO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _put(tmp_path, content: bytes, name: str = "in/all"):
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


@pytest.mark.parametrize(
    "packed",
    [
        zipped(FILES),
        tarred(FILES, "w"),
        tarred(FILES, "w:gz"),
        bz2.compress(tarred(FILES, "w")),
        lzma.compress(tarred(FILES, "w")),
        zst(tarred(FILES, "w")),
    ],
    ids=["zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "tar.zst"],
)
def test_the_files_of_an_archive_are_offered_and_fetched_as_they_are(tmp_path, packed):
    path = _put(tmp_path, packed)
    source = Folder(tmp_path / "in")
    offers = source.offers(MONTHS)
    assert [offer.name for offer in offers.files] == [f"{path}: {name}" for name in sorted(FILES)[:3]]
    assert (offers.faults, offers.notes) == ((), (f"{path}: readme.html: no file of flights, left alone",))
    for offer in offers.files:
        name = offer.name.removeprefix(f"{path}: ")
        assert source.fetch(offer, tmp_path, lambda *_: None).read_bytes() == FILES[name]
        assert source.revision(offer).url == f"{path.as_uri()}#{name}"


def test_a_file_of_an_archive_is_unchanged_while_the_archive_is(tmp_path):
    path = _put(tmp_path, zipped(FILES))
    first, *_ = (Folder(path).revision(offer) for offer in Folder(path).offers(MONTHS).files)
    archives._unpacked.cache_clear()
    again, *_ = (Folder(path).revision(offer) for offer in Folder(path).offers(MONTHS).files)
    assert first.is_still(again)
    os.utime(path, (0, 0))
    changed, *_ = (Folder(path).revision(offer) for offer in Folder(path).offers(MONTHS).files)
    assert not first.is_still(changed)


def test_members_of_a_zip_in_an_archive_and_files_of_several_months_are_read_too(tmp_path):
    two = {"a.csv": csv_bytes([row(2013, 1)]), "b.csv": csv_bytes([row(2013, 2), row(2013, 3)])}
    path = _put(tmp_path, tarred({"x/two.zip": zipped(two)}))
    source = Folder(path)
    january, _, march = source.offers([(2013, 1), (2013, 2), (2013, 3)]).files
    assert [offer.name for offer in (january, march)] == [f"{path}: x/two.zip: {name}" for name in two]
    fetched = [gzip.decompress(source.fetch(one, tmp_path, lambda *_: None).read_bytes()) for one in (january, march)]
    assert fetched == [two["a.csv"], csv_bytes([row(2013, 3)])]


def test_what_was_unpacked_goes_with_the_process(tmp_path, cache):
    path = _put(tmp_path, zipped(FILES))
    code = "import sys, pathlib, luigi_tasks.landing.archives as a; print(a.unpacked(pathlib.Path(sys.argv[1])))"
    said = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert said.startswith(str(cache)) and list((cache / "downloads").iterdir()) == []


def _refused(path) -> str:
    [look] = looking.looks(path)
    assert look.verdict == "refused"
    return look.message.partition("\n")[0].removeprefix(f"{path}: ")


def _tar(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, content: bytes = b"") -> bytes:
    member = tarfile.TarInfo(name)
    member.type, member.size, member.linkname = kind, size, "/etc/passwd"
    return member.tobuf() + content + bytes(-len(content) % 512 + 1024)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_tar("../../a.csv"), "the archive holds a file of the name '../../a.csv'"),
        (_tar("/etc/a.csv"), "the archive holds a file of the name '/etc/a.csv'"),
        (_tar("a.csv", tarfile.SYMTYPE), "the archive holds a link or a device, 'a.csv'"),
        (_tar("a.csv", tarfile.LNKTYPE), "the archive holds a link or a device, 'a.csv'"),
        (_tar("a.csv", tarfile.CHRTYPE), "the archive holds a link or a device, 'a.csv'"),
        (_tar("a", tarfile.XHDTYPE, 10**9), "damaged: a name or remark of 1,000,000,000 bytes"),
        (_tar("a.csv", size=5000, content=b"Year"), "damaged: unexpected end of data"),
        (tarred(FILES, "w:gz")[:-20], "damaged: Compressed file ended before the end-of-stream marker was reached"),
        (tarred(dict.fromkeys(map(str, range(1001)), b"")), "the archive holds more than 1,000 files"),
        (tarred({"a": b"1"}, "w")[:1024] + tarred({"a": b"2"}, "w"), "the archive holds a twice"),
        (zipped({"../a.csv.gz": gzip.compress(b"")}), "the archive holds a file of the name '../a.csv.gz'"),
    ],
)
def test_archives_that_do_harm_or_are_damaged_are_refused(tmp_path, content, said):
    assert _refused(_put(tmp_path, content)) == said


def test_an_archive_within_an_archive_is_not_unpacked_again(tmp_path):
    path = _put(tmp_path, tarred({"b.tar": tarred({"a.csv": b""}, "w")}))
    assert _refused(path) == "b.tar: an archive of tar within another, which is not read"


def test_a_bomb_is_told_by_what_it_unpacks_to(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "TIGHTLY_PACKED", 10_000_000)
    path = _put(tmp_path, tarred({str(number): bytes(1_000_000) for number in range(12)}))
    assert "bytes unpack to more than 1" in _refused(path)


def test_a_disk_without_room_is_said_and_nothing_stays_on_it(tmp_path, monkeypatch, cache):
    path = _put(tmp_path, zipped(FILES))
    monkeypatch.setattr(archives, "SPARE_BYTES", 1 << 60)
    assert _refused(path) == f"{cache}/downloads has no room for what the archive holds"
    assert list((cache / "downloads").iterdir()) == []


def test_a_zip_of_one_table_is_no_archive(tmp_path):
    for content in (month_zip(2013, 1), zipped({"a.csv": b"", "b.csv": b""}), csv_bytes([row(2013, 1)]), b"", b"PK"):
        assert not archives.is_archive(_put(tmp_path, content))
