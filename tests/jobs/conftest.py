"""Cleaning a few lines, as the tests of several files need it."""

import flight_cleaning
import pytest

from aero import airports


@pytest.fixture(scope="session")
def check(spark):
    """A function that cleans lines (the header first) and returns the checked rows."""
    zones = spark.createDataFrame(list(airports.time_zones().items()), "airport_id string, zone string").cache()

    def checked(month, texts, causes_collected=False):
        first, *rest = texts
        lines = spark.createDataFrame(list(zip(rest, range(2, len(rest) + 2))), "line string, source_line int")
        of_month = flight_cleaning.lines_of_month(lines, first, month)
        return flight_cleaning.checked(of_month, first, month, zones, causes_collected)

    return checked
