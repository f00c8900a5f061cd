"""An exported month has the rows and columns of the load that readers see, whole or not at all."""

import hashlib
import io
import json
from datetime import UTC, date, datetime

import hdfs
import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyarrow import csv, orc, parquet

from aero import connections, metastore
from aero.cli import main
from aero.datasets import FLIGHTS
from aero.errors import AeroError
from aero.month import Month
from aero.ops import export
from aero.settings import load_settings
from tests.hdfs_in_memory import HdfsInMemory
from tests.printed import printed

FEBRUARY = Month(2013, 2)
READ = {"parquet": parquet.read_table, "csv": csv.read_csv, "arrow": lambda path: pa.ipc.open_file(path).read_all()}
FLOWN = {"flight_date": date(2013, 2, 3), "airline_id": "DL", "departure_at": datetime(2013, 2, 3, 22, 50),
         "delay": 20, "is_cancelled": False, "diversions": [{"airport_id": "BOS", "minutes": 31}]}  # fmt: skip
NOTHING = {"departure_at": None, "delay": None, "diversions": None}
CANCELLED = FLOWN | NOTHING | {"airline_id": 'A, "A"', "is_cancelled": True}


def _orc(*rows):
    file = io.BytesIO()
    orc.write_table(pa.Table.from_pylist(list(rows)), file)
    return file.getvalue()


class Lake(HdfsInMemory):
    """February, of two files; `publish` gives it another load."""

    def __init__(self):
        super().__init__()
        self.publish("aaaaaaaaaaaa-1", {"part-0.orc": _orc(FLOWN, CANCELLED), "part-1.orc": _orc(FLOWN)})

    def publish(self, load_id, parts):
        self.folder = FLIGHTS.load_path(load_id, *FEBRUARY)
        self.files |= {f"{self.folder}/{name}": content for name, content in parts.items()}
        self.files[f"{self.folder}/_report.json"] = b"{}"


@pytest.fixture
def lake(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "home"))
    made = Lake()
    monkeypatch.setattr(metastore, "locations", lambda *_: {tuple(FEBRUARY): made.folder})
    monkeypatch.setattr(connections, "webhdfs", lambda: made)
    return made


def _run(*words):
    return CliRunner().invoke(main, ["export", *words])


@pytest.mark.parametrize("form", export.FORMS)
def test_the_rows_are_those_of_the_load_with_the_partition_s_columns(lake, tmp_path, form):
    manifest, is_new = export.month(lake, FEBRUARY, lake.folder, form, tmp_path)
    read = READ[form](tmp_path / f"flights-2013-02.{form}")
    partition = {"year": 2013, "month": 2}
    assert [row["year"] for row in read.to_pylist()] == [2013] * 3
    if form == "csv":
        assert read.column("airline_id").to_pylist() == ["DL", 'A, "A"', "DL"]
        assert read.column("delay").to_pylist() == [20, None, 20]
        diversions = read.column("diversions").to_pylist()
        assert [json.loads(one or "[]") for one in diversions] == [FLOWN["diversions"], [], FLOWN["diversions"]]
    else:
        expected = [FLOWN | partition, CANCELLED | partition, FLOWN | partition]
        assert read.to_pylist() == expected
    assert is_new and (manifest.rows, manifest.columns) == (3, [*FLOWN, "year", "month"])
    assert manifest.load_id == "aaaaaaaaaaaa-1"


