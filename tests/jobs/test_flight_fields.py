from datetime import date

import flight_fields
import pyarrow as pa
import pytest

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


def dictionary(texts):
    return pa.array(list(texts), pa.string()).dictionary_encode()


@pytest.mark.parametrize("kind", TYPED)
def test_typed_is_null_for_what_is_not_of_the_kind(kind):
    values = flight_fields.written(flight_fields.typed(dictionary(TYPED[kind]), kind, "any_column"), kind)

    assert dict(zip(TYPED[kind], values.to_pylist())) == TYPED[kind]


def test_typed_leaves_placeholders_out_of_tail_numbers_and_zeros_out_of_flight_numbers():
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

    for column, values in {"tail_number": tails, "marketing_flight_number": numbers}.items():
        typed = flight_fields.typed(dictionary(values), "text", column)
        assert dict(zip(values, typed.to_pylist())) == values


def fields(*lines, names=None):
    """The texts of each line by BTS column, and whether it has not the fields of its header."""
    texts, is_wrong = flight_fields.fields(pa.array(lines), names or header(), LAYOUTS["reporting"])
    return pa.table(texts).to_pylist(), is_wrong.tolist()


def test_fields_reads_two_spellings_of_nothing_commas_in_quotes_and_padding():
    text = line(OriginCityName='"Say ""Hi"", NY"', Dest='" LAX "', DestCityName='""', DestState="")

    [row], are_wrong = fields(text)

    given = {name: row[name] for name in ("OriginCityName", "Dest", "DestCityName", "DestState", "CRSDepTime")}
    assert given == {
        "OriginCityName": 'Say "Hi", NY',
        "Dest": "LAX",
        "DestCityName": None,
        "DestState": None,
        "CRSDepTime": "0900",
    }
    assert are_wrong == [False]


@pytest.mark.parametrize("fault", ["one,", ',"', ""], ids=["field too many", "open quote", "empty line"])
def test_fields_marks_a_line_that_has_not_the_fields_of_its_header(fault):
    text = line() + fault if fault else "2013,3,7"

    rows, are_wrong = fields(line(Dest="SFO"), text, line(Dest="ONT"))

    assert are_wrong == [False, True, False]
    assert [row["Dest"] for row in rows] == ["SFO", None, "ONT"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"Say ""Hi"", NY"', 'Say "Hi", NY'),
        ('"A" of B', '"A" of B'),
        ('A "of" B', 'A "of" B'),
        ('"A"B"', '"A"B"'),
        (' "A"', '"A"'),
        ('"A, "', "A,"),
        ('""', None),
        ('" "', None),
        ('"""', '"""'),
        ("Cata\udcf1o", "Cata\ufffdo"),
        ("M\u00fcnchen", "M\u00fcnchen"),
    ],
)
def test_a_quote_that_is_not_around_a_field_is_a_character_and_the_lines_beside_it_are_as_they_are(written, read):
    lines = [line(DestCityName=text).encode(errors="surrogateescape") for text in ('"Los Angeles, CA"', written, "x")]

    texts, is_wrong = flight_fields.fields(pa.array(lines, pa.binary()), header(), LAYOUTS["reporting"])

    assert texts["DestCityName"].to_pylist() == ["Los Angeles, CA", read, "x"]
    assert texts["CRSDepTime"].to_pylist() == ["0900"] * 3 and not is_wrong.any()


@pytest.mark.parametrize(("one", "other"), [('"Los Angeles', 'Los Angeles"'), ('"A,', '",B"'), ('A",B,"C', "x")])
def test_a_line_is_read_as_if_it_were_alone_whatever_quotes_another_has(one, other):
    lines = [line(Dest=dest, DestCityName=city) for dest, city in (("SFO", one), ("ONT", "x"), ("OAK", other))]

    rows, are_wrong = fields(*lines)

    alone = [fields(text) for text in lines]
    assert rows == [row for [row], _ in alone] and are_wrong == [is_wrong for _, [is_wrong] in alone]


def test_columns_are_found_by_name_in_any_order():
    names, values = header().split(","), ["" for _ in header().split(",")]
    names[0], names[5] = names[5], names[0]
    values[0], values[5] = "2013-07-15", "2013"

    [row], _ = fields(",".join(values), names=",".join(names))

    assert (row["Year"], row["FlightDate"]) == ("2013", "2013-07-15")
