import datetime

from aero.datasets import HOURLY_DELAYS_MONTHLY
from tests.hive.aero_batch.base_rows import MONTH, PUNCTUALITY, ROUTE, TWO_ONE_LATE

ONE_FLIGHT = MONTH | {"day_of_week": 2} | ROUTE | {"total_flights": 1, "cancelled_flights": 0} | PUNCTUALITY


def test_groups_by_the_scheduled_local_hour_where_24_00_is_hour_0_and_no_schedule_is_null(flights, rows):
    flights(
        {"scheduled_departure_local": "23:59", "flight_date": datetime.date(2013, 1, 29)},
        {"scheduled_departure_local": "24:00"},
        {"scheduled_departure_local": "00:30"},
        {"scheduled_departure_local": "05:00", "departure_delay_minutes": 70, "arrival_delay_minutes": 80},
        {"scheduled_departure_local": "05:59"},
        {"scheduled_departure_local": None},
    )

    assert rows(HOURLY_DELAYS_MONTHLY) == [
        ONE_FLIGHT | {"scheduled_departure_hour_local": None},
        ONE_FLIGHT
        | {
            "scheduled_departure_hour_local": 0,
            "total_flights": 2,
            "departed_flights": 2,
            "arrived_flights": 2,
            "on_time_departures": 2,
            "on_time_arrivals": 2,
            "total_departure_delay_minutes": 4,
            "total_arrival_delay_minutes": 22,
        },
        ONE_FLIGHT | TWO_ONE_LATE | {"scheduled_departure_hour_local": 5},
        ONE_FLIGHT | {"scheduled_departure_hour_local": 23},
    ]


def test_groups_by_weekday_month_airline_and_route(flights, rows):
    sunday = {"day_of_week": 7, "flight_date": datetime.date(2013, 1, 6)}
    flights(
        sunday,
        sunday | {"flight_date": datetime.date(2013, 1, 13)},
        {},
        {"flight_date": datetime.date(2013, 3, 5)},
        {"airline_id": "AA"},
        {"origin_id": "JFK"},
        {"destination_id": "DEN"},
    )

    keys = ("airline_id", "origin_id", "destination_id", "month", "day_of_week", "total_flights")
    assert [tuple(row[key] for key in keys) for row in rows(HOURLY_DELAYS_MONTHLY)] == [
        ("AA", "EWR", "IAH", 1, 2, 1),
        ("UA", "EWR", "DEN", 1, 2, 1),
        ("UA", "EWR", "IAH", 1, 2, 1),
        ("UA", "EWR", "IAH", 1, 7, 2),
        ("UA", "JFK", "IAH", 1, 2, 1),
        ("UA", "EWR", "IAH", 3, 2, 1),
    ]
