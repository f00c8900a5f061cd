"""The whole way of other people's files: written anew by the landing, then cleaned, they tell the same flights."""

import gzip

import pytest

from aero import bts_names
from aero.bts import COLUMNS
from aero.load_plan import RawMonth
from luigi_tasks.landing import rewriting
from tests.jobs.bts_rows import flights
from tests.luigi_tasks.exports import EXPORTS, NAMES, Export, rows_of, written
from tests.samples import DATA

FLIGHTS = rows_of(DATA / "bts" / "reporting_2019_11.csv")
MONTH = RawMonth(2019, 11, "unused", "november.csv", "reporting", "reporting", "load-1")
INSTANTS = ("scheduled_departure_at", "departure_at", "scheduled_arrival_at", "arrival_at")


@pytest.fixture(scope="session")
def clean(check, tmp_path_factory):
    """A function that gives the form of an export of the flights, and its clean rows by line."""

    def cleaned(export):
        folder = tmp_path_factory.mktemp("export")
        (folder / "in").write_bytes(written(export, FLIGHTS))
        form = rewriting.rewrite(folder / "in", folder / "out.csv.gz", "in")
        texts = gzip.decompress((folder / "out.csv.gz").read_bytes()).decode("latin-1").splitlines()
        return form, {row.source_line: row.asDict(recursive=True) for row in flights(check(MONTH, texts))}

    return cleaned


@pytest.fixture(scope="session")
def whole(clean):
    return clean(Export({name: (name, str) for name in NAMES}))[1]


@pytest.mark.parametrize("name", EXPORTS)
def test_each_flight_is_clean_and_the_same_in_every_column_that_the_export_has(clean, whole, name):
    form, rows = clean(EXPORTS[name])
    unknown = bts_names.unknown_to_clean(form.missing)
    assert rows.keys() == whole.keys() and len(whole) == len(FLIGHTS)
    told = [column for column in (one.name for one in COLUMNS) if column not in unknown]
    for line, row in rows.items():
        assert {column: row[column] for column in told} == {column: whole[line][column] for column in told}


def test_without_schedules_they_are_the_clock_less_the_delay_and_the_instants_the_same(clean, whole):
    _, rows = clean(EXPORTS["hflights"])
    # In the night of the 3rd an hour came twice; which is meant, only the scheduled minutes tell.
    days = {line: row["flight_date"].day for line, row in rows.items() if row["arrival_delay_minutes"] is not None}
    flown = [line for line, day in days.items() if day not in (2, 3)]
    assert len(flown) > 20
    for line in flown:
        assert rows[line]["is_schedule_derived"] and not whole[line]["is_schedule_derived"]
        assert {name: rows[line][name] for name in INSTANTS} == {name: whole[line][name] for name in INSTANTS}
