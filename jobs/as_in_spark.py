"""DuckDB, asked in words of Spark's SQL, of the Arrow arrays that one of Spark's Python workers has.

A month of 480,000 flights answers in tenths of a second what takes Spark's own SQL seconds of a processor.
tests/jobs/test_checks_on_rows.py and tests/jobs/test_view_rows.py hold what is asked to mean the same to both.
"""

import duckdb
import pyarrow as pa

from aero.ops import checks

NAMES = (
    *checks.MACROS,
    "CREATE MACRO trunc(day, unit) AS date_trunc(CASE unit WHEN 'MM' THEN 'month' END, day)",
)


def opened(flights: pa.Table) -> duckdb.DuckDBPyConnection:
    """A connection to the table `flights`; NULL comes first where rows are sorted."""
    # A worker has one core, and what Spark tells of progress is enough.
    connection = duckdb.connect(config={"threads": 1, "default_null_order": "nulls_first"})
    connection.execute(";".join(NAMES))
    return connection.register("flights", flights)
