"""One writer at a time: each writer takes the lease before it looks at what is there, and asks before each switch."""

from datetime import date

import pytest
from click.testing import CliRunner

from aero import connections, lease, metastore, pipeline
from aero.cli import load, rebuild
from aero.datasets import FLIGHTS
from aero.live import store
from aero.month import Month
from aero.ops import slate
from luigi_tasks import land_flights, partitions
from luigi_tasks.archive_live_flights import ArchiveLiveFlights
from luigi_tasks.build_views import BuildViews
from luigi_tasks.clean_flights import CleanFlights
from luigi_tasks.consume_month import ConsumeMonth
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.land_flights import LandFlights
from luigi_tasks.load_dimensions import LoadDimensions
from luigi_tasks.produce_month import ProduceMonth
from tests.hdfs_in_memory import HdfsInMemory

RANGE = {"start": date(2014, 1, 1), "end": date(2014, 6, 1), "source": "bts"}
WRITERS = [
    *(task(run_id="test", **RANGE) for task in (LandFlights, CleanFlights, BuildViews, ProduceMonth, ConsumeMonth)),
    LoadDimensions(),
    ArchiveLiveFlights(run_id="test"),
]


class Taken(Exception):
    """The lease was asked for."""


class Lost(Exception):
    """The lease is another's."""


def _taken(what):
    raise Taken(what)


def _looked(*_, **__):
    raise AssertionError("It looks at what is there without the lease: another may change it.")


@pytest.fixture
def nothing_to_see(monkeypatch):
    """Nothing may be looked at."""
    for owner, name in (
        (connections, "webhdfs"),
        (connections, "hive"),
        (store, "opened"),
        (HdfsFile, "read"),
        (land_flights, "open_families"),
    ):
        monkeypatch.setattr(owner, name, _looked)


class Anothers:
    """The lease of a writer that was frozen until another had it."""

    def check(self):
        raise Lost


@pytest.mark.parametrize("task", WRITERS[:5], ids=lambda task: task.task_family)
def test_who_lost_the_lease_between_two_tasks_looks_at_nothing_and_sweeps_nothing(monkeypatch, nothing_to_see, task):
    monkeypatch.setattr(lease, "hold", lambda _what: Anothers())
    with pytest.raises(Lost):
        task.run()


@pytest.mark.parametrize("task", WRITERS, ids=lambda task: type(task).__name__)
def test_a_writer_takes_the_lease_before_it_looks_at_what_is_there(monkeypatch, nothing_to_see, task):
    monkeypatch.setattr(lease, "hold", _taken)
    with pytest.raises(Taken):
        task.run()


@pytest.mark.parametrize(
    ("rebuilds", "what"), [("", "a load of 2014-01 to 2014-06"), ("x", "a rebuild of 2014-01 to 2014-06")]
)
def test_who_waits_is_told_what_the_holder_does(monkeypatch, rebuilds, what):
    monkeypatch.setattr(lease, "hold", _taken)
    with pytest.raises(Taken, match=f"^{what}$"):
        LandFlights(run_id="test", rebuild=rebuilds, **RANGE).run()


@pytest.mark.parametrize(
    ("task", "parameters", "what"),
    [
        ("LoadFlights", {"start": Month(2014, 1), "end": Month(2014, 6)}, "a load of 2014-01 to 2014-06"),
        ("LoadFlights", {"start": Month(2014, 1), "end": Month(2014, 1), "rebuild": "x"}, "a rebuild of 2014-01"),
        ("MonthlyIncrement", {"start": Month(2014, 1), "end": Month(2014, 1)}, "an increment of 2014-01"),
        ("MonthlyIncrements", {"months": '["2014-01", "2014-03"]'}, "an increment of 2014-01, 2014-03"),
        ("ArchiveLiveFlights", {"days": 30}, "an archiving of live flights"),
    ],
)
def test_a_run_says_what_it_does(task, parameters, what):
    assert pipeline._in_words(task, parameters) == what


def test_every_switch_asks_whether_the_lease_is_still_held(monkeypatch):
    class Held:
        left = 1

        def check(self):
            if not self.left:
                raise Lost
            self.left -= 1

    class Cursor:
        done = ()

        def execute(self, statement):
            self.done += (statement,)

    held, cursor = Held(), Cursor()
    monkeypatch.setattr(lease, "hold", lambda what: held)
    before = {Month(2013, 2): "/b/load=1"}
    loads = {Month(2013, 1): "/a/load=1", Month(2013, 2): "/b/load=2"}
    monkeypatch.setattr(metastore, "locations", lambda dataset: before)
    with pytest.raises(Lost):
        partitions.publish(cursor, HdfsInMemory(), FLIGHTS, loads, "run")
    assert [statement.split()[3] for statement in cursor.done] == ["ADD"]


def test_clean_slate_deletes_nothing_without_the_lease_and_voids_the_remembered_answers(monkeypatch):
    done = []

    class Held:
        def check(self):
            done.append("check")

    for name in ("refuse_while_used", "make_again"):
        monkeypatch.setattr(slate, name, lambda *_: None)
    monkeypatch.setattr(slate, "items", lambda *_: [slate.Item("a table", "rows", lambda: done.append("clear"))])
    monkeypatch.setattr("aero.superset.refresh.refresh", lambda settings: done.append("refresh"))
    monkeypatch.setattr(rebuild.readers, "reconcile", lambda: done.append("reconcile"))
    arguments = ["--layer", "batch", "--delete", "--confirm", "batch"]
    monkeypatch.setattr(lease, "hold", _taken)
    assert isinstance(CliRunner().invoke(rebuild.clean_slate, arguments).exception, Taken)
    assert done == []
    monkeypatch.setattr(lease, "hold", lambda what: done.append(what) or Held())
    assert CliRunner().invoke(rebuild.clean_slate, arguments).exit_code == 0
    assert done == ["clean-slate of batch", "check", "clear", "reconcile", "refresh"]


@pytest.mark.parametrize("command", [load.load, load.increment, rebuild.rebuild, rebuild.clean_slate, rebuild.archive])
def test_every_command_that_writes_may_refuse_instead_of_waiting(command):
    assert "--no-wait" in CliRunner().invoke(command, ["--help"]).output
