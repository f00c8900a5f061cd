import datetime

from aero.datasets import AIRPORT_WEEKDAY_DELAYS_MONTHLY
from tests.hive.aero_batch.base_rows import MONTH, PUNCTUALITY, ROUTE, TWO_ONE_LATE

ONE_FLIGHT = (
    MONTH
    | {name: value for name, value in ROUTE.items() if name != "destination_id"}
    | {"day_of_week": 2, "total_flights": 1, "cancelled_flights": 0}
    | PUNCTUALITY
)


def test_groups_by_weekday_month_airline_and_origin_whatever_the_hour_and_the_destination(flights, rows):
    flights(
        {"scheduled_departure_local": "23:59", "destination_id": "DEN"},
        {"scheduled_departure_local": None, "departure_delay_minutes": 70, "arrival_delay_minutes": 80},
        {"day_of_week": 7, "flight_date": datetime.date(2013, 1, 6)},
        {"airline_id": "AA"},
        {"origin_id": "JFK"},
        {"flight_date": datetime.date(2013, 3, 5)},
    )

    assert rows(AIRPORT_WEEKDAY_DELAYS_MONTHLY) == [
        ONE_FLIGHT | {"airline_id": "AA"},
        ONE_FLIGHT | TWO_ONE_LATE,
        ONE_FLIGHT | {"day_of_week": 7},
        ONE_FLIGHT | {"origin_id": "JFK"},
        ONE_FLIGHT | {"month": 3, "month_date": datetime.date(2013, 3, 1)},
    ]
