"""Cleaning a few lines, as the tests of several files need it."""

import flight_cleaning
import pytest
from pyspark.sql import functions as F

from aero import airports
from tests.jobs.bts_rows import cleaned


@pytest.fixture(scope="session")
def check(spark):
    """A function that cleans lines (the header first) and returns what it makes of them."""

    def of(month, texts):
        first, *rest = texts
        # As a file has them: a byte that is not UTF-8 stays what it is.
        rows = [(text.encode("latin-1"), number) for number, text in enumerate(rest, 2)]
        lines = spark.createDataFrame(rows, "line binary, source_line int").withColumn(
            "line", F.col("line").cast("string")
        )
        of_month = flight_cleaning.lines_of_months(lines, first, month)
        month.check_header(first)
        return cleaned(of_month, month, first, airports.time_zones())

    return of
