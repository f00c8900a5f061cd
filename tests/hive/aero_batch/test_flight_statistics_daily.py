import datetime

from aero.datasets import FLIGHT_STATISTICS_DAILY

CANCELLED = {
    "is_cancelled": True,
    "departure_delay_minutes": None,
    "arrival_delay_minutes": None,
    "air_minutes": None,
}


def test_counts_what_happened_between_two_airports_on_a_day(flights, rows):
    flights(
        {"departure_delay_minutes": -4, "arrival_delay_minutes": -10, "air_minutes": 200},
        {"departure_delay_minutes": 15, "arrival_delay_minutes": 14, "air_minutes": 230},
        {"departure_delay_minutes": 40, "arrival_delay_minutes": 15, "air_minutes": None},
        {"departure_delay_minutes": 3, "arrival_delay_minutes": None, "is_diverted": True, "air_minutes": None},
        CANCELLED,
        CANCELLED | {"departure_delay_minutes": 6},  # Left the gate and came back.
    )

    assert rows(FLIGHT_STATISTICS_DAILY, month=1) == [
        {
            "flight_date": datetime.date(2013, 1, 1),
            "airline_id": "UA",
            "origin_id": "EWR",
            "destination_id": "IAH",
            "total_flights": 6,
            "cancelled_flights": 2,
            "diverted_flights": 1,
            "diversion_known_flights": 6,
            "departed_flights": 5,
            "arrived_flights": 3,
            "on_time_departures": 2,
            "on_time_departure_share": 2 / 6,
            "on_time_arrivals": 2,
            "on_time_arrival_share": 2 / 6,
            "total_departure_delay_minutes": 60,
            "average_departure_delay_minutes": 12.0,
            "total_arrival_delay_minutes": 19,
            "average_arrival_delay_minutes": 19 / 3,
            "total_distance_miles": 8400,
            "total_air_minutes": 430,
            "air_time_known_flights": 2,
            "average_air_minutes": 215.0,
        }
    ]


def test_what_is_not_known_of_any_flight_is_null_and_not_zero(flights, rows):
    flights(CANCELLED | {"is_diverted": None, "distance_miles": None})

    [row] = rows(FLIGHT_STATISTICS_DAILY, month=1)

    assert {name: value for name, value in row.items() if value is None or value == 0} == {
        "diverted_flights": None,
        "diversion_known_flights": 0,
        "departed_flights": 0,
        "arrived_flights": 0,
        "on_time_departures": 0,
        "on_time_departure_share": 0.0,
        "on_time_arrivals": 0,
        "on_time_arrival_share": 0.0,
        "total_departure_delay_minutes": None,
        "average_departure_delay_minutes": None,
        "total_arrival_delay_minutes": None,
        "average_arrival_delay_minutes": None,
        "total_distance_miles": None,
        "total_air_minutes": None,
        "air_time_known_flights": 0,
        "average_air_minutes": None,
    }


def test_one_row_a_day_airline_and_route_of_the_month_alone_sorted_for_pruning(flights, rows):
    flights(
        {"airline_id": "UA", "flight_date": datetime.date(2013, 1, 2)},
        {"airline_id": "UA"},
        {"airline_id": "UA"},
        {"airline_id": "UA", "origin_id": "LGA"},
        {"airline_id": "UA", "destination_id": "DEN"},
        {"airline_id": "AA", "flight_date": datetime.date(2013, 1, 31)},
        {"airline_id": "AA", "flight_date": datetime.date(2013, 2, 1)},
        {"airline_id": "AA", "flight_date": datetime.date(2012, 1, 1)},
    )

    keys = ("airline_id", "origin_id", "destination_id", "flight_date", "total_flights")
    assert [tuple(row[key] for key in keys) for row in rows(FLIGHT_STATISTICS_DAILY, month=1)] == [
        ("AA", "EWR", "IAH", datetime.date(2013, 1, 31), 1),
        ("UA", "EWR", "DEN", datetime.date(2013, 1, 1), 1),
        ("UA", "EWR", "IAH", datetime.date(2013, 1, 1), 2),
        ("UA", "EWR", "IAH", datetime.date(2013, 1, 2), 1),
        ("UA", "LGA", "IAH", datetime.date(2013, 1, 1), 1),
    ]
