import bz2
import gzip
import io
import os
import zipfile

import pytest

from luigi_tasks.landing import looking
from tests.luigi_tasks.bts_files import csv_bytes, row, zip_bytes

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 689413344\n"
PAGE = b"<!DOCTYPE html>\n<html><head><title>404 &ndash; not here</title></head></html>"
ASC = b"AA|1|JFK|LAX|20070101|1|0900|0900|0900|1220|1220|1215\n"
EXPO = csv_bytes([row(2008, 1)], "dataexpo")


def _looks(tmp_path, **files: bytes):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return list(looking.looks(tmp_path))


def _look(tmp_path, name: str, content: bytes) -> tuple[str, str, str]:
    """The verdict of a file in a folder, what is said of it without its name, and what to do."""
    [look] = _looks(tmp_path, **{name: content})
    said, _, fix = look.message.partition("\n")
    return look.verdict, said.removeprefix(f"{tmp_path}/{name}").removeprefix(": "), fix.strip()


def _workbook() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(zipfile.ZipInfo(name), "<x/>")  # ZipInfo: the time would be in the name of the test.
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said", "fix"),
    [
        (
            "2007.csv",
            PAGE,
            "an HTML page under the name of a file of flights: '404 – not here'",
            "get it from elsewhere",
        ),
        ("2007.csv.bz2", b"<?xml version='1.0'?><Error>no key</Error>", "a page of XML or HTML", "from elsewhere"),
        ("2007.zip", PAGE, "an HTML page under the name of a file of flights", "get it from elsewhere"),
        ("2007.csv", bz2.compress(PAGE), "an HTML page under the name of a file of flights", "get it from elsewhere"),
        ("2007.csv", PAGE.decode().encode("utf-16"), "an HTML page under the name of a file of flights", "elsewhere"),
        ("2008.csv", b"\xff\xfe", "it is empty", "get the file again"),
        ("2008.csv", bytes(100) + EXPO, "it begins with zeros", "get the file again"),
        ("2008.csv", b"]\x00\x00\x80\x00" + b"\xff" * 8, "packed by LZMA", "Unpack it"),
        ("2008.csv", b"\xff\xff\xff\xff\x10\x00", "a stream of Arrow", "as CSV or Parquet"),
        ("2008.csv", b"\x80\x05\x95\x1d\x00", "a pickle of Python", "as CSV or Parquet"),
        ("2008.csv", LFS, "a pointer of Git LFS in place of the file, which has 689,413,344 bytes", "git lfs pull"),
        ("2008.csv", b"../.git/annex/objects/aa/bb/MD5-s1--c/MD5\n", "a pointer of git-annex", "git annex get"),
        ("2008.csv", b'{"error": "no such file"}', "JSON, not a table", "get it again"),
        ("2008.csv", b"%PDF-1.7", "a PDF, no table of flights", "as CSV"),
        ("2008.zip", _workbook(), "an Excel workbook, no table of flights", "as CSV"),
        ("2008.csv.gz", gzip.compress(gzip.compress(EXPO, mtime=0), mtime=0), "packed twice", "Unpack the outer file"),
        ("2008.csv", b"", "it is empty", "get the file again"),
        ("2008.zip", zip_bytes(b""), "it is empty", "get the file again"),
        ("2008.zip", zip_bytes(EXPO)[:-30], "damaged: File is not a zip file", "get the file again"),
        ("ontime.td.200701.asc", ASC, "BTS' other on-time product (.asc", "PREZIP or the web form"),
        (
            "a.csv",
            b"Detailed Statistics Departures\nAirline: Delta (DL)\n",
            "BTS' Detailed Statistics of one",
            "PREZIP",
        ),
        ("2007.zip", zip_bytes(ASC, "ontime.td.200701.asc"), "BTS' other on-time product (.asc", "PREZIP"),
        ("2007.zip", zip_bytes(b"1|2|3\n", "DB28SEG.DD.WAC.2007.asc"), "BTS' traffic data, T-100 (DB28)", "on-time"),
    ],
)
def test_what_is_no_file_of_flights_is_refused_with_a_sentence_of_its_own(tmp_path, name, content, said, fix):
    verdict, told, what_to_do = _look(tmp_path, name, content)
    assert verdict == "refused"
    assert said in told
    assert fix in what_to_do


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("airports.csv", b'"iata","airport","city"\n"00M","Thigpen","Bay Springs"\n', "a list of airports, left alone"),
        ("airports.csv", b"IATA_CODE,AIRPORT,CITY\nABE,Lehigh,Allentown\n", "a list of airports, left alone"),
        ("a.csv", "iata,airport,city\n00M,Thigpen,Bay Springs\n".encode("utf-16"), "a list of airports, left alone"),
        ("a.csv", b'"id","ident","type","iata_code"\n6523,"00A","heliport",""\n', "a list of airports, left alone"),
        ("MASTER.csv", b"N-NUMBER,SERIAL NUMBER,YEAR MFR\n1,5334,2000\n", "a list of aircraft, left alone"),
        ("carriers.csv", b"Code,Description\n02Q,Titan Airways\n", "a list of airlines, left alone"),
        ("L_UNIQUE_CARRIERS.csv_", b"Code,Description\n02Q,Titan Airways\n", "a list of airlines, left alone"),
        (
            "L_AIRPORT_ID.csv",
            b'Code,Description\n"10004","Lik, AK: Lik Camp"\n',
            "a list of airports, left alone",
        ),
        ("lookup.csv", b'Code,Description\n"JFK","New York, NY: Kennedy"\n', "a list of airports, left alone"),
        ("L_AIRPORT.csv", b"Code,Description\n", "a list of airports, left alone"),
        ("L_AIRLINE_ID.csv", b'Code,Description\n"19031","Mackey, Inc.: MAC"\n', "a list of airlines, left alone"),
        ("codes.csv", b'Code,Description\n"AA","American Airlines Inc."\n', "a list of airlines, left alone"),
        ("L_CANCELLATION.csv", b"Code,Description\nA,Carrier\n", "a list of reasons for cancellation, left alone"),
        (
            "why.csv",
            b"Code,Description\nA,Carrier\nB,Weather\nC,National Air System\nD,Security\n",
            "a list of reasons for cancellation, left alone",
        ),
        ("L_WEEKDAYS.csv", b"Code,Description\n1,Monday\n", "a list of days of the week, left alone"),
        ("L_YESNO_RESP.csv", b"Code,Description\n0,No\n1,Yes\n", "a list of codes and what they mean, left alone"),
        ("L_CARRIER_GROUP.csv", b"Code,Description\n1,Large\n", "a list of codes and what they mean, left alone"),
        ("airlines.csv", b"IATA_CODE,AIRLINE\nUA,United Air Lines Inc.\n", "a list of airlines, left alone"),
        ("plane-data.csv", b"tailnum,type,manufacturer,issue_date\nN050AA\n", "a list of aircraft, left alone"),
        ("weather.csv", b"origin,year,month,day,hour,temp,dewp,humid,wind_dir\n", "weather, left alone"),
        ("DelayedFlights.csv", b"," + EXPO.replace(b"\n", b"\n0,", 1), "the delayed flights of 2008 alone, left alone"),
        ("._2008.csv", b"\x00\x05\x16\x07", "macOS' notes about another file, left alone"),
        (".DS_Store", b"\x00", "hidden, left alone"),
        ("README.md", b"# Flights\n", "no file of flights, left alone"),
    ],
)
def test_what_lies_beside_flights_is_named_and_left_alone(tmp_path, name, content, said):
    assert _look(tmp_path, name, content)[:2] == ("left alone", said)


