"""Each rule on lines that break it, all of them one file of July 2013, cleaned once."""

import flight_rules
import pytest

from aero.load_plan import RawMonth
from tests.jobs.bts_rows import cancelled, header, line
from tests.jobs.bts_rows import cleaned as cleaned_rows

RAW = RawMonth(2013, 7, "unused", "july.csv", "reporting", "reporting", "load-1")
DIVERTED = {
    "Diverted": "1.00",
    "ArrDelay": "",
    "ActualElapsedTime": "",
    "AirTime": "",
    "DivAirportLandings": "1",
    "DivReachedDest": "1.00",
    "DivArrDelay": "90.00",
    "Div1Airport": '"ONT"',
}
# Every line has a flight number of its own, unless it says otherwise: case → (changes, reason, detail).
CASES = {
    "a good flight": ({}, None, None),
    "cancelled": (cancelled(), None, None),
    "cancelled after it left the gate": (cancelled(DepTime='"0912"', DepDelay="12.00", TaxiOut="20.00"), None, None),
    "diverted": (DIVERTED, None, None),
    "clocks of 2400": ({"DepTime": '"2400"', "ArrTime": '"2400"'}, None, None),
    "an unknown tail": ({"Tail_Number": "UNKNOW"}, None, None),
    "no number in a number": ({"DepDelay": "abc"}, "untypable", 'DepDelay="abc"'),
    "half a minute": ({"ArrDelay": "2.50"}, "untypable", 'ArrDelay="2.50"'),
    "no clock": ({"CRSDepTime": '"0960"'}, "untypable", 'CRSDepTime="0960"'),
    "no flag": ({"Cancelled": "2.00"}, "untypable", 'Cancelled="2.00"'),
    "no date": ({"FlightDate": "2013-07-32"}, "untypable", 'FlightDate="2013-07-32"'),
    "no year": ({"Year": "13.5"}, "untypable", 'Year="13.5"'),
    "no number in a diversion": (DIVERTED | {"Div1TotalGTime": "x"}, "untypable", 'Div1TotalGTime="x"'),
    "no clock in the fifth": (DIVERTED | {"Div5WheelsOff": "2500"}, "untypable", 'Div5WheelsOff="2500"'),
    "a field too many": ({"Flights": "1.00,1.00"}, "wrong_field_count", "111 fields, the header has 110"),
    "no origin": ({"Origin": '""'}, "missing_key", "origin_id is not given"),
    "no destination": ({"Dest": ""}, "missing_key", "destination_id is not given"),
    "no airline": ({"Reporting_Airline": '" "'}, "missing_key", "airline_id is not given"),
    "no number": ({"Flight_Number_Reporting_Airline": ""}, "missing_key", "flight_number is not given"),
    "no date at all": ({"FlightDate": "", "DayofMonth": ""}, "missing_key", "flight_date is not given"),
    "a date out of its parts": ({"FlightDate": ""}, None, None),
    "next month": (
        {"FlightDate": "2013-08-15", "Month": "8"},
        "wrong_month",
        "flight date 2013-08-15 is not in the file's month 2013-07",
    ),
    "last year": (
        {"FlightDate": "2012-07-15", "Year": "2012"},
        "wrong_month",
        "flight date 2012-07-15 is not in the file's month 2013-07",
    ),
    "another Month": ({"Month": "6"}, "wrong_month", 'Month="6" is not in the file\'s month 2013-07'),
    "another Year": ({"Year": "2014"}, "wrong_month", 'Year="2014" is not in the file\'s month 2013-07'),
    "another day": ({"DayofMonth": "16"}, "contradiction", "DayofMonth 16 is not the day of 2013-07-15"),
    "cancelled, yet arrived": ({"Cancelled": "1.00"}, "contradiction", "cancelled, but it arrived"),
    "cancelled and diverted": (cancelled(Diverted="1.00"), "contradiction", "cancelled and diverted"),
    "parts that do not add up": (
        {"TaxiOut": "21.00"},
        "contradiction",
        "TaxiOut + AirTime + TaxiIn: 21 + 340 + 10 is not ActualElapsedTime 370",
    ),
    "parts too big to add up": (
        {"TaxiOut": "2147483647", "AirTime": "2147483647"},
        "contradiction",
        "TaxiOut + AirTime + TaxiIn: 2147483647 + 2147483647 + 10 is not ActualElapsedTime 370",
    ),
    "parts not all known": ({"TaxiOut": "", "AirTime": ""}, None, None),
    "a flight back in time": ({"AirTime": "-340.00"}, "contradiction", "AirTime -340 is below zero"),
    "first of a key": ({"Flight_Number_Reporting_Airline": "900"}, None, None),
    "second of a key": ({"Flight_Number_Reporting_Airline": "0900"}, "duplicate_key", "has the key of line 34"),
    "third of a key": ({"Flight_Number_Reporting_Airline": "900"}, "duplicate_key", "has the key of line 34"),
    "the number again, elsewhere": ({"Flight_Number_Reporting_Airline": "900", "Dest": "SFO"}, None, None),
    "the number again, later": ({"Flight_Number_Reporting_Airline": "900", "CRSDepTime": "2100"}, None, None),
    "refused, first of a key": (
        {"Flight_Number_Reporting_Airline": "901", "DepDelay": "abc"},
        "untypable",
        'DepDelay="abc"',
    ),
    "good, second of its key": ({"Flight_Number_Reporting_Airline": "901"}, None, None),
    "no schedule": ({"Flight_Number_Reporting_Airline": "902", "CRSDepTime": ""}, None, None),
    "no schedule again": (
        {"Flight_Number_Reporting_Airline": "902", "CRSDepTime": ""},
        "duplicate_key",
        "has the key of line 41",
    ),
    "no schedule, another departure": (
        {"Flight_Number_Reporting_Airline": "902", "CRSDepTime": "", "DepTime": '"1512"'},
        None,
        None,
    ),
}
LINES = [
    line(**{"Flight_Number_Reporting_Airline": f'"{number}"'} | changes)
    for number, (changes, _, _) in enumerate(CASES.values(), 100)
]


@pytest.fixture(scope="module")
def cleaned(spark):
    lines = spark.createDataFrame(list(zip(LINES, range(2, 1000))), "line string, source_line int")
    return cleaned_rows(lines, RAW, header(), {"JFK": "America/New_York"})


@pytest.fixture(scope="module")
def problems(cleaned):
    clean = {row.source_line: (None, None) for row in cleaned.flights.select("source_line").collect()}
    return clean | {row.source_line: (row.reason, row.detail) for row in cleaned.refused.collect()}


@pytest.fixture(scope="module")
def refused(cleaned):
    return cleaned.refused.collect()


@pytest.mark.parametrize("case", CASES)
def test_a_line_is_refused_for_the_first_rule_it_breaks(problems, case):
    _, reason, detail = CASES[case]

    assert problems[list(CASES).index(case) + 2] == (reason, detail)


def test_every_line_is_there_once(problems):
    assert sorted(problems) == list(range(2, len(CASES) + 2))


def test_quarantine_holds_the_refused_lines_as_they_came_and_where_they_stand(refused):
    expected = [
        (reason, detail, text, "reporting", "reporting", "july.csv", number, "load-1")
        for number, (text, (_, reason, detail)) in enumerate(zip(LINES, CASES.values()), 2)
        if reason
    ]

    assert [tuple(row) for row in refused] == expected


def test_every_reason_has_a_case():
    assert {reason for _, reason, _ in CASES.values() if reason} == set(flight_rules.REASONS)
