import datetime

from aero.datasets import DELAY_CATEGORIES_MONTHLY
from tests.hive.aero_batch.base_rows import MONTH, ROUTE

ROW = MONTH | ROUTE | {"cancelled_flights": 0}


def test_categories_end_at_0_15_and_60_minutes_and_a_flight_that_did_not_depart_has_none(flights, rows):
    not_departed = {"departure_delay_minutes": None, "is_cancelled": True, "flight_date": datetime.date(2013, 1, 31)}
    flights(
        *({"departure_delay_minutes": minutes} for minutes in (-12, 0, 1, 15, 16, 60, 61, 800)),
        {"departure_delay_minutes": 16, "is_cancelled": True},  # Left the gate and came back.
        not_departed,
        not_departed,
    )

    assert rows(DELAY_CATEGORIES_MONTHLY) == [
        ROW | _category(None, None, departed=0, total=2) | {"cancelled_flights": 2},
        ROW | _category("On-Time", 1, departed=2, total=2),
        ROW | _category("Minor", 2, departed=2, total=2),
        ROW | _category("Moderate", 3, departed=3, total=3) | {"cancelled_flights": 1},
        ROW | _category("Major", 4, departed=2, total=2),
    ]


def _category(name, order, departed, total):
    return {
        "delay_category": name,
        "delay_category_order": order,
        "departed_flights": departed,
        "total_flights": total,
    }
