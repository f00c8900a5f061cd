import gzip

import pytest

from aero import bts_names
from aero.bts import LAYOUTS
from luigi_tasks.landing import flight_file, rewriting, spelling, table
from tests.luigi_tasks.bts_files import csv_bytes, row, zip_bytes
from tests.luigi_tasks.exports import CARRIER, EXPORTS, NAMES, rows_of, written
from tests.samples import DATA

FLIGHTS = rows_of(DATA / "bts" / "reporting_2019_11.csv")
IATA = "IATA_CODE_Reporting_Airline"
TOLD_BY_DATE = {"Year", "Month", "DayofMonth", "FlightDate"}


def _rewritten(tmp_path, content: bytes, reading: table.Reading = table.Reading()):
    """The form of a file, and its rows as they are written anew."""
    (tmp_path / "in").write_bytes(content)
    form = rewriting.rewrite(tmp_path / "in", tmp_path / "out.csv.gz", "in", reading=reading)
    (tmp_path / "out.csv").write_bytes(gzip.decompress((tmp_path / "out.csv.gz").read_bytes()))
    return form, rows_of(tmp_path / "out.csv")


def _value(text: str) -> object:
    """A field, a number of any spelling as a number."""
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_says_what_bts_says_in_the_columns_that_it_has_and_nothing_in_others(tmp_path, name):
    export = EXPORTS[name]
    form, rows = _rewritten(tmp_path, written(export, FLIGHTS))
    assert (form.layout, form.given) == (LAYOUTS["reporting"], len(export.told))
    assert set(form.missing) == set(NAMES) - export.told
    told = export.told | TOLD_BY_DATE | ({CARRIER} if IATA in export.told else set())
    expected = [{column: flight[column] if column in told else "" for column in NAMES} for flight in FLIGHTS]
    assert [{column: _value(one[column]) for column in NAMES} for one in rows] == [
        {column: _value(one[column]) for column in NAMES} for one in expected
    ]
    assert flight_file.scan(tmp_path / "out.csv.gz", "out").months == {(2019, 11): len(FLIGHTS)}


@pytest.mark.parametrize("layout", ["reporting_old", "reporting", "marketing", "dataexpo"])
def test_a_layout_of_bts_that_a_program_wrote_again_tells_all_that_it_told(tmp_path, layout):
    """PREZIP's names of before 2018 are a layout of their own."""
    names = LAYOUTS[layout].columns
    told = {name: f"1{place}" for place, name in enumerate(names) if bts_names.kinds().get(name) != "date"}
    told |= {"Year": "2013", "Month": "1", "FlightDate": "2013-01-31"}
    told |= {"Origin": "JFK", "Dest": "LAX"} | dict.fromkeys(set(names) & set(spelling.AIRLINES), "AA")
    told |= {name: "08:51" for name in names if bts_names.kinds().get(name) == "clock"}
    told |= {name: "True" for name in names if bts_names.kinds().get(name) in ("flag", "yes_no")}
    (tmp_path / "in").write_text(",".join(names) + "\n" + ",".join(told[name] for name in names) + "\n")
    form, [found] = _rewritten(tmp_path, (tmp_path / "in").read_bytes())
    assert (form.layout.name, form.places.keys()) == (layout, set(names))
    assert all(found[name] for name in names)


@pytest.mark.parametrize("null", sorted(spelling.NULLS - {""}))
@pytest.mark.parametrize("layout", ["reporting", "dataexpo"])
def test_every_word_for_nothing_is_nothing(tmp_path, null, layout):
    fields = row(2013, 1, TailNum=null, Tail_Number=null, DepDelay=null)
    # Without the comma at the end of BTS' header.
    content = csv_bytes([fields], layout).replace(b'",\n', b'"\n')
    _, [found] = _rewritten(tmp_path, content)
    assert found["DepDelay"] == found.get("Tail_Number", found.get("TailNum")) == ""
    with table.opened(tmp_path / "in", "in") as source:  # Of the Data Expo's the cleaning knows one.
        assert source.dialect.is_plain(source.form) == (layout == "dataexpo" and null == "NA")


def test_what_bts_writes_is_left_as_it_is_also_where_a_tail_is_called_na(tmp_path):
    (tmp_path / "in").write_bytes(csv_bytes([row(2013, 1, Tail_Number='"NA"')]))
    with table.opened(tmp_path / "in", "in") as source:
        assert source.dialect.is_plain(source.form)


def test_lines_that_are_not_as_their_header_stay_for_the_cleaning_to_refuse(tmp_path):
    content = written(EXPORTS["Kaggle 2015"], FLIGHTS[:3]).splitlines()
    content[2] = b"cut,here"
    (tmp_path / "in").write_bytes(b"\n".join([*content[:3], b"", content[3]]))
    rewriting.rewrite(tmp_path / "in", tmp_path / "out.csv.gz", "in")
    lines = gzip.decompress((tmp_path / "out.csv.gz").read_bytes()).split(b"\n")
    assert (lines[2], lines[3]) == (b"cut,here", b"")
    assert [len(line.split(b",")) for line in lines[:2]] == [110, 110]


def test_a_line_of_as_many_fields_as_the_layout_but_not_the_header_is_no_row(tmp_path):
    header = ",".join(f'"{name.lower()}"' for name in NAMES[:-1]).encode()
    (tmp_path / "in").write_bytes(header + b"\n" + b"," * 109 + b"\n")
    rewriting.rewrite(tmp_path / "in", tmp_path / "out.csv.gz", "in")
    assert gzip.decompress((tmp_path / "out.csv.gz").read_bytes()).splitlines()[1].count(b",") > 109