def test_the_manifest_has_the_hash_of_the_file_and_both_are_for_their_owner_alone(lake, tmp_path):
    export.month(lake, FEBRUARY, lake.folder, "parquet", tmp_path)
    said = json.loads((tmp_path / "flights-2013-02.json").read_text())
    path = tmp_path / said["file"]
    assert said["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest() and said["bytes"] == path.stat().st_size
    assert {one.stat().st_mode & 0o077 for one in tmp_path.glob("flights-*")} == {0}


def test_what_is_there_is_not_written_again_unless_it_is_another_load_or_was_changed(lake, tmp_path):
    def again():
        return export.month(lake, FEBRUARY, lake.folder, "parquet", tmp_path)[1]

    assert [again(), again()] == [True, False]
    (tmp_path / "flights-2013-02.parquet").write_bytes(b"cut")
    assert [again(), again()] == [True, False]
    lake.publish("bbbbbbbbbbbb-1", {"part-0.orc": _orc(FLOWN)})
    assert [again(), again()] == [True, False]
    assert parquet.read_table(tmp_path / "flights-2013-02.parquet").num_rows == 1


def test_a_break_leaves_what_was_there_and_nothing_half_written(lake, tmp_path):
    export.month(lake, FEBRUARY, lake.folder, "parquet", tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    lake.publish("bbbbbbbbbbbb-1", {"part-0.orc": _orc(FLOWN), "part-1.orc": b"no ORC"})
    with pytest.raises(AeroError, match=r"part-1\.orc is no ORC"):
        export.month(lake, FEBRUARY, lake.folder, "parquet", tmp_path)
    lake.publish("cccccccccccc-1", {})
    with pytest.raises(AeroError, match="holds no rows"):
        export.month(lake, FEBRUARY, lake.folder, "parquet", tmp_path)
    with pytest.raises(hdfs.HdfsError):
        export.month(lake, FEBRUARY, "/aero/gone/load=d", "parquet", tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_command_names_files_and_months_that_are_not_there(lake, tmp_path):
    to = str(tmp_path / "out")
    assert "3 flights\n" in _run("2013-02", "--to", to).output
    assert "3 flights, it was there" in _run("2013-02", "2013-02", "--to", to).output
    [said] = printed("export", _run("2013-02", "--to", to, "--json").output)
    assert said["month"] == "2013-02" and said["rows"] == 3
    assert "Readers see no flights of 2013-03." in _run("2013-02", "2013-03", "--to", to).output


def test_beside_the_orc_it_is_passed_over_by_readers_and_goes_with_its_load(lake):
    load_settings().temporary.mkdir(parents=True)
    [said] = printed("export", _run("2013-02", "--beside", "--json").output)
    path = f"{lake.folder}/{said['file']}"
    assert (
        said["file"].startswith("_") and parquet.read_table(io.BytesIO(lake.files[path])).num_rows == said["rows"] == 3
    )
    assert f"hdfs:{path}  3 flights, it was there" in _run("2013-02", "--beside").output
    assert {row["airline_id"] for row in _rows(lake)} == {"DL", 'A, "A"'} and len(_rows(lake)) == 3
    lake.publish("bbbbbbbbbbbb-1", {"part-0.orc": _orc(FLOWN)})
    assert "1 flights\n" in _run("2013-02", "--beside").output
    for words in ((), ("--beside", "--to", "out")):
        assert "Say where to" in _run("2013-02", *words).output


def _rows(lake):
    """What an export reads of the load."""
    return [row for batch in export._batches(lake, FEBRUARY, lake.folder) for row in batch.to_pylist()]


def test_as_of_takes_the_load_that_was_served_then(lake, monkeypatch, tmp_path):
    old = lake.folder
    lake.publish("bbbbbbbbbbbb-1", {"part-0.orc": _orc(FLOWN)})
    asked = []

    def looked_up(client, statements, at):
        asked.append((statements, at))
        return export.as_of.Past(at, {FLIGHTS: {tuple(FEBRUARY): old}}, [old], [])

    monkeypatch.setattr(export.as_of, "looked_up", looked_up)
    shown = _run("2013-02", "--to", str(tmp_path / "out"), "--as-of", "2026-11-01")
    assert "3 flights" in shown.output
    assert asked == [(["SELECT * FROM aero_clean.flights"], datetime(2026, 11, 1, tzinfo=UTC))]
