"""Values that a line does not give: causes that its month collected, schedules that its clocks and delays tell."""

import pytest
from pyspark.sql import functions as F

from tests.jobs.bts_rows import cancelled, flights, header, line, raw

LATE = {"ArrDelay": "32.00", "ArrDel15": "1.00"}
CAUSE = {"NASDelay": "32.00"}


def _month(year, month, *rows):
    date = {"Year": str(year), "Month": str(month), "Quarter": "", "DayOfWeek": "", "FlightDate": f"{year}-0{month}-15"}
    return [
        header(),
        *[line(**date | {"Flight_Number_Reporting_Airline": str(number)} | row) for number, row in enumerate(rows, 1)],
    ]


@pytest.mark.parametrize(
    ("year", "month", "rows", "found"),
    [
        (2003, 6, [LATE | CAUSE] * 2, 0),
        (2003, 6, [LATE | {"NASDelay": "0.00"}] * 2, 0),
        (2003, 5, [LATE | CAUSE] * 2, None),
        (2013, 7, [LATE] * 2, None),
        (2013, 7, [LATE | CAUSE] + [LATE] * 3, None),
        (2013, 7, [LATE | CAUSE] * 2 + [LATE] * 19, None),
        (2013, 7, [LATE | CAUSE | {"TaxiOut": "1.00"}] * 5 + [LATE], None),
        (2013, 7, [LATE | CAUSE | {"Flight_Number_Reporting_Airline": "900"}] * 5, None),
    ],
    ids=["given", "given as 0", "before", "none", "one", "too few of the late", "refused lines", "one repeated"],
)
def test_a_flight_on_time_has_causes_of_0_where_enough_good_late_flights_give_one(check, year, month, rows, found):
    cleaned = check(raw("reporting", year, month), _month(year, month, {}, *rows))

    assert flights(cleaned, "nas_delay_minutes")[0] == (found,)


OLD = {"Year": "1996", "Month": "1", "DayofMonth": "2", "DayOfWeek": "2", "CRSDepTime": "0", "CRSArrTime": "0"}
NONE = {"Year": "2011", "CRSDepTime": "NA", "CRSArrTime": "NA"}
# The good flight with other clocks and delays → its scheduled clocks and whether they are derived.
SCHEDULES = {
    "in the day": ({}, "09:00", "12:20", True),
    "late over midnight": ({"DepTime": "15", "DepDelay": "25"}, "23:50", "12:20", True),
    "early over midnight": ({"DepTime": "2355", "DepDelay": "-10"}, "00:05", "12:20", True),
    "at the day's end": ({"DepTime": "2400", "DepDelay": "0"}, "24:00", "12:20", True),
    "a delay counted from the 0": ({"DepTime": "912", "DepDelay": "552"}, None, "12:20", True),
    "cancelled": (dict.fromkeys(cancelled(), "NA") | {"Cancelled": "1"}, None, None, False),
    "diverted": ({"ArrDelay": "NA", "Diverted": "1"}, "09:00", None, True),
    "given": ({"CRSDepTime": "905", "CRSArrTime": "1220"}, "09:05", "12:20", False),
    "not given": (NONE, "09:00", "12:20", True),
    "not given, at midnight": (NONE | {"DepTime": "12", "ArrTime": "2", "ArrDelay": "2"}, "00:00", "00:00", True),
    "not given, cancelled": (dict.fromkeys(cancelled(), "NA") | NONE | {"Cancelled": "1"}, None, None, False),
    "years later": ({"Year": "2000"}, "00:00", "00:00", False),
}


def _expo(**changes):
    known = header("dataexpo").split(",")
    return line("dataexpo", **{name: value for name, value in (OLD | changes).items() if name in known})


@pytest.mark.parametrize("case", SCHEDULES)
def test_a_schedule_that_is_not_given_is_the_clock_less_the_delay(check, case):
    changes, *expected = SCHEDULES[case]
    names = ("scheduled_departure_local", "scheduled_arrival_local", "is_schedule_derived")
    year = int(changes.get("Year", "1996"))

    cleaned = check(raw("dataexpo", year, 1), [header("dataexpo"), _expo(**changes)])

    assert flights(cleaned, *names) == [tuple(expected)]


def test_a_derived_schedule_gives_the_instants_of_its_flight_date(check):
    # 23:50 EST on the 2nd is 04:50Z on the 3rd; it left 25 minutes later, at 00:15 EST.
    texts = [header("dataexpo"), _expo(DepTime="15", DepDelay="25")]

    cleaned = check(raw("dataexpo", 1996, 1), texts)

    names = ("scheduled_departure_at", "departure_at")
    (found,) = cleaned.flights.select("flight_date", *[F.col(name).cast("string") for name in names]).collect()
    assert (str(found.flight_date), *found[1:]) == ("1996-01-02", "1996-01-03 04:50:00", "1996-01-03 05:15:00")


def test_actual_clocks_tell_flights_without_a_schedule_apart(check):
    unknown = {"DepDelay": "NA", "ArrDelay": "NA"}
    texts = [_expo(**unknown), _expo(**unknown, DepTime="1512"), _expo(**unknown)]

    cleaned = check(raw("dataexpo", 1996, 1), [header("dataexpo"), *texts])

    assert flights(cleaned, "source_line", "departure_local") == [(2, "09:12"), (3, "15:12")]
    assert [row.detail for row in cleaned.refused.collect()] == ["has the key of line 2"]
