"""A measurement that is killed goes on with the step it was killed in, and with nothing of another measurement."""

from types import SimpleNamespace

import pytest

from aero.month import Month
from bench.generator import history as flown
from bench.performance import history
from bench.performance.sizes import FULL, HISTORY, QUICK, Months
from bench.performance.steps import Steps

RECIPE = {"rows": 3}


class Killed(BaseException):
    """As a signal ends a process."""


class Runner:
    """Does steps and remembers which; it is killed in the one of a name."""

    def __init__(self, killed_in=None):
        self.did, self.killed_in = [], killed_in

    def all(self, steps):
        for name in ("make", "load", "ask"):
            steps.step(name, lambda name=name: self.run(name))
        return {name: done["result"] for name, done in steps.kept["done"].items()}

    def run(self, name):
        self.did.append(name)
        if name == self.killed_in:
            raise Killed
        return {"of": name, "by": id(self)}


def steps_of(tmp_path, recipe=RECIPE):
    return Steps(tmp_path / "steps.json", recipe, lambda said: None)


def killed_in_load(tmp_path):
    first = Runner(killed_in="load")
    with pytest.raises(Killed):
        first.all(steps_of(tmp_path))
    return first


def test_a_killed_measurement_goes_on_with_the_step_it_was_killed_in(tmp_path):
    first, second = killed_in_load(tmp_path), Runner()
    steps = steps_of(tmp_path)

    found = second.all(steps)

    assert not steps.is_new and second.did == ["load", "ask"] and steps.begun_again == ["load"]
    assert found["make"] == {"of": "make", "by": id(first)} and found["load"]["by"] == id(second)


def test_what_was_kept_of_another_measurement_is_of_no_use(tmp_path):
    killed_in_load(tmp_path)
    steps, other = steps_of(tmp_path, {"rows": 4}), Runner()
    other.all(steps)
    assert steps.is_new and other.did == ["make", "load", "ask"] and steps.begun_again == []


def test_after_its_end_a_measurement_begins_anew(tmp_path):
    steps = steps_of(tmp_path)
    Runner().all(steps)
    assert not steps_of(tmp_path).is_new
    steps.finish()
    again = Runner()
    again.all(steps_of(tmp_path))
    assert again.did == ["make", "load", "ask"]


class FakeCluster:
    """A platform that loads nothing, and is killed in the load of a number."""

    def __init__(self, killed_in=None):
        self.loads, self.killed_in = [], killed_in

    def load(self, months, source):
        self.loads.append((str(months.first), str(months.last)))
        if len(self.loads) == self.killed_in:
            raise Killed
        stages = {"landing": 1.0, "cleaning": 2.0, "views": 3.0, "load": 0.5}
        return {"seconds": 6.5, "stages": stages, "rows": {"in": months.rows, "clean": months.rows, "quarantined": 0}}

    def seconds_of(self, command):
        return {"months": 1.5, "status": 0.5}[command]

    def memory_mb(self):
        return {"metastore": 500, "namenode": 300}


@pytest.fixture
def without_platform(monkeypatch):
    made = []
    times = {"Spark Thrift Server": {"first": 2.0, "seconds": [1.0] * 5}}
    answer = SimpleNamespace(of=lambda one: {"set": one.set, "what": one.what, "rows": 1, "engines": times})
    monkeypatch.setattr(history, "generate", lambda months, folder, seed: made.append(months))
    monkeypatch.setattr(history, "_one", lambda question, rounds: answer.of(question))
    monkeypatch.setattr(history, "disk_bytes", lambda: {"raw": 1, "clean": 1, "batch": 1, "flights": 1})
    return made


def test_the_history_goes_on_in_the_load_it_was_killed_in_and_says_that_its_time_is_not_whole(
    tmp_path, without_platform
):
    with pytest.raises(Killed):
        history.rows(steps_of(tmp_path), FakeCluster(killed_in=3), tmp_path, 5)
    cluster = FakeCluster()

    found = history.rows(steps_of(tmp_path), cluster, tmp_path, 5)

    # The first size was there: its month was loaded and replaced.
    assert cluster.loads[0] == ("2007-03", "2008-08")
    assert [[load["is_whole"] for load in row["loads"]] for row in found] == [
        [True],
        [False],
        [True, True],
        [True] * 8,
    ]
    assert found[0]["commands"] == {"months": [1.5] * 5, "status": [0.5] * 5}
    assert len(found[3]["questions"]) == 31


def test_each_size_of_the_history_is_loaded_once_and_its_last_month_twice(tmp_path, without_platform):
    cluster = FakeCluster()
    history.rows(steps_of(tmp_path), cluster, tmp_path, 5)
    months = [month for first, last in cluster.loads for month in Months(Month.parse(first), Month.parse(last)).every]
    replaced = [size.last for size in HISTORY]
    assert sorted(months) == sorted([*Months(flown.FIRST, Month(2024, 12)).every, *replaced])


def test_a_range_is_loaded_in_pieces_that_leave_out_no_month():
    months = Months(Month(2003, 11), Month(2004, 6))
    assert [str(piece) for piece in months.pieces(3)] == [
        "2003-11 to 2004-01",
        "2004-02 to 2004-04",
        "2004-05 to 2004-06",
    ]


def test_the_sizes_are_those_that_are_promised():
    assert [round(months.rows / 1e6) for months in HISTORY] == [1, 12, 49, 223]
    assert (QUICK.months.rows, round(FULL.months.rows / 1e6), len(HISTORY[-1].every)) == (3_000_000, 49, 447)
