import pytest

from luigi_tasks.landing import values


@pytest.mark.parametrize(
    "text",
    [
        "2021-02-01", "2021/2/1", "2021.02.01", "2021-02-01T00:00:00.000Z", "2021-02-01 00:00:00+00:00", "20210201",
        "2/1/2021", "02/01/2021 0:00", "2/1/2021 12:00:00 AM", "2/1/21", "01.02.2021", "1.2.2021 00:00", "01FEB2021",
        "1-Feb-21", "01FEB2021:00:00:00", "20210201.0",
    ],
)  # fmt: skip
def test_a_date_in_any_spelling(text):
    assert values.date(text) == "2021-02-01"


@pytest.mark.parametrize("text", ["1/2", "2021-02", "01XYZ2021", "2021-02-01 05:00:00", "2021-02/01", "1.2.21", ""])
def test_what_is_no_date_of_known_spelling_stays_for_the_cleaning_to_refuse(text):
    assert values.date(text) == text


def test_a_year_of_two_digits_is_of_the_record():
    assert [values.date(f"10/1/{year}")[:4] for year in ("87", "99", "00", "86")] == ["1987", "1999", "2000", "2086"]


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("851", "0851"), ("851.0", "0851"), ("8:51", "0851"), ("08:51:00", "0851"), ("8:51 AM", "0851"),
        ("12:05 AM", "0005"), ("12:05 pm", "1205"), ("11:59PM", "2359"), ("24:00", "2400"), ("5", "0005"), ("x", "x"),
    ],
)  # fmt: skip
def test_a_clock_in_any_spelling(text, clock):
    assert values.clock(text) == clock