def test_nothing_in_a_folder_is_passed_over(tmp_path):
    files = {"a.csv": EXPO, "b.html": PAGE, "c": b"\x00\x01", ".hidden": b"x", "d.zip": zip_bytes(EXPO), "e.txt": b""}
    looks = _looks(tmp_path, **files)
    assert [look.entry.path.name for look in looks] == sorted(files)


def test_a_link_that_leads_nowhere_and_a_pipe_are_refused_with_what_to_do(tmp_path):
    (tmp_path / "nowhere").symlink_to("/no/such/file")
    os.mkfifo(tmp_path / "pipe")
    looks = list(looking.looks(tmp_path))
    assert [str(look.verdict) for look in looks] == ["refused", "refused"]
    lines = [look.message.removeprefix(f"{look.entry}: ").split("\n  ") for look in looks]
    assert [said for said, _ in lines] == [
        "a link that leads nowhere, to /no/such/file",
        "a pipe, a socket or a device, and no file",
    ]
    assert [fix.partition(":")[0] for _, fix in lines] == [
        "Put back what it names, or delete the link",
        "Save what it gives, or move it away.",
    ]


@pytest.mark.parametrize("rows", [b"", b"\n\n", b",,,\n"])
@pytest.mark.parametrize(("name", "packed"), [("a.csv", bytes), ("a.csv.gz", gzip.compress), ("a.zip", zip_bytes)])
def test_a_header_without_rows_is_told_as_that(tmp_path, name, packed, rows):
    verdict, said, fix = _look(tmp_path, name, packed(EXPO.partition(b"\n")[0] + b"\n" + rows))
    assert (verdict, said) == ("refused", "it has a header, and no flights")
    assert fix.endswith("get it again, or move it away.")


