import decimal
import gzip
from datetime import date, datetime

import duckdb
import pandas
import pyarrow
import pytest
from pyarrow import orc, parquet

from luigi_tasks.landing import flight_file, looking, pieces, rewriting, table
from luigi_tasks.landing.looking import Entry
from tests.luigi_tasks.exports import EXPORTS, NAMES, rows_of, written
from tests.luigi_tasks.landing.test_rewriting import _value
from tests.samples import DATA

FLIGHTS = rows_of(DATA / "bts" / "reporting_2019_11.csv")
INTEGERS = ("DepDelay", "ArrDelay", "AirTime", "Distance", "Cancelled", "Diverted", "TaxiOut")


def _typed() -> pandas.DataFrame:
    """The flights as pandas reads the web form: dates, numbers with and without fraction, flags."""
    frame = pandas.DataFrame([{name: flight[name] or None for name in NAMES} for flight in FLIGHTS])
    frame["FlightDate"] = pandas.to_datetime(frame["FlightDate"])
    for name in INTEGERS:
        frame[name] = pandas.to_numeric(frame[name])
    frame["Cancelled"] = frame["Cancelled"] == 1
    return frame


def _by_pandas(path):
    _typed().to_parquet(path)


def _by_duckdb(path):
    frame = _typed()
    assert not frame.empty
    duckdb.sql("select * from frame").write_parquet(str(path))


def _as_orc(path):
    table = pyarrow.Table.from_pandas(_typed())
    schema = [field.with_type(pyarrow.string()) if field.type == pyarrow.null() else field for field in table.schema]
    orc.write_table(table.cast(pyarrow.schema(schema)), path)


@pytest.mark.parametrize("write", [_by_pandas, _by_duckdb, _as_orc])
def test_typed_columns_say_what_the_text_says(tmp_path, write):
    write(tmp_path / "flights")
    look = looking.look(Entry(tmp_path / "flights"))
    assert (look.verdict, look.rows, look.units) == ("flights", len(FLIGHTS), [(2019, 11)])
    form = rewriting.rewrite(tmp_path / "flights", tmp_path / "out.csv.gz", "flights")
    assert form.missing == ()
    (tmp_path / "out.csv").write_bytes(gzip.decompress((tmp_path / "out.csv.gz").read_bytes()))
    found = [{name: _value(one[name]) for name in NAMES} for one in rows_of(tmp_path / "out.csv")]
    assert found == [{name: _value(one[name]) for name in NAMES} for one in FLIGHTS]


@pytest.mark.parametrize("packing", ["uncompressed", "zlib", "snappy", "lz4", "zstd"])
def test_orc_is_told_however_it_is_packed_and_where_it_is_cut(tmp_path, packing):
    whole = tmp_path / "in.orc"
    orc.write_table(pyarrow.table({name: [row[name] for row in FLIGHTS] for name in NAMES}), whole, compression=packing)
    look = looking.look(Entry(whole))
    assert (look.verdict, look.rows) == ("flights", len(FLIGHTS))
    (tmp_path / "cut.orc").write_bytes(whole.read_bytes()[:-100])
    assert "damaged" in looking.look(Entry(tmp_path / "cut.orc")).message


def test_values_of_every_type_are_written_as_text(tmp_path):
    values = {
        "YEAR": [2013], "MONTH": [1], "DAY": [decimal.Decimal("2.0")], "AIRLINE": [b"AA"], "FLIGHT_NUMBER": [12.0],
        "ORIGIN_AIRPORT": ["JFK"], "DESTINATION_AIRPORT": ["LAX"], "CANCELLED": [True],
        "DEPARTURE_DELAY": [float("nan")],
        "SCHEDULED_DEPARTURE": [datetime(2013, 1, 2, 8, 5)], "FL_DATE": [date(2013, 1, 2)],
    }  # fmt: skip
    parquet.write_table(pyarrow.table(values), tmp_path / "in.parquet")
    rewriting.rewrite(tmp_path / "in.parquet", tmp_path / "out.csv.gz", "in")
    with flight_file.lines_of(tmp_path / "out.csv.gz", "out") as lines:
        _, line = lines
    assert line.startswith(b'2013,,1,2,,2013-01-02,"AA",,"","","12",,,,"JFK"')
    assert b'"0805","",,' in line and b",1.00," in line


def test_a_file_whose_columns_have_no_names_says_how_to_give_them(tmp_path):
    names = [f"_col{place}" for place in range(len(NAMES))]
    orc.write_table(pyarrow.table([[row[name] for row in FLIGHTS] for name in NAMES], names), tmp_path / "in.orc")
    look = looking.look(Entry(tmp_path / "in.orc"))
    assert look.verdict == "refused" and "its 109 columns have no names" in look.message
    assert "--header-from reporting" in look.message
    named = looking.look(Entry(tmp_path / "in.orc"), table.Reading("reporting"))
    assert (named.verdict, named.rows) == ("flights", len(FLIGHTS))


def test_a_cut_file_is_damaged(tmp_path):
    parquet.write_table(pyarrow.table({"YEAR": [2013]}), tmp_path / "in.parquet")
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "in.parquet").read_bytes()[:-5])
    look = looking.look(Entry(tmp_path / "cut.parquet"))
    assert look.verdict == "refused" and "cut.parquet: damaged: " in look.message


def test_lines_of_files_of_columns_can_be_split(tmp_path):
    (tmp_path / "a.csv").write_bytes(written(EXPORTS["Kaggle 2015"], [*FLIGHTS, FLIGHTS[0] | {"Month": "10"}]))
    pandas.read_csv(tmp_path / "a.csv", dtype=str).to_parquet(tmp_path / "a.parquet")
    entry = Entry(tmp_path / "a.parquet")
    assert looking.look(entry).months == {(2019, 10): 1, (2019, 11): len(FLIGHTS)}
    october = pieces.split(entry, tmp_path, table.Reading())[2019, 10]
    rewriting.rewrite(october, tmp_path / "out.csv.gz", "october")
    assert flight_file.scan(tmp_path / "out.csv.gz", "out").months == {(2019, 10): 1}
