"""Files with names that the cleaning reads, but values that it does not: they are written anew."""

import csv
import gzip

import pytest

from aero.month import Month
from luigi_tasks.landing import flight_file, land_file, looking, pieces, rewriting, table, values
from luigi_tasks.landing.looking import Entry
from luigi_tasks.sources.folder import Folder
from tests.luigi_tasks.bts_files import csv_bytes, row

JANUARY = [row(2013, 1, FlightDate=f"2013-01-{day:02d}", DayofMonth=str(day), DepTime="851") for day in range(1, 32)]


def _look(tmp_path, content: bytes):
    (tmp_path / "in.csv").write_bytes(content)
    return looking.look(Entry(tmp_path / "in.csv"))


def _rows(tmp_path, look):
    rewriting.rewrite(tmp_path / "in.csv", tmp_path / "out.csv.gz", "in", reading=look.reading)
    return list(csv.DictReader(gzip.decompress((tmp_path / "out.csv.gz").read_bytes()).decode().splitlines()))


def test_what_bts_writes_stays_as_it_is(tmp_path):
    for rows, layout in ((JANUARY, "reporting"), ([row(2008, 1, DepTime="NA", TailNum="NA")], "dataexpo")):
        look = _look(tmp_path, csv_bytes(rows, layout))
        assert look.dialect.is_plain(look.form)


@pytest.mark.parametrize(
    ("column", "value", "read"),
    [
        ("FlightDate", "1/31/2013", "2013-01-31"),
        ("DepTime", "851.0", "0851"),
        ("DepTime", "8:51", "0851"),
        ("Cancelled", "False", "0.00"),
        ("ArrDelay", ".", ""),
        ("Tail_Number", "(null)", ""),
        ("Tail_Number", "?", ""),
        ("Tail_Number", "[NULL]", ""),
        ("ArrDelay", "--", ""),
        ("Year", "2013.0", "2013"),
        ("Year", "13", "2013"),
        ("Origin", "jfk", "JFK"),
        ("Origin", "'JFK'", "JFK"),
        ("Reporting_Airline", "aa", "AA"),
        ("Distance", '"1,024.00"', "1024.00"),
        ("DepTime", '="0851"', "0851"),
        ("FlightDate", "41305", "2013-01-31"),
        ("Origin", "JFK\xc2\xa0", "JFK"),
        ("Origin", ' "JFK"', "JFK"),
    ],
)
def test_what_was_written_anew_with_the_same_names_is_written_as_bts_does(tmp_path, column, value, read):
    look = _look(tmp_path, csv_bytes([row(2013, 1, **{column: value})]))
    assert not look.dialect.is_plain(look.form)
    assert [one[column] for one in _rows(tmp_path, look)] == [read]


@pytest.mark.parametrize("airline", ["Delta Air Lines Inc.", '"Endeavor Air, Inc."'])
def test_names_of_airlines_in_place_of_their_codes_are_refused(tmp_path, airline):
    look = _look(tmp_path, csv_bytes([row(2013, 1, Reporting_Airline=airline)] * 3))
    said = f"Reporting_Airline has airlines' names, such as {airline.strip(chr(34))!r}, and no column has their codes"
    assert look.verdict == "refused" and said in look.message


@pytest.mark.parametrize("airport", ["11193", "KCVG", '"Cincinnati, OH"'])
def test_what_is_no_code_of_an_airport_is_refused_where_there_are_none_else(tmp_path, airport):
    flights = [row(2013, 1, Origin="JFK", Dest=airport)] * 3
    look = _look(tmp_path, csv_bytes(flights))
    said = f"Dest has no codes of airports of three letters, but such as {airport.strip(chr(34))!r}"
    assert look.verdict == "refused" and said in look.message
    assert _look(tmp_path, csv_bytes([*flights, row(2013, 1, Dest="LAX")])).verdict == "flights"


def test_a_row_that_is_not_as_its_header_has_no_codes(tmp_path):
    moved = csv_bytes([row(2013, 1, OriginCityName="New York, NY", Origin="JFK", DepDelay="NULL")])
    look = _look(tmp_path, moved)
    assert "which has 111 fields; the header has 110" in look.message


@pytest.mark.parametrize(
    ("column", "value", "fix"),
    [
        ("DepTime", "07h30", "Write it as BTS does, 0851, or leave the column out: --ignore-columns 'DepTime'"),
        ("ArrDelay", "8.1E+01", "Write it as BTS does, 81.00, or leave the column out: --ignore-columns 'ArrDelay'"),
        ("Cancelled", "maybe", "Write it as BTS does, 1.00, or leave the column out: --ignore-columns 'Cancelled'"),
        (
            "FlightDate",
            '"Tue, 01 Jan 2013"',
            "Write it as BTS does, 2021-02-01, or leave the column out: --ignore-columns 'FlightDate'",
        ),
    ],
)
def test_a_column_in_a_spelling_that_is_not_known_is_named_with_what_to_do(tmp_path, column, value, fix):
    look = _look(tmp_path, csv_bytes([row(2013, 1, **{column: value})] * 3))
    spelled = f"{column} is in a spelling that is not known, such as {value.strip(chr(34))!r}"
    assert look.message == f"{tmp_path}/in.csv: {spelled}\n  {fix}"
    read = row(2013, 1, DepTime="0851", Cancelled="0.00", ArrDelay="1")
    some_are_read = csv_bytes([row(2013, 1, **{column: value}), read, read])
    assert _look(tmp_path, some_are_read).verdict == "flights"


