import re

import pytest

from aero import hql
from aero.bts import LAYOUTS
from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_MARKETING, FLIGHTS_REPORTING

# Partition columns have these names already.
RENAMED = {"Year": "flight_year", "Month": "flight_month"}


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


@pytest.mark.parametrize("dataset", [FLIGHTS_REPORTING, FLIGHTS_MARKETING, FLIGHTS_DATAEXPO])
def test_a_raw_table_has_the_columns_of_its_widest_layout_as_text_in_their_order(dataset):
    layouts = [layout for layout in LAYOUTS.values() if layout.raw == dataset]
    columns = hql.columns(dataset.hql("create"))
    widest = max(layouts, key=lambda layout: len(layout.columns))
    expected = [(RENAMED.get(name, _snake_case(name)), "STRING") for name in widest.columns]
    expected += [(partition, "INT") for partition in dataset.partitions]
    assert [(column.name, column.type) for column in columns] == expected
    assert [column.name for column in columns if not column.comment] == []


@pytest.mark.parametrize("dataset", [FLIGHTS_REPORTING, FLIGHTS_MARKETING, FLIGHTS_DATAEXPO])
def test_a_raw_table_stands_over_its_folder(dataset):
    text = dataset.hql("create").read_text()
    assert f"EXISTS {dataset.name} (" in text
    assert f"LOCATION '{dataset.path}'" in text
    assert "'skip.header.line.count' = '1'" in text


def test_the_old_names_stand_in_the_places_of_the_new_ones():
    renamed = {"UniqueCarrier", "AirlineID", "Carrier", "TailNum", "FlightNum"}
    pairs = zip(LAYOUTS["reporting"].columns, LAYOUTS["reporting_old"].columns, strict=True)
    assert {old for new, old in pairs if new != old} == renamed
