"""A writer that is frozen, at each question for its lease, while another does all its work: it changes nothing more."""

from dataclasses import replace
from itertools import count

import pytest

from aero import connections, lease, metastore
from aero.datasets import FLIGHTS
from aero.load_plan import RawMonth
from aero.month import Month, month_range
from aero.ops import checks, months, view_loads
from aero.ops.publications import Why
from luigi_tasks import clean_flights, clean_loads, views
from luigi_tasks.clean_flights import CleanFlights
from tests.luigi_tasks.test_clean_flights import World

pytestmark = pytest.mark.long

JANUARY, FEBRUARY, MARCH, APRIL = month_range(Month(2014, 1), Month(2014, 4))


def plan(first, last, load_id="aaaaaaaaaaaa-1"):
    return [
        RawMonth(*month, "unused", "f.csv", "reporting", "reporting", load_id) for month in month_range(first, last)
    ]


MONTHS, OTHERS = plan(JANUARY, FEBRUARY), plan(MARCH, APRIL)
REBUILT = [replace(raw, load_id=f"{raw.load_id}-r1") for raw in MONTHS]


class Held:
    """A writer's lease. It is frozen at the question `frozen_at` while `meanwhile` runs, and has lost it then."""

    def __init__(self, frozen_at=None, meanwhile=None):
        self.asked, self.frozen_at, self.meanwhile = 0, frozen_at, meanwhile

    def check(self):
        self.asked += 1
        if self.asked == self.frozen_at:
            self.meanwhile()
        if self.frozen_at and self.asked >= self.frozen_at:
            raise lease.Lost("lost")


@pytest.fixture
def load(monkeypatch, tmp_path):
    """A function that runs a load of these months, who has this lease, in a world."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(checks, "of", lambda dataset=FLIGHTS: ())

    def run(world, months_of_plan, run_id, held):
        of_the_frozen = lease.hold
        for owner, name, value in (
            (lease, "hold", lambda what: held),
            (clean_loads, "planned", lambda *_: months_of_plan),
            (connections, "webhdfs", lambda: world),
            (connections, "hive", world.hive),
            (metastore, "locations", world.locations),
            (clean_flights.spark_job, "run", world.run_job),
            (clean_flights.spark_job, "cores", lambda: world.cores),
            (CleanFlights, "input", lambda self: world),
            (CleanFlights, "output", lambda self: world),
        ):
            monkeypatch.setattr(owner, name, value)
        first, last = months_of_plan[0].when, months_of_plan[-1].when
        CleanFlights(run_id=run_id, start=first.first_day, end=last.first_day, source="bts").run()
        views.build(world, {JANUARY.year}, run_id, Why.LOAD)  # As BuildViews does.
        monkeypatch.setattr(lease, "hold", of_the_frozen)

    return run


def served(world):
    """What readers see, and what the ledger says that they see."""
    ledger = {entry.when: entry.served_load_id for entry in months.read(world).values() if entry.is_served}
    return {table: dict(places) for table, places in world.tables.items() if places}, ledger


def is_whole(world):
    """Whether readers see rows in every folder, and each view of the year is made of all months that they see."""
    places = [place for table in world.tables.values() for place in table.values()]
    loads = view_loads.of_year(world.tables[FLIGHTS.name], JANUARY.year)
    assert all(world.status(f"{place}/part.orc", strict=False) for place in places if "quarantine" not in place)
    assert all(world.tables[load.view.name].get(load.partition) == load.location for load in loads)


@pytest.mark.parametrize(
    ("frozen", "other"),
    [(MONTHS, REBUILT), (REBUILT, MONTHS), (MONTHS, OTHERS), (MONTHS, MONTHS), (MONTHS, None)],
    ids=["a load, a rebuild", "a rebuild, a load", "two parts of a year", "the same months", "a load, a clean-slate"],
)
def test_frozen_at_any_question_while_another_writes_it_changes_nothing_and_run_again_all_is_whole(load, frozen, other):
    for question in count(1):
        world, after = World(), []
        load(world, MONTHS if REBUILT in (frozen, other) else plan(JANUARY, JANUARY), "before", Held())

        def meanwhile(world=world, after=after):
            if other is None:
                world.tables.clear()
                world.delete("/aero/clean")
                world.delete("/aero/batch")
                world.delete("/aero/ops/months")
            else:
                load(world, other, "other", Held())
            after.append(served(world))

        held = Held(question, meanwhile)
        try:
            load(world, frozen, "frozen", held)
        except lease.Lost:
            assert [served(world)] == after
            if other:
                is_whole(world)
        else:
            assert not after
        load(world, frozen, "again", Held())
        is_whole(world)
        assert {raw.when: raw.load_id for raw in frozen}.items() <= served(world)[1].items()
        if not after:
            break
    assert question > 5
