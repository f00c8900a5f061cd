import datetime

from aero.datasets import ROUTE_DELAYS_MONTHLY

ONE_FLIGHT = {
    "month": 1,
    "month_date": datetime.date(2013, 1, 1),
    "airline_id": "UA",
    "origin_id": "EWR",
    "destination_id": "IAH",
    "total_flights": 1,
    "cancelled_flights": 0,
    "diverted_flights": 0,
    "diversion_known_flights": 1,
    "departed_flights": 1,
    "arrived_flights": 1,
    "on_time_departures": 1,
    "on_time_departure_share": 1.0,
    "on_time_arrivals": 1,
    "on_time_arrival_share": 1.0,
    "total_departure_delay_minutes": 2,
    "average_departure_delay_minutes": 2.0,
    "total_arrival_delay_minutes": 11,
    "average_arrival_delay_minutes": 11.0,
    "total_distance_miles": 1400,
    "total_air_minutes": 227,
    "air_time_known_flights": 1,
    "average_air_minutes": 227.0,
}


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
        ONE_FLIGHT | {"month": 12, "month_date": datetime.date(2013, 12, 1)},
        ONE_FLIGHT | {"origin_id": "IAH", "destination_id": "EWR"},
    ]
