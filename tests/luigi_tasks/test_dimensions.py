import csv
import gzip
from zoneinfo import ZoneInfo

import pytest

from aero import airports, hql
from aero.datasets import AIRLINES, AIRPORTS
from luigi_tasks import dimensions

TABLES = {AIRPORTS: dimensions.airports_tsv, AIRLINES: dimensions.airlines_tsv}


def rows(table):
    return [line.split("\t") for line in TABLES[table]().decode().removesuffix("\n").split("\n")]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table)
def test_rows_have_the_columns_of_their_table_and_a_key_of_their_own(table):
    columns = hql.columns(table.hql("create"))

    keys = [row[0] for row in rows(table)]

    assert {len(row) for row in rows(table)} == {len(columns)}
    assert keys == sorted(set(keys))


def test_an_airport_is_a_line_and_what_is_not_known_is_null():
    found = {row[0]: row[1:] for row in rows(AIRPORTS)}

    assert found["JFK"] == [
        "John F Kennedy International Airport",
        "New York",
        "New York",
        "US",
        "40.639928",
        "-73.778692",
        "13.0",
        "America/New_York",
    ]
    assert found["AAA"][1] == r"\N"


def test_the_supplement_adds_closed_airports_and_corrects_a_zone():
    zones = airports.time_zones()

    assert {code: zones[code] for code in ("ISN", "PFN", "SNP")} == {
        "ISN": "America/Chicago",
        "PFN": "America/Chicago",
        "SNP": "America/Nome",
    }


def test_zones_by_themselves_are_those_of_the_airports():
    assert airports.time_zones() == {airport.airport_id: airport.time_zone for airport in airports.load()}


def test_every_zone_is_one_that_exists():
    assert [zone for zone in sorted(set(airports.time_zones().values())) if ZoneInfo(zone).key != zone] == []


def test_airlines_tell_earlier_users_of_a_code_apart():
    names = dict(rows(AIRLINES))

    assert (names["PA (1)"], names["ML (1)"], names["9E"]) == (
        "Pan American World Airways",
        "Midway Airlines",
        "Endeavor Air",
    )


def test_airline_codes_are_codes_of_the_department(samples):
    with (samples.folder / samples.expected["ref"]["airlines"]).open(encoding="utf-8") as file:
        known = {row["Code"] for row in csv.DictReader(file)}

    assert {row[0] for row in rows(AIRLINES)} <= known


def test_airports_of_flights_are_known_and_lie_where_bts_says(samples):
    flights = (file.path.open(encoding="latin-1") for file in samples.bts.values())
    used = {row[end] for file in flights for row in csv.DictReader(file) for end in ("Origin", "Dest")}
    path = samples.folder / samples.expected["ref"]["airports"]
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig") as file:
        latest = {row["AIRPORT"]: row for row in csv.DictReader(file) if row["AIRPORT_IS_LATEST"] == "1"}
    known = {airport.airport_id: airport for airport in airports.load()}

    assert used <= known.keys()
    for code in sorted(used | {"ISN", "PFN", "AIY", "CGX", "NYL", "SNP"}):
        assert abs(known[code].latitude - float(latest[code]["LATITUDE"])) < 0.2, code
        assert abs(known[code].longitude - float(latest[code]["LONGITUDE"])) < 0.2, code
