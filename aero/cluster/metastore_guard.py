"""The metastore's tables and the files of HDFS belong together: neither starts empty beside what is left of the other.

An empty metastore beside a full HDFS would show no tables, an empty HDFS beside a full metastore tables without rows.
Both would look like a new cluster, and the next load would make them one.
"""

from aero import connections
from aero.cluster import metastore_schema, postgres
from aero.datasets import BATCH, CLEAN, ROOT
from aero.errors import AeroError
from aero.settings import Settings

_DERBY = "jdbc:derby:"


def tables_known(settings: Settings, variables: dict[str, str]) -> str:
    """The place of the metastore's database and what it holds; an empty string where it knows no table yet."""
    url = variables["METASTORE_DB_URL"]
    if url.startswith(_DERBY):
        folder = settings.home / "metastore"
        return f"{folder}: the tables of the metastore" if (folder / "service.properties").is_file() else ""
    connection = postgres.connect(settings, url.rpartition("/")[2])
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT to_regclass('\"TBLS\"') IS NOT NULL")
        if not cursor.fetchone()[0]:  # The metastore has never started.
            return ""
        cursor.execute('SELECT count(*) FROM "TBLS"')
        tables = cursor.fetchone()[0]
        return f"{url}: {tables} tables of the metastore" if tables else ""
    finally:
        connection.close()


def begin(settings: Settings, variables: dict[str, str], command: list[str]) -> None:
    """Make PostgreSQL's tables for a metastore that knows none yet; with Derby the metastore makes its own.

    Raises AeroError as `is_new` does.
    """
    if is_new(settings, variables) and not variables["METASTORE_DB_URL"].startswith(_DERBY):
        metastore_schema.make(variables, command)


def is_new(settings: Settings, variables: dict[str, str]) -> bool:
    """Whether the metastore may begin with no table, since there never was one. HDFS must answer.

    Raises AeroError where HDFS holds files of tables.
    """
    if tables_known(settings, variables):
        return False
    _refuse_to_forget(variables)
    return True


def _refuse_to_forget(variables: dict[str, str]) -> None:
    hdfs = connections.webhdfs()
    held = [
        path for path in (CLEAN.path, BATCH.path) if hdfs.status(path, strict=False) and hdfs.content(path)["length"]
    ]
    if held:
        raise AeroError(
            f"The metastore's database {_place(variables)} knows no table, but HDFS holds data of tables in"
            f" {' and '.join(held)}.",
            "Put the database back from a copy. If it is lost, aero recover metastore moves these folders away; the"
            f" metastore then starts empty, and aero load makes the tables again from what lies in {ROOT}/raw.",
        )


def _place(variables: dict[str, str]) -> str:
    return variables["METASTORE_DB_URL"].split(";create")[0]