@pytest.mark.parametrize("quotes", [b"", b'"'])
def test_a_header_that_comes_again_is_an_empty_line(tmp_path, quotes):
    """Of parts of a month that were put one behind the other."""
    first = written(EXPORTS["Kaggle 2015"], FLIGHTS[:2])
    header = quotes + first.splitlines()[0].replace(b",", quotes + b"," + quotes) + quotes
    (tmp_path / "in").write_bytes(
        first + header + b"\n" + written(EXPORTS["Kaggle 2015"], FLIGHTS[2:4]).split(b"\n", 1)[1]
    )
    rewriting.rewrite(tmp_path / "in", tmp_path / "out.csv.gz", "in")
    assert flight_file.scan(tmp_path / "out.csv.gz", "out").rows == 4
    with flight_file.lines_of(tmp_path / "out.csv.gz", "out") as lines:
        assert [place for place, line in enumerate(lines) if not line] == [3]


@pytest.mark.parametrize("layout", ["reporting", "dataexpo"])
def test_numbers_of_flights_are_what_programs_make_of_them(tmp_path, layout):
    fields = row(2013, 1, FlightNum="4628.0", Flight_Number_Reporting_Airline='"4,628"', DepDelay="NULL")
    _, [found] = _rewritten(tmp_path, csv_bytes([fields], layout))
    assert found.get("FlightNum", found.get("Flight_Number_Reporting_Airline")) == "4628"


def test_a_comma_without_quotes_moves_no_value_to_the_next_column(tmp_path):
    content = csv_bytes([row(2013, 1, OriginCityName="New York, NY", DepDelay="NULL"), row(2013, 1)])
    _rewritten(tmp_path, content)
    cut, whole = (tmp_path / "out.csv").read_bytes().splitlines()[1:]
    assert cut.removesuffix(b",,") in content and b',"New York, NY",' in whole


@pytest.mark.parametrize("layout", ["reporting", "dataexpo"])
def test_a_comma_in_a_value_makes_no_field_of_its_own(tmp_path, layout):
    fields = row(2013, 1, ArrDelay='"1,5"', Tail_Number='"N1,2"', TailNum='"N1,2"', DepDelay="NULL")
    _, [found] = _rewritten(tmp_path, csv_bytes([fields], layout))
    assert (found["ArrDelay"], found.get("TailNum", found.get("Tail_Number"))) == ("1,5", "N1,2")


def test_bytes_that_are_no_utf_8_go_through(tmp_path):
    content = written(EXPORTS["Kaggle 2015"], FLIGHTS[:1]).replace(FLIGHTS[0]["Tail_Number"].encode(), b"N\xf1")
    (tmp_path / "in").write_bytes(content)
    rewriting.rewrite(tmp_path / "in", tmp_path / "out.csv.gz", "in")
    assert b'"N\xf1"' in gzip.decompress((tmp_path / "out.csv.gz").read_bytes())


def test_the_same_file_gives_the_same_bytes(tmp_path):
    (tmp_path / "in.zip").write_bytes(zip_bytes(written(EXPORTS["web form"], FLIGHTS)))
    for name in ("a", "b"):
        rewriting.rewrite(tmp_path / "in.zip", tmp_path / name, "in")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_number_of_an_airport_is_no_code(tmp_path):
    """As October 2015 of Kaggle's flights.csv has them: the line is refused for lack of a key, not believed."""
    content = written(EXPORTS["Kaggle 2015"], [FLIGHTS[0] | {"Origin": "14747"}, FLIGHTS[0]])
    _, [found, _] = _rewritten(tmp_path, content)
    assert (found["Origin"], found["Dest"]) == ("", FLIGHTS[0]["Dest"])


def test_a_file_without_header_is_read_by_the_one_that_is_given(tmp_path):
    lines = written(EXPORTS["Kaggle 2015"], FLIGHTS).split(b"\n", 1)
    (tmp_path / "header.csv").write_bytes(lines[0] + b"\n")
    (tmp_path / "in").write_bytes(lines[1])
    with pytest.raises(table.AeroError, match="in: it has no header: .* 31 fields.*\n.*--header-from") as refused:
        rewriting.rewrite(tmp_path / "in", tmp_path / "out.csv.gz", "in")
    assert "--header-from" in refused.value.fix
    _, rows = _rewritten(tmp_path, lines[1], table.reading(str(tmp_path / "header.csv"), ""))
    assert [one["Origin"] for one in rows] == [flight["Origin"] for flight in FLIGHTS]
    with pytest.raises(table.AeroError, match="its rows have 31 fields, the header of dataexpo has 29"):
        _rewritten(tmp_path, lines[1], table.reading("dataexpo", ""))
    with pytest.raises(table.AeroError, match="header-from .*nowhere: no layout"):
        _rewritten(tmp_path, lines[1], table.reading("/nowhere", ""))


def test_rows_of_bts_without_header_end_in_a_comma_too(tmp_path):
    content = csv_bytes([row(2013, 1)]).split(b"\n", 1)[1]
    form, [found] = _rewritten(tmp_path, content, table.Reading("reporting"))
    assert (form.given, found["FlightDate"], found["DepDelay"]) == (109, "2013-01-31", "-1.00")
