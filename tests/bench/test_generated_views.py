"""Views of flights that are thrown away: each adds up to what the generator counted."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import orc

from aero.datasets import AIRLINE_DELAYS_MONTHLY, AIRPORT_DELAYS_DAILY, BATCH_VIEWS, ROUTE_DELAYS_MONTHLY
from aero.month import Month
from bench.generated_views.files import of_year
from bench.generated_views.sums import MEASURES, Sums

MONTHS = [Month(2003, 5), Month(2003, 6)]
SCALE, SEED = 0.004, 7


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return of_year(MONTHS, SCALE, SEED, tmp_path_factory.mktemp("views"))


def rows(made, view):
    return pa.concat_tables(orc.read_table(file) for (one, _), file in made[0].items() if one == view)


def test_every_partition_of_every_view_has_a_file(made):
    assert set(made[0]) == {
        (view, partition)
        for view in BATCH_VIEWS
        for partition in ([(2003,)] if view.partitions == ("year",) else [(2003, 5), (2003, 6)])
    }


@pytest.mark.parametrize("view", [view for view in BATCH_VIEWS if view is not AIRPORT_DELAYS_DAILY], ids=str)
def test_a_view_adds_up_to_what_the_generator_counted(made, view):
    table, counted = rows(made, view), made[1].of()
    names = [name for name in MEASURES if name in table.column_names]
    assert {name: pc.sum(table[name]).as_py() for name in names} == {name: counted[name] for name in names}
    assert "total_flights" in names and counted["total_flights"] > 3000


def test_sums_are_told_by_airline_airport_and_years(made):
    table, (_, sums) = rows(made, ROUTE_DELAYS_MONTHLY), made
    airline, origin = (table[name][0].as_py() for name in ("airline_id", "origin_id"))
    of_airline = pc.equal(table["airline_id"], airline)
    of_both = pc.and_(of_airline, pc.equal(table["origin_id"], origin))
    for asked, chosen in (((airline, None), of_airline), ((airline, origin), of_both)):
        found = table.filter(chosen)
        assert sums.of(*asked) == {name: pc.sum(found[name]).as_py() for name in MEASURES}
    assert sums.of(years=range(2004, 2010))["total_flights"] == 0


def test_causes_and_codes_are_told_since_they_were_collected(made):
    told = {}
    for name, view in (
        ("carrier_delay_minutes", "delay_causes_monthly"),
        ("cancellation_code", "cancellations_monthly"),
    ):
        [table] = [orc.read_table(file) for (one, _), file in made[0].items() if one.table == view]
        told[name] = set(table.filter(pc.is_valid(table[name]))["month"].to_pylist())
    assert told == {"carrier_delay_minutes": {6}, "cancellation_code": {6}}


def test_a_seed_makes_the_same_again_and_another_one_does_not(made, tmp_path):
    again, other = (of_year(MONTHS[:1], SCALE, seed, tmp_path)[1] for seed in (SEED, SEED + 1))
    [file] = [file for (one, _), file in made[0].items() if one == AIRLINE_DELAYS_MONTHLY]
    table = orc.read_table(file)
    may = pc.sum(table.filter(pc.equal(table["month"], 5))["total_arrival_delay_minutes"]).as_py()
    assert again.of()["total_arrival_delay_minutes"] == may != other.of()["total_arrival_delay_minutes"]


def test_sums_of_years_are_kept_in_a_file(made, tmp_path):
    every = Sums.none([2002, 2003])
    every.put(made[1])
    every.write(tmp_path / "bench" / "sums.npz")
    kept = Sums.read(tmp_path / "bench" / "sums.npz")
    assert kept.years == [2002, 2003] and kept.of() == made[1].of() and kept.of(years=range(2002, 2003)) != kept.of()