def test_a_year_of_two_digits_is_one_of_the_record(tmp_path):
    for year, month in (("08", Month(2008, 1)), ("8", Month(2008, 1)), ("96", Month(1996, 1))):
        look = _look(tmp_path, csv_bytes([row(2008, 1, Year=year)], "dataexpo"))
        assert look.months == {month: 1} and not look.dialect.is_plain(look.form)


def test_a_column_that_is_left_out_for_its_spelling_is_missing(tmp_path):
    (tmp_path / "in.csv").write_bytes(csv_bytes([row(2013, 1, DepTime="07h30")]))
    look = looking.look(Entry(tmp_path / "in.csv"), table.reading(None, "DepTime"))
    assert look.verdict == "flights" and "DepTime" in look.form.missing


def test_long_codes_of_bts_are_codes(tmp_path):
    assert _look(tmp_path, csv_bytes([row(2013, 1, Reporting_Airline="KH (1)")])).verdict == "flights"


def test_rows_of_nothing_are_none(tmp_path):
    content = csv_bytes([row(2013, 1, FlightDate="1/31/2013"), {}, row(2013, 1), {}])
    look = _look(tmp_path, content)
    assert (look.rows, look.months) == (2, {Month(2013, 1): 2})
    rewriting.rewrite(tmp_path / "in.csv", tmp_path / "out.csv.gz", "in")
    assert flight_file.scan(tmp_path / "out.csv.gz", "out").rows == 2
    assert gzip.decompress((tmp_path / "out.csv.gz").read_bytes()).split(b"\n")[2] == b""


def _slashed(rows, spelling: str) -> bytes:
    return csv_bytes([one | {"FlightDate": spelling.format(*one["FlightDate"].split("-"))} for one in rows])


@pytest.mark.parametrize("spelling", ["{1}/{2}/{0}", "{2}/{1}/{0}", "{2}-{1}-{0}", "{1}-{2}-{0}"])
@pytest.mark.parametrize("first_rows", [100, 5], ids=["told by the first rows", "told by all rows"])
def test_whether_the_day_is_first_is_told_by_the_rows(tmp_path, monkeypatch, spelling, first_rows):
    monkeypatch.setattr(table, "FIRST_ROWS", first_rows)
    look = _look(tmp_path, _slashed(JANUARY, spelling))
    assert look.months == {Month(2013, 1): 31}
    assert [one["FlightDate"] for one in _rows(tmp_path, look)] == [one["FlightDate"] for one in JANUARY]


def test_the_months_of_a_file_with_the_day_first_stay_theirs(tmp_path):
    february = [row(2013, 2, FlightDate=f"2013-02-{day:02d}", DayofMonth=str(day)) for day in range(1, 13)]
    look = _look(tmp_path, _slashed([*JANUARY, *february], "{2}/{1}/{0}"))
    assert look.months == {Month(2013, 1): 31, Month(2013, 2): 12}
    piece = pieces.split(look.entry, tmp_path, look.reading)[2013, 2]
    with table.opened(piece, "piece", reading=look.reading) as source:
        assert [month for _, month in rewriting.months(source)] == [Month(2013, 2)] * 12


def test_dates_of_two_orders_are_american_where_they_say_so():
    assert values.date("1/2/2013 12:00:00 AM") == "2013-01-02" and not values.is_either("1/2/2013 12:00:00 AM")
    assert values.date("01-02-03") == "01-02-03"


def test_what_the_whole_file_shows_of_its_dates_goes_with_each_piece_of_it(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_CACHE", str(tmp_path / "cache"))
    february = [row(2013, 2, FlightDate=f"2013-02-{day:02d}", DayofMonth=str(day)) for day in range(1, 13)]
    (tmp_path / "in.csv").write_bytes(_slashed([*JANUARY, *february], "{2}/{1}/{0}"))
    source = Folder(tmp_path / "in.csv")
    [offer] = source.offers([Month(2013, 2)]).files
    (tmp_path / "own").mkdir()
    arrival = land_file.check(source.fetch(offer, tmp_path, lambda *_: None), "", offer, tmp_path / "own")
    assert arrival.contents.months == {Month(2013, 2): 12}
    assert b"2013-02-12" in gzip.decompress(arrival.readable.read_bytes())
