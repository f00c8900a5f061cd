"""What others make of the same files: all rows, typed and sorted, however often it was begun."""

from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow.dataset as ds
import pytest

from aero.errors import AeroError
from bench.performance import cluster, loading
from tests.bench.generated import flights, number, text

pytestmark = pytest.mark.long

MONTHS = ("2007-07", "2007-08")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("months")
    for month in MONTHS:
        with ZipFile(folder / f"flights_{month}.zip", "w", ZIP_DEFLATED) as archive:
            archive.writestr(f"flights_(1987_present)_{month}.csv", text(month))
    return loading.unwrapped(folder, folder / "gz")


@pytest.fixture(scope="module")
def lines():
    return [line for month in MONTHS for line in flights(month)]


def total(lines, name):
    return sum(number(line, name) or 0 for line in lines)


@pytest.mark.parametrize(("load", "form"), [(loading.by_duckdb, "parquet"), (loading.by_spark, "orc")])
def test_all_rows_are_loaded_with_all_columns_typed_and_sorted(load, form, files, lines, tmp_path):
    load(files, tmp_path / "out")

    table = ds.dataset(tmp_path / "out", format=form, partitioning="hive").to_table()

    assert table.num_rows == len(lines) and set(table.column_names) == set(loading.LAYOUT.columns)
    rows = table.to_pandas()
    for name in ("DepDelay", "Distance", "TaxiOut"):
        assert rows[name].sum() == total(lines, name) and rows[name].count() == sum(bool(line[name]) for line in lines)
    assert (
        rows["ArrTime"].dropna().str.fullmatch(r"\d{4}").all()
        and str(table.schema.field("FlightDate").type) == "date32[day]"
    )
    for _, month in rows.groupby("Month"):
        keys = list(zip(*(month[name] for name in loading.SORTED_BY)))
        assert keys == sorted(keys)


def test_a_load_that_was_killed_begins_anew_and_its_rows_are_thrown_away(files, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "half.parquet").write_bytes(b"half")
    found = loading.measured(loading.by_duckdb, files, folder)
    assert found["bytes"] > 10_000 and found["seconds"] > 0 and not folder.exists()


def test_a_disk_without_room_is_named_before_anything_is_made(tmp_path):
    cluster.must_have_room(tmp_path, 1)
    with pytest.raises(AeroError, match=str(tmp_path)):
        cluster.must_have_room(tmp_path, 10**18)
