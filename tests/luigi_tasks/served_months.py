"""An HDFS and a Hive in memory in which months are served, views and all, and a source that has them still."""

import json
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import asdict, replace
from types import SimpleNamespace

from aero import connections, metastore
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE, FLIGHTS_REPORTING, MONTHS
from aero.ops import checks, months, publications, tables, view_loads
from aero.ops.publications import Switch, Why
from aero.raw_versions import MANIFEST, Manifest, Revision
from luigi_tasks import clean_loads, land_flights, spark_job
from luigi_tasks.build_views import BuildViews
from luigi_tasks.clean_flights import CleanFlights
from luigi_tasks.land_flights import LandFlights
from luigi_tasks.publication import Publication
from luigi_tasks.sources.offers import Offer, Offers
from tests.hdfs_in_memory import HdfsInMemory
from tests.hive_in_memory import HiveInMemory

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

    def content(self, folder, strict=True):
        return {"fileCount": len(self.files)}

    def delete(self, path, recursive=False):
        raise AssertionError(f"{path} is deleted")


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


def fill(lake, hive, span):
    """Every month of `span` landed, cleaned, published and in the views, by a run of its own."""
    ledger = {}
    switches = defaultdict(dict)
    for month in span:
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
    for year in {month.year for month in span}:
        for load in view_loads.of_year(switches[FLIGHTS], year):
            switches[load.view][load.partition] = load.location
            lake.put(f"{load.location}/part-0.orc", b"rows")
    for dataset, locations in switches.items():
        hive.tables[dataset.name] = {tuple(one): location for one, location in locations.items()}
        names = {one: "/".join(publications._parts(dataset, one)) for one in locations}
        rows = [Switch(tables.now(), dataset.name, names[o], None, to, "r", Why.LOAD) for o, to in locations.items()]
        publications.record(lake, dataset, rows)
    tables.replace(lake, MONTHS, ledger.values())


def serving(monkeypatch, span):
    """The HDFS (`lake`) and the `hive` where the months of `span` are served, in the place of the real ones.

    Spark, in its place, writes the views that it is asked for, which are `built`; the gates pass everything.
    """
    lake, hive, built = Lake(), Hive(), []
    monkeypatch.setattr(connections, "webhdfs", lambda: lake)
    monkeypatch.setattr(connections, "hive", lambda: _opened(hive))
    monkeypatch.setattr(metastore, "locations", hive.locations)
    monkeypatch.setattr(land_flights, "open_families", lambda *_: Source())

    def build(job, plan):
        assert job == "build_views"
        built.extend(plan)
        for load in plan:
            lake.put(f"{load.location}/part-0.orc", b"rows")
        return ""

    monkeypatch.setattr(spark_job, "run", build)
    monkeypatch.setattr(Publication, "_judge", lambda *_: [])
    locked = tables.locked

    @contextmanager
    def counted(name):
        with locked(name):
            lake.is_locked = True
            yield
            lake.is_locked = False

    monkeypatch.setattr(tables, "locked", counted)
    fill(lake, hive, span)
    lake.calls.clear()
    return SimpleNamespace(lake=lake, hive=hive, built=built)


@contextmanager
def _opened(hive):
    yield hive


def load(first, last, run_id="test"):
    """A load of these months; the outcomes of its steps."""
    span = {"start": first.first_day, "end": last.first_day, "source": "bts", "threads": 1}
    outcomes = []
    for task in (LandFlights, CleanFlights, BuildViews):
        made = task(run_id=run_id, **span)
        made.run()
        outcomes.append({one.outcome for one in made.output().records()})
    return outcomes
