"""What differs by layout and era."""

from datetime import date

import flight_cleaning
import pytest

from aero.errors import AeroError
from tests.jobs.bts_rows import flights, header, line, raw


def test_the_data_expo_has_no_date_another_null_and_a_year_in_a_file(check):
    old = {"Year": "1998", "Month": "2", "DayOfWeek": "7"}
    nothing = dict.fromkeys(["TailNum", "AirTime", "TaxiIn", "TaxiOut", "ArrDelay", "CancellationCode"], "NA")
    texts = [
        header("dataexpo"),
        line("dataexpo", **old, **nothing),
        line(
            "dataexpo", **old, FlightNum="6", DepTime="NA", CRSDepTime="0", CRSArrTime="0", ArrTime="NA", ArrDelay="NA"
        ),
        line("dataexpo", **old, FlightNum="7", CRSDepTime="0", CRSArrTime="320"),
        line("dataexpo", **old | {"DayofMonth": "30"}),
        line("dataexpo", **old | {"Month": "3"}),
        line("dataexpo", **old | {"Month": "NA"}),
        "1998,2,15",
    ]

    february = check(raw("dataexpo", 1998, 2), texts)
    january = check(raw("dataexpo", 1998, 1), texts)

    names = ("source_line", "flight_date", "quarter", "scheduled_departure_local", "scheduled_arrival_local")
    assert flights(february, *names, "tail_number", "air_minutes", "flights") == [
        (2, date(1998, 2, 15), 1, "09:00", "12:20", None, None, None),
        (3, date(1998, 2, 15), 1, None, None, "N338AA", 340, None),
        (4, date(1998, 2, 15), 1, "00:00", "03:20", "N338AA", 340, None),
    ]
    refused = ("source_line", "reason", "detail")
    assert [tuple(row) for row in february.refused.select(*refused).collect()] == [
        (5, "untypable", 'Year="1998" Month="2" DayofMonth="30"'),
        (8, "wrong_field_count", "3 fields, the header has 29"),
    ]
    # The line that tells no month is refused once, with the first month of its year.
    assert [tuple(row) for row in january.refused.select(*refused).collect()] == [
        (7, "missing_key", "flight_date is not given"),
    ]


@pytest.mark.parametrize(
    ("months", "kept"),
    [
        ((10, 12), {10: [2, 4, 5], 12: [3]}),
        ((12,), {12: [2, 3, 4, 5]}),
        ((5, 10, 12), {5: [4, 5], 10: [2], 12: [3]}),
    ],
)
def test_a_line_that_tells_no_month_belongs_to_the_first_month_that_its_file_was_landed_for(spark, months, kept):
    texts = ["1987,10,1", "1987,12,1", "NA,10,1", "nonsense"]
    lines = spark.createDataFrame(list(zip(texts, range(2, 6))), "line string, source_line int")

    of_months = {
        month: flight_cleaning.lines_of_months(lines, header("dataexpo"), raw("dataexpo", 1987, month, months))
        for month in months
    }

    assert {month: [row.source_line for row in rows.collect()] for month, rows in of_months.items()} == kept


def test_a_code_share_swap_is_no_duplicate_but_a_repeated_flight_is(check):
    texts = [
        header("marketing"),
        line("marketing", Operating_Airline="OO", Flight_Number_Operating_Airline="5001"),
        line("marketing", Operating_Airline="YX", Flight_Number_Operating_Airline="5001", Duplicate="Y"),
        line("marketing", Operating_Airline="YX", Flight_Number_Operating_Airline="5001", Duplicate="N"),
    ]

    rows = check(raw("marketing"), texts)

    names = ("airline_id", "marketing_airline_id", "marketing_flight_number", "is_code_share_swap")
    assert flights(rows, *names) == [("OO", "AA", "1", False), ("YX", "AA", "1", True)]
    assert [row.detail for row in rows.refused.collect()] == ["has the key of line 3"]


def test_a_plan_that_does_not_fit_the_file_is_an_error_naming_both():
    with pytest.raises(AeroError, match="file.csv: its header is of reporting/reporting, not marketing/marketing"):
        raw("marketing").check_header(header())
