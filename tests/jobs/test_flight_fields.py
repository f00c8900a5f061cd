from datetime import date

import flight_fields
import pytest
from pyspark.sql import functions as F

from aero.bts import LAYOUTS
from tests.jobs.bts_rows import header, line

TYPED = {
    "integer": {
        "0.00": 0,
        "5": 5,
        "-12.00": -12,
        "5.0": 5,
        "007": 7,
        "2147483647": 2147483647,
        "2147483648": None,
        "5.50": None,
        "5.001": None,
        "abc": None,
        "1e3": None,
        "5d": None,
        ".00": None,
        None: None,
    },
    "flag": {"0.00": False, "1.00": True, "0": False, "1": True, "2.00": None, "Y": None, None: None},
    "yes_no": {"Y": True, "N": False, "1": None, None: None},
    "clock": {
        "0659": "06:59",
        "659": "06:59",
        "5": "00:05",
        "0": "00:00",
        "0000": "00:00",
        "2359": "23:59",
        "2400": "24:00",
        "2401": None,
        "1260": None,
        "00659": None,
        "-5": None,
        "12:30": None,
        "noon": None,
        None: None,
    },
    "date": {"2013-07-15": date(2013, 7, 15), "2013-02-29": None, "2013-7-15": None, "15/07/2013": None, None: None},
    "text": {"New York, NY": "New York, NY", "06": "06", None: None},
}


@pytest.mark.parametrize("kind", TYPED)
def test_typed_is_null_for_what_is_not_of_the_kind(spark, kind):
    texts = spark.createDataFrame([(text,) for text in TYPED[kind]], "text string")

    values = texts.select("text", flight_fields.typed(F.col("text"), kind, "any_column").alias("value")).collect()

    assert dict(values) == TYPED[kind]


def test_typed_leaves_placeholders_out_of_tail_numbers_and_zeros_out_of_flight_numbers(spark):
    tails = {
        "N338AA": "N338AA",
        "SKYWEST1": "SKYWEST1",
        "UNKNOW": None,
        "000000": None,
        "0": None,
        "N3\ufffd5AA": None,
        None: None,
    }
    numbers = {"1": "1", "0012": "12", "100": "100", "0": "0", "0000": "0", None: None}
    typed = flight_fields.typed

    for column, values in {"tail_number": tails, "marketing_flight_number": numbers}.items():
        texts = spark.createDataFrame([(text,) for text in values], "text string")
        assert dict(texts.select("text", typed(F.col("text"), "text", column)).collect()) == values


def test_fields_reads_two_spellings_of_nothing_commas_in_quotes_and_padding(spark):
    text = line(OriginCityName='"Say ""Hi"", NY"', Dest='" LAX "', DestCityName='""', DestState="")
    lines = spark.createDataFrame([(text, 2)], "line string, source_line int")

    [row] = flight_fields.fields(lines, header(), LAYOUTS["reporting"]).collect()

    given = {name: row[f"_{name}"] for name in ("OriginCityName", "Dest", "DestCityName", "DestState", "CRSDepTime")}
    assert given == {
        "OriginCityName": 'Say "Hi", NY',
        "Dest": "LAX",
        "DestCityName": None,
        "DestState": None,
        "CRSDepTime": "0900",
    }
    assert row["_unreadable"] is None


@pytest.mark.parametrize("fault", ["one,", ',"', ""], ids=["field too many", "open quote", "empty line"])
def test_fields_marks_a_line_that_has_not_the_fields_of_its_header(spark, fault):
    text = line() + fault if fault else "2013,3,7"
    lines = spark.createDataFrame([(text, 2)], "line string, source_line int")

    [row] = flight_fields.fields(lines, header(), LAYOUTS["reporting"]).collect()

    assert row["_unreadable"] == text


def test_columns_are_found_by_name_in_any_order(spark):
    names, values = header().split(","), ["" for _ in header().split(",")]
    names[0], names[5] = names[5], names[0]
    values[0], values[5] = "2013-07-15", "2013"
    lines = spark.createDataFrame([(",".join(values), 2)], "line string, source_line int")

    [row] = flight_fields.fields(lines, ",".join(names), LAYOUTS["reporting"]).collect()

    assert (row["_Year"], row["_FlightDate"]) == ("2013", "2013-07-15")
