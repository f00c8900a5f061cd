"""A metastore that knows no table does not begin beside the data of tables."""

import pytest

from aero import connections
from aero.cluster import metastore_guard, metastore_schema, postgres
from aero.datasets import BATCH, CLEAN
from aero.errors import AeroError
from aero.settings import Settings

DERBY = {"METASTORE_DB_URL": "jdbc:derby:;databaseName=/home/metastore;create=true"}
POSTGRES = {"METASTORE_DB_URL": "jdbc:postgresql://postgres:5432/metastore"}


class Hdfs:
    """Folders with the bytes below each."""

    def __init__(self, **folders):
        self.folders = {f"/aero/{name}": length for name, length in folders.items()}

    def status(self, path, strict=True):
        assert path in self.folders or strict is False, f"{path} is not there, which is no fault"
        return {"type": "DIRECTORY"} if path in self.folders else None

    def content(self, path):
        return {"length": self.folders[path]}


class Database:
    """PostgreSQL of a metastore: the number of its tables, None before it was ever started."""

    def __init__(self, tables):
        self.tables, self.is_closed = tables, False

    def cursor(self):
        return self

    def execute(self, statement):
        asked = {"SELECT to_regclass('\"TBLS\"') IS NOT NULL": self.tables is not None}
        self.answer = (asked | {'SELECT count(*) FROM "TBLS"': self.tables})[statement]

    def fetchone(self):
        return [self.answer]

    def close(self):
        self.is_closed = True


@pytest.fixture
def begun(monkeypatch, tmp_path):
    """A function that begins a metastore; whether it made PostgreSQL's tables."""
    made = []
    monkeypatch.setattr(metastore_schema, "make", lambda *arguments: made.append(arguments))

    def begin(hdfs, variables=DERBY, tables=None):
        database = Database(tables)
        monkeypatch.setattr(connections, "webhdfs", lambda: hdfs)
        settings = Settings(tmp_path, tmp_path, {})
        monkeypatch.setattr(
            postgres, "connect", lambda of, name: {"metastore": database}[name] if of is settings else None
        )
        metastore_guard.begin(settings, variables, ["metastore"])
        assert database.is_closed or variables == DERBY
        assert made in ([], [(variables, ["metastore"])])
        return bool(made)

    return begin


@pytest.mark.parametrize("variables", [DERBY, POSTGRES], ids=["derby", "postgres"])
@pytest.mark.parametrize("held", ["clean", "batch"])
@pytest.mark.parametrize("tables", [None, 0])
def test_an_empty_one_is_refused_beside_data_of_tables(begun, variables, held, tables):
    with pytest.raises(AeroError) as refused:
        begun(Hdfs(**{held: 1}), variables, tables)
    place = variables["METASTORE_DB_URL"].removesuffix(";create=true")
    said = f"The metastore's database {place} knows no table, but HDFS holds data of tables in"
    assert refused.value.problem == f"{said} /aero/{held}."
    with pytest.raises(AeroError, match=f"{CLEAN.path} and {BATCH.path}\\.") as refused:
        begun(Hdfs(clean=1, batch=1), variables, tables)
    assert refused.value.fix.endswith("aero load makes the tables again from what lies in /aero/raw.")


def test_an_empty_one_begins_beside_empty_folders_and_beside_raw_files(begun):
    assert not begun(Hdfs(clean=0, batch=0, raw=10**9)), "Derby makes its tables itself"
    assert begun(Hdfs(raw=10**9), POSTGRES)


def test_one_that_knows_tables_begins_whatever_hdfs_holds(begun, tmp_path):
    assert not begun(Hdfs(clean=1), POSTGRES, tables=40)
    (tmp_path / "metastore").mkdir()
    (tmp_path / "metastore" / "service.properties").touch()
    begun(Hdfs(clean=1))
