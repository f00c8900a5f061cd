import pytest

from luigi_tasks.landing import values


@pytest.mark.parametrize(
    "text",
    [
        "2021-02-01", "2021/2/1", "2021.02.01", "2021-02-01T00:00:00.000Z", "2021-02-01 00:00:00+00:00", "20210201",
        "2/1/2021", "02/01/2021 0:00", "2/1/2021 12:00:00 AM", "2/1/21", "01.02.2021", "1.2.2021 00:00", "01FEB2021",
        "1-Feb-21", "01FEB2021:00:00:00", "20210201.0", "1 February 2021", "Feb 1, 2021", "February 01, 2021", "44228",
        "44228.0",
    ],
)  # fmt: skip
def test_a_date_in_any_spelling(text):
    assert values.date(text) == "2021-02-01"


@pytest.mark.parametrize(
    "text",
    ["1/2", "2021-02", "01XYZ2021", "2021-02-01 05:00:00", "2021-02/01", "1.2.21", "Xyz 1, 2021", "11193", "99999", ""],
)
def test_what_is_no_date_of_known_spelling_stays_for_the_cleaning_to_refuse(text):
    assert values.date(text) == text


def test_a_year_of_two_digits_is_of_the_record():
    assert [values.date(f"10/1/{year}")[:4] for year in ("87", "99", "00", "86")] == ["1987", "1999", "2000", "2086"]


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("851", "0851"), ("851.0", "0851"), ("8:51", "0851"), ("08:51:00", "0851"), ("8:51 AM", "0851"),
        ("12:05 AM", "0005"), ("12:05 pm", "1205"), ("11:59PM", "2359"), ("24:00", "2400"), ("5", "0005"), ("x", "x"),
        ("2021-02-01 08:51:00", "0851"), ("2021-02-01", "0000"),
    ],
)  # fmt: skip
def test_a_clock_in_any_spelling(text, clock):
    assert values.clock(text) == clock


def test_what_a_spreadsheet_keeps_as_a_text_is_that_text():
    assert [values.text_of_excel(field) for field in ('="0851"', "'0851", " 0851 ", "O'Hare")] == ["0851"] * 3 + [
        "O'Hare"
    ]


@pytest.mark.parametrize(("text", "number"), [("1,024.00", "1024.00"), ("-1,024", "-1024"), ("1,5", "1,5"), ("9", "9")])
def test_thousands_are_no_decimals(text, number):
    assert values.without_thousands(text) == number


def test_codes_of_airports_are_in_upper_case_and_their_numbers_are_none():
    assert [values.airport(text) for text in ("jfk", "JFK", "12478")] == ["JFK", "JFK", ""]