def test_rows_that_tell_no_month_are_shown(tmp_path):
    verdict, said, _ = _look(tmp_path, "a.csv", EXPO.replace(b"2008", b"20x8"))
    assert verdict == "refused" and said.startswith("none of its 1 rows tells a month, such as '20x8,1,")


def test_commas_in_values_without_quotes_are_told(tmp_path):
    content = csv_bytes([row(2013, 1)] * 3).replace(b'"New York, NY"', b"New York, NY")
    _, said, fix = _look(tmp_path, "a.csv", content)
    assert said.endswith("which has 111 fields; the header has 110") and "with quotes" in fix


def test_a_file_most_of_whose_rows_tell_no_month_is_no_file_of_the_others(tmp_path):
    """As dates of which the day is before the month: those of the first twelve days tell another one."""
    days = [row(2020, 12, FlightDate=f"2020-{day:02d}-12", Year="", Month="") for day in (5, 13, 14)]
    verdict, said, _ = _look(tmp_path, "a.csv", csv_bytes(days))
    assert verdict == "refused" and said.startswith("2 of its 3 rows tell no month, such as ',,,31,,2020-13-12,")


def test_a_long_file_of_no_flights_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(looking, "ENOUGH_ROWS", 1_000)
    _, said, _ = _look(tmp_path, "a.csv", EXPO.partition(b"\n")[0] + b"\n" + b"a\n" * 5_000)
    assert said.startswith("none of its first 1,100 rows tells a month, such as 'a'")


def test_a_file_that_is_asked_for_by_name_is_told_what_it_is(tmp_path):
    (tmp_path / "flights").write_bytes(b"a,b\n1,2\n")
    [look] = looking.looks(tmp_path / "flights")
    assert look.verdict == "refused" and "the first line is not a header of BTS on-time data: 'a,b'" in look.message


def test_a_file_that_cannot_tell_flights_says_what_it_lacks(tmp_path):
    content = b"FL_DATE,ORIGIN_AIRPORT_ID,DEST_AIRPORT_ID,CRS_DEP_TIME\n12/1/2020 12:00:00 AM,11193,10721,0730\n"
    verdict, said, fix = _look(tmp_path, "form.csv", content)
    lacks = "it lacks what tells a flight: the airline, the flight number, the origin's code, the destination's code"
    assert (verdict, said.partition(";")[0]) == ("refused", lacks)
    assert "OP_UNIQUE_CARRIER" in fix
