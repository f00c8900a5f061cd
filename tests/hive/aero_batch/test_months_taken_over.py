"""A view made of what changed is the view made whole: its rows, their order and its one file."""

from pathlib import Path

import build_views
import pandas as pd
import pytest
from pyspark.sql import functions as F

from aero.datasets import BATCH_VIEWS
from aero.load_plan import ViewLoad
from tests.hive.aero_batch.real_flights import of_package, under_our_names

pytestmark = pytest.mark.long

VIEWS = [view for view in BATCH_VIEWS if "month" not in view.partitions]
# What becomes of a year, one after the other: by month which loads of flights readers see, and how many months are new.
YEARS = {
    "first": ({1: "a", 3: "a"}, 2),
    "a month added": ({1: "a", 2: "a", 3: "a"}, 1),
    "a month revised": ({1: "a", 2: "b", 3: "a"}, 1),
    "a month removed": ({2: "b", 3: "a"}, 0),
    "rolled back": ({1: "a", 2: "a", 3: "a"}, 0),
    "all at once": ({1: "b", 2: "b", 4: "a"}, 2),
}
SAMPLES = {"a": slice(0, None, 40), "b": slice(7, None, 60)}


def real_flights(loads):
    """Some real flights of each month, others for each load, under the names of aero_clean.flights."""
    flights = of_package()
    rows = pd.concat(flights[flights["month"] == month].iloc[SAMPLES[load]] for month, load in loads.items())
    return under_our_names(rows)


@pytest.fixture(scope="module")
def built(spark, flights_schema, fill_flights, tmp_path_factory):
    """Of each year and view what was printed, the folder made beside those before, and one with nothing beside it."""
    beside, alone, found = tmp_path_factory.mktemp("beside"), tmp_path_factory.mktemp("alone"), {}
    for number, (year, (loads, _)) in enumerate(YEARS.items()):
        file = alone / f"{number}.csv"
        real_flights(loads).to_csv(file, index=False)
        known = spark.read.csv(str(file), header=True)
        columns = {f.name: F.col(f.name) if f.name in known.columns else F.lit(None) for f in flights_schema}
        fill_flights(known.select(*(columns[f.name].cast(f.dataType).alias(f.name) for f in flights_schema)))
        made_from = tuple((month, f"/flights/month={month}/load={load}") for month, load in loads.items())
        for view in VIEWS:
            folders = [beside / view.table / f"load={number}", alone / view.table / str(number) / "load=0"]
            lines = [build_views.build(spark, ViewLoad(view, 2013, None, str(one), made_from)) for one in folders]
            found[year, view] = (lines, folders)
    return found


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.table)
@pytest.mark.parametrize("year", YEARS)
def test_a_view_is_the_same_however_it_is_made(spark, built, year, view):
    (line, whole_line), folders = built[year, view]
    loads, new = YEARS[year]

    rows, whole = [spark.read.orc(str(folder)).collect() for folder in folders]
    assert rows == whole
    assert spark.read.orc(str(folders[0])).schema == spark.read.orc(str(folders[1])).schema
    assert [len(list(Path(folder).glob("*.orc"))) for folder in folders] == [1, 1]
    taken = f", {len(loads) - new} of {len(loads)} months taken over" if new < len(loads) else ""
    assert line == f"{whole_line}{taken}" and line.startswith(f"{view.name} year=2013: {len(rows):,} rows")
