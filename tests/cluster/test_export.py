"""An exported month has what SQL has of it."""

import duckdb
import pyarrow as pa
import pytest

from aero.ops import export
from tests.command import aero, sql

pytestmark = pytest.mark.cluster
MEASURES = (
    "COUNT(*) AS flights, SUM(departure_delay_minutes) AS minutes, MIN(year * 100 + month) AS month,"
    " SUM(CASE WHEN is_cancelled THEN 1 ELSE 0 END) AS cancelled,"
    " SUBSTR(CAST(MAX(scheduled_departure_at) AS VARCHAR(30)), 1, 19) AS latest, MAX(origin_id) AS origin"
)


@pytest.mark.parametrize("form", export.FORMS)
def test_an_exported_month_has_what_sql_has(year_2013, tmp_path, form):
    [manifest] = aero("export", "2013-02", "--format", form, "--to", str(tmp_path), "--json").json
    [in_hive] = sql(f"SELECT {MEASURES} FROM aero_clean.flights WHERE year = 2013 AND month = 2")
    with duckdb.connect() as files:
        files.execute("SET TimeZone = 'UTC'")
        path = tmp_path / manifest["file"]
        if form == "arrow":  # DuckDB reads the others by itself.
            files.register("month", pa.ipc.open_file(path).read_all())
        answer = files.execute(f"SELECT {MEASURES} FROM {'month' if form == 'arrow' else repr(str(path))}")
        in_file = dict(zip(in_hive, answer.fetchone(), strict=True))
    assert in_file == in_hive and manifest["rows"] == in_hive["flights"] > 20_000
    assert "it was there" in aero("export", "2013-02", "--format", form, "--to", str(tmp_path)).out


def test_parquet_beside_the_orc_changes_nothing_for_who_reads_the_table(year_2013):
    count = "SELECT COUNT(*) AS flights FROM aero_clean.flights WHERE year = 2013 AND month = 2"
    before = sql(count)
    [manifest] = aero("export", "2013-02", "--beside", "--json").json
    assert sql(count) == before == [{"flights": manifest["rows"]}]
    assert aero("sql", "--engine", "spark", "-e", count, "--format", "json").json == before
    assert "it was there" in aero("export", "2013-02", "--beside").out
