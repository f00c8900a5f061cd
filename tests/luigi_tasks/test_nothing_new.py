"""What a load with nothing new asks of HDFS, the metastore and HiveServer2 where all months since 1987 are served."""

import json
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest

from aero import connections, metastore
from aero.datasets import BATCH_VIEWS, FLIGHTS, FLIGHTS_QUARANTINE, FLIGHTS_REPORTING, MONTHS
from aero.month import Month, month_range
from aero.ops import checks, months, publications, tables, view_loads
from aero.ops.publications import Switch, Why
from aero.raw_versions import MANIFEST, Manifest, Revision
from luigi_tasks import clean_loads, land_flights, spark_job
from luigi_tasks.build_views import BuildViews
from luigi_tasks.clean_flights import CleanFlights
from luigi_tasks.land_flights import LandFlights
from luigi_tasks.sources.offers import Offer, Offers
from tests.hdfs_in_memory import HdfsInMemory
from tests.hive_in_memory import HiveInMemory

ALL = month_range(Month(1987, 10), Month(2024, 12))
REPORT = {"rows_in": 3, "rows_clean": 2, "rows_quarantined": 1, "reasons": {}, "measures": {}}


class Lake(HdfsInMemory):
    """An HDFS that counts its calls, by whether the ledger is locked, and keeps the names in each folder."""

    def __init__(self):
        super().__init__()
        self.calls, self.is_locked = Counter(), False
        self.folders = defaultdict(dict)

    def put(self, path, data):
        self.files[path] = data
        while "/" in path.lstrip("/"):
            path, _, name = path.rpartition("/")
            self.folders[path][name] = {"length": 1}

    def status(self, path, strict=True):
        self.calls[self.is_locked] += 1
        return {"modificationTime": 0} if path in self.files or path in self.folders else None

    def list(self, folder, status=False):
        self.calls[self.is_locked] += 1
        return list(self.folders[folder].items()) if status else list(self.folders[folder])

    def read(self, path, encoding=None):
        calls = self.calls.copy()
        file = super().read(path, encoding)
        self.calls = calls + Counter({self.is_locked: 1})
        return file

    def write(self, path, data):
        self.calls[self.is_locked] += 1
        self.put(path, data)

    def rename(self, source, destination):
        self._rename(source, destination, "")

    def _rename(self, source, destination, renameoptions):
        self.calls[self.is_locked] += 1
        self.put(destination, self.files.pop(source))
        del self.folders[source.rpartition("/")[0]][source.rpartition("/")[2]]

    def delete(self, path, recursive=False):
        raise AssertionError(f"{path} is deleted, and nothing is new")


class Hive(HiveInMemory):
    def __init__(self):
        super().__init__()
        self.asked = Counter()

    def locations(self, dataset, settings=None):
        self.asked[dataset.name] += 1
        return super().locations(dataset)

    def cursor(self):
        return self


class Source:
    name = "bts"

    def offers(self, wanted):
        return Offers(tuple(Offer(FLIGHTS_REPORTING, *month, str(month)) for month in wanted))

    def revision(self, offer):
        return Revision(offer.name, etag=offer.name)

    def fetch(self, *_):
        raise AssertionError("nothing is new")


def fill(lake, hive):
    """Every month of ALL landed, cleaned, published and in the views, by a run of its own."""
    ledger = {}
    switches = defaultdict(dict)
    for month in ALL:
        sha256 = f"{month.index:012d}" + "0" * 52
        load_id = clean_loads.load_id(sha256)
        version = f"{FLIGHTS_REPORTING.partition_path(*month)}/landed=20260101T000000Z-{sha256[:8]}"
        manifest = Manifest(
            "flights_reporting", "reporting", "reporting", *month, (month.month,), 3, True, "a.csv", "a.csv", 9, sha256,
            "2026-01-01T00:00:00+00:00", version, "bts", str(month), None, None, str(month),
        )  # fmt: skip
        lake.put(f"{version}/a.csv", b"rows")
        lake.put(f"{version}/{MANIFEST}", json.dumps(asdict(manifest)).encode())
        switches[FLIGHTS_REPORTING][month] = version
        for dataset in (FLIGHTS, FLIGHTS_QUARANTINE):
            switches[dataset][month] = dataset.load_path(load_id, *month)
            lake.put(f"{switches[dataset][month]}/part-0.orc", b"rows")
        report = REPORT | {"checks": checks.version(), "load_id": load_id, "source_file": "a.csv"}
        lake.put(f"{switches[FLIGHTS][month]}/_report.json", json.dumps(report).encode())
        entry = replace(months.empty(month), family="reporting", source="bts", raw_file="a.csv", raw_sha256=sha256)
        counts = {name: count for name, count in REPORT.items() if name.startswith("rows")}
        ledger[month] = months.published(entry, load_id, tables.now(), **counts)
    for year in range(1987, 2025):
        for load in view_loads.of_year(switches[FLIGHTS], year):
            switches[load.view][load.partition] = load.location
            lake.put(f"{load.location}/part-0.orc", b"rows")
    for dataset, locations in switches.items():
        hive.tables[dataset.name] = {tuple(one): location for one, location in locations.items()}
        names = {one: "/".join(publications._parts(dataset, one)) for one in locations}
        rows = [Switch(tables.now(), dataset.name, names[o], None, to, "r", Why.LOAD) for o, to in locations.items()]
        publications.record(lake, dataset, "before", rows)
    tables.replace(lake, MONTHS, ledger.values())


@pytest.fixture
def cluster(monkeypatch, tmp_path):
    """An HDFS and a Hive in memory, in which all months are served."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    lake, hive = Lake(), Hive()
    monkeypatch.setattr(connections, "webhdfs", lambda: lake)
    monkeypatch.setattr(connections, "hive", lambda: _opened(hive))
    monkeypatch.setattr(metastore, "locations", hive.locations)
    monkeypatch.setattr(land_flights, "open_families", lambda *_: Source())
    monkeypatch.setattr(spark_job, "run", lambda *_: pytest.fail("nothing is new"))
    locked = tables.locked

    @contextmanager
    def counted(name):
        with locked(name):
            lake.is_locked = True
            yield
            lake.is_locked = False

    monkeypatch.setattr(tables, "locked", counted)
    fill(lake, hive)
    lake.calls.clear()
    return SimpleNamespace(lake=lake, hive=hive)


@contextmanager
def _opened(hive):
    yield hive


def test_a_load_of_447_months_with_nothing_new_makes_no_statement_and_few_calls(cluster):
    """It made 2,501 DESCRIBE statements, which took 150 s. What is counted here is written in docs/architecture.md."""
    assert len(ALL) == 447
    partitions = sum(len(cluster.hive.tables[view.name]) for view in BATCH_VIEWS)
    span = {"start": ALL[0].first_day, "end": ALL[-1].first_day, "source": "bts", "threads": 1}
    for task in (LandFlights, CleanFlights, BuildViews):
        made = task(run_id="nothing-new", **span)
        made.run()
        assert {one.outcome for one in made.output().records()} == {"unchanged"}
    assert cluster.hive.done == []
    assert len(cluster.hive.asked) == 11 and sum(cluster.hive.asked.values()) <= 13
    of_months = (2 + 3 + 2) * len(ALL)  # Manifests; reports and whether there are rows; what is beside the loads.
    of_views = 2 * partitions  # Whether they are built; what is beside them.
    assert sum(cluster.lake.calls.values()) <= of_months + of_views + 100
    assert cluster.lake.calls[True] <= 10
