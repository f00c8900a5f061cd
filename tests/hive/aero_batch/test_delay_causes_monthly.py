import datetime

from aero.datasets import DELAY_CAUSES_MONTHLY

CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")
ROUTE = {"airline_id": "UA", "origin_id": "EWR", "destination_id": "IAH"}


def causes(*minutes):
    return {f"{cause}_delay_minutes": value for cause, value in zip(CAUSES, minutes, strict=True)}


def test_sums_minutes_and_counts_flights_of_each_cause_where_they_were_collected(flights, rows):
    flights(
        causes(20, 0, 5, 0, 0) | {"arrival_delay_minutes": 25},
        causes(0, 0, 3, 0, 12) | {"arrival_delay_minutes": 15},
        causes(0, 0, 0, 0, 0) | {"arrival_delay_minutes": 14},
        {"arrival_delay_minutes": 90},  # Late, and no cause was collected.
        {"arrival_delay_minutes": None, "is_cancelled": True},
        {"arrival_delay_minutes": None, "is_diverted": True},
    )

    assert rows(DELAY_CAUSES_MONTHLY) == [
        ROUTE
        | {
            "month": 1,
            "month_date": datetime.date(2013, 1, 1),
            "total_flights": 6,
            "arrival_delayed_flights": 3,
            "causes_known_flights": 3,
            "causes_known_delayed_flights": 2,
            "carrier_delay_minutes": 20,
            "carrier_delayed_flights": 1,
            "weather_delay_minutes": 0,
            "weather_delayed_flights": 0,
            "nas_delay_minutes": 8,
            "nas_delayed_flights": 2,
            "security_delay_minutes": 0,
            "security_delayed_flights": 0,
            "late_aircraft_delay_minutes": 12,
            "late_aircraft_delayed_flights": 1,
            "all_causes_delay_minutes": 40,
        }
    ]


def test_causes_that_were_not_collected_are_null_and_not_zero_minutes(flights, rows):
    flights({"flight_date": datetime.date(2003, 5, 31), "arrival_delay_minutes": 30})

    assert rows(DELAY_CAUSES_MONTHLY, year=2003) == [
        ROUTE
        | {
            "month": 5,
            "month_date": datetime.date(2003, 5, 1),
            "total_flights": 1,
            "arrival_delayed_flights": 1,
            "causes_known_flights": 0,
            "causes_known_delayed_flights": 0,
            "all_causes_delay_minutes": None,
        }
        | {f"{cause}_delay_minutes": None for cause in CAUSES}
        | {f"{cause}_delayed_flights": None for cause in CAUSES}
    ]
