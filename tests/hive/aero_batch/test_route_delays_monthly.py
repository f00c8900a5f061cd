import datetime

from aero.datasets import ROUTE_DELAYS_MONTHLY
from tests.hive.aero_batch.base_rows import FLIGHTS, MONTH, PUNCTUALITY, ROUTE, WAY

ONE_FLIGHT = MONTH | ROUTE | FLIGHTS | PUNCTUALITY | WAY


def test_one_row_a_month_airline_and_direction_of_a_route(flights, rows):
    times = ("departure_delay_minutes", "arrival_delay_minutes", "air_minutes", "is_diverted")
    cancelled = {"is_cancelled": True} | dict.fromkeys(times)
    flights(
        {"origin_id": "IAH", "destination_id": "EWR"},
        {"flight_date": datetime.date(2013, 12, 31)},
        {"flight_date": datetime.date(2013, 1, 31)} | cancelled,
        {},
        {"airline_id": "B6"},
    )

    assert rows(ROUTE_DELAYS_MONTHLY) == [
        ONE_FLIGHT | {"airline_id": "B6"},
        ONE_FLIGHT
        | {
            "total_flights": 2,
            "cancelled_flights": 1,
            "on_time_departure_share": 0.5,
            "on_time_arrival_share": 0.5,
            "total_distance_miles": 2800,
        },
        ONE_FLIGHT | {"origin_id": "IAH", "destination_id": "EWR"},
        ONE_FLIGHT | {"month": 12, "month_date": datetime.date(2013, 12, 1)},
    ]
