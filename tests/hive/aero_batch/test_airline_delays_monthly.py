import datetime

from aero.datasets import AIRLINE_DELAYS_MONTHLY
from tests.hive.aero_batch.base_rows import FLIGHTS, PUNCTUALITY, WAY

ONE_FLIGHT = {"airline_id": "UA"} | FLIGHTS | PUNCTUALITY | WAY
DIVERTED = {
    "diverted_flights": 1,
    "arrived_flights": 0,
    "on_time_arrivals": 0,
    "on_time_arrival_share": 0.0,
    "total_arrival_delay_minutes": None,
    "average_arrival_delay_minutes": None,
}


def test_one_row_a_month_and_airline_over_all_routes(flights, rows):
    late = {"departure_delay_minutes": 15, "arrival_delay_minutes": 15, "is_diverted": None}
    flights(
        {"flight_date": datetime.date(2013, 2, 28)},
        {},
        late | {"flight_date": datetime.date(2013, 1, 31), "origin_id": "LGA", "destination_id": "DEN"},
        {"airline_id": "AA", "arrival_delay_minutes": None, "is_diverted": True},
        {"flight_date": datetime.date(2014, 1, 1)},
    )

    january = {"month": 1, "month_date": datetime.date(2013, 1, 1)}
    assert rows(AIRLINE_DELAYS_MONTHLY) == [
        ONE_FLIGHT | january | DIVERTED | {"airline_id": "AA"},
        ONE_FLIGHT
        | january
        | {
            "total_flights": 2,
            "departed_flights": 2,
            "arrived_flights": 2,
            "on_time_departure_share": 0.5,
            "on_time_arrival_share": 0.5,
            "total_departure_delay_minutes": 17,
            "average_departure_delay_minutes": 8.5,
            "total_arrival_delay_minutes": 26,
            "average_arrival_delay_minutes": 13.0,
            "total_distance_miles": 2800,
            "total_air_minutes": 454,
            "air_time_known_flights": 2,
        },
        ONE_FLIGHT | {"month": 2, "month_date": datetime.date(2013, 2, 1)},
    ]
