"""A long range is published year by year while it is cleaned: on an HDFS and a metastore in memory."""

import json
from contextlib import contextmanager
from dataclasses import asdict
from types import SimpleNamespace

import pytest

from aero import connections, metastore
from aero.datasets import FLIGHTS
from aero.errors import AeroError
from aero.load_plan import RawMonth
from aero.month import Month, month_range
from aero.ops import checks, months, view_loads
from aero.ops.profile import PROFILE
from aero.run_reports import CleaningOutcome, ViewOutcome
from luigi_tasks import clean_flights, clean_loads, partitions
from luigi_tasks.build_views import BuildViews
from luigi_tasks.clean_flights import CleanFlights
from tests.luigi_tasks.test_publication import FLIGHTS_OF_MONTH, REPORT, Lake

RANGE = month_range(Month(1988, 1), Month(2021, 5))  # 401 months
PLAN = [RawMonth(*month, "unused", "file.csv", "reporting", "reporting", "aaaaaaaaaaaa-1") for month in RANGE]


class World(Lake):
    """A lake with folders, and a Spark that fails for good at the month `broken`."""

    def __init__(self, broken: Month | None = None):
        super().__init__()
        self.broken = broken
        self.cores = 2
        self.served_at_each_job: list[int] = []
        self.views_at_each_job: list[set[int]] = []
        self.report: list = []

    def served_months(self):
        return {Month(*partition) for partition in self.tables[FLIGHTS.name]}

    def run_job(self, job, plan):
        if job == "build_views":
            self.views_at_each_job.append({load.year for load in plan})
            self.files |= {f"{load.location}/part.orc": b"rows" for load in plan}
            return ""
        self.served_at_each_job.append(len(self.served_months()))
        for raw in plan:
            if raw.when == self.broken:
                raise AeroError("Spark failed in clean_flights")
            self.files[f"{raw.folder()}/{PROFILE}"] = json.dumps(asdict(FLIGHTS_OF_MONTH)).encode()
            self.files[f"{raw.folder()}/part.orc"] = b"rows"
            self.files[clean_loads.report_path(raw)] = json.dumps(REPORT | {"checks": checks.version()}).encode()
        return ""

    @contextmanager
    def hive(self):
        yield self

    def cursor(self):
        return self

    def records(self):
        return []

    def write_records(self, records):
        self.report = list(records)


@pytest.fixture
def load(monkeypatch, tmp_path):
    """A function that runs the task in a world."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(checks, "of", lambda dataset=FLIGHTS: ())
    monkeypatch.setattr(clean_loads, "planned", lambda *_: PLAN)

    def run(world, run_id="run"):
        monkeypatch.setattr(connections, "webhdfs", lambda: world)
        monkeypatch.setattr(connections, "hive", world.hive)
        monkeypatch.setattr(metastore, "locations", world.locations)
        monkeypatch.setattr(clean_flights.spark_job, "run", world.run_job)
        monkeypatch.setattr(clean_flights.spark_job, "cores", lambda: world.cores)
        monkeypatch.setattr(CleanFlights, "input", lambda self: world)
        monkeypatch.setattr(CleanFlights, "output", lambda self: world)
        CleanFlights(run_id=run_id, start=RANGE[0].first_day, end=RANGE[-1].first_day, source="bts").run()
        return world

    return run


def test_a_long_range_is_published_year_by_year_oldest_first(load):
    world = load(World())
    assert world.served_at_each_job == [12 * year for year in range(34)]
    assert world.served_months() == set(RANGE)
    assert {entry.when for entry in months.read(world).values() if entry.is_served} == set(RANGE)


def test_so_many_years_are_cleaned_at_once_that_each_core_has_a_month(load):
    world = World()
    world.cores = 35
    assert load(world).served_at_each_job == [24 * round for round in range(17)]


def test_a_years_views_are_built_when_it_is_published_and_count_in_the_report_of_the_load(load, monkeypatch):
    world = load(World())
    assert world.views_at_each_job == [{year} for year in range(1988, 2022)]
    views = {load for year in range(1988, 2022) for load in view_loads.of_year(world.tables[FLIGHTS.name], year)}
    assert all(world.tables[load.view.name][load.partition] == load.location for load in views)
    task = BuildViews(run_id="run", start=RANGE[0].first_day, end=RANGE[-1].first_day, source="bts")
    monkeypatch.setattr(BuildViews, "input", lambda self: SimpleNamespace(records=lambda: world.report))
    task.run()
    assert {one.outcome for one in task.output().records()} == {ViewOutcome.BUILT}
    assert len(task.output().records()) == len(views) and len(world.views_at_each_job) == 34


def test_views_that_cannot_be_built_keep_no_year_from_readers(load, monkeypatch):
    def fault(*_):
        raise AeroError("Spark failed in build_views")

    monkeypatch.setattr(clean_flights.views, "build", fault)
    assert load(World()).served_months() == set(RANGE)


def test_a_fault_of_spark_in_the_401st_month_leaves_400_published(load):
    world = load(World(broken=RANGE[-1]))
    assert world.served_months() == set(RANGE[:-1])
    assert [cleaning.outcome for cleaning in world.report] == [CleaningOutcome.CLEANED] * 400 + [CleaningOutcome.FAILED]
    assert "Spark failed" in months.read(world)[RANGE[-1]].message


def test_after_a_fault_of_spark_nothing_more_is_tried_and_the_next_run_goes_on(load):
    world = load(World(broken=Month(2000, 1)))
    assert world.served_months() == set(month_range(RANGE[0], Month(1999, 12)))
    assert world.report[-1].message.startswith("Not tried: Spark failed")
    world.broken, world.served_at_each_job = None, []
    load(world, "next")
    assert world.served_months() == set(RANGE)
    assert world.served_at_each_job[0] == 144


def test_a_load_with_nothing_new_publishes_once(load, monkeypatch):
    world = load(World())
    asked = []
    publish = partitions.publish
    monkeypatch.setattr(partitions, "publish", lambda *all_of: asked.append(all_of[2]) or publish(*all_of))
    world.served_at_each_job = []
    load(world, "next")
    assert world.served_at_each_job == []
    assert asked.count(FLIGHTS) == 1


def test_what_a_killed_run_left_beside_a_month_that_is_cleaned_goes(load, monkeypatch):
    world = World()
    left = f"{FLIGHTS.path}/year=1990/month=05/_loading-aaaaaaaaaaaa-1-r20260101T000000"
    world.files[f"{left}/part.orc"] = b""
    gone = []
    monkeypatch.setattr(world, "delete", lambda path, recursive=False: gone.append(path))
    load(world)
    assert left in gone
