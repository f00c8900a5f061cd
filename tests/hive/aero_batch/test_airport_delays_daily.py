import datetime

from aero.datasets import AIRPORT_DELAYS_DAILY

NO_DEPARTURES = {
    "scheduled_departures": 0,
    "cancelled_departures": 0,
    "departed_flights": 0,
    "on_time_departures": 0,
    "on_time_departure_share": None,
    "total_departure_delay_minutes": None,
    "average_departure_delay_minutes": None,
}
NO_ARRIVALS = {
    "scheduled_arrivals": 0,
    "cancelled_arrivals": 0,
    "diverted_arrivals": None,
    "diversion_known_arrivals": 0,
    "arrived_flights": 0,
    "on_time_arrivals": 0,
    "on_time_arrival_share": None,
    "total_arrival_delay_minutes": None,
    "average_arrival_delay_minutes": None,
}


def test_a_flight_is_a_departure_of_its_origin_and_an_arrival_of_its_destination(flights, rows):
    back = {"origin_id": "IAH", "destination_id": "EWR"}
    flights(
        {"departure_delay_minutes": 14, "arrival_delay_minutes": 15},
        {"departure_delay_minutes": 16, "arrival_delay_minutes": None, "is_diverted": True},
        {"departure_delay_minutes": 1, "arrival_delay_minutes": None, "is_cancelled": True, "is_diverted": None},
        back | {"departure_delay_minutes": -3, "arrival_delay_minutes": -20, "is_diverted": None},
        {"airline_id": "AA", "flight_date": datetime.date(2013, 6, 30), "departure_delay_minutes": 0},
    )

    day = {"flight_date": datetime.date(2013, 1, 1), "airline_id": "UA"}
    american = {"flight_date": datetime.date(2013, 6, 30), "airline_id": "AA"}
    assert rows(AIRPORT_DELAYS_DAILY) == [
        american
        | NO_ARRIVALS
        | {
            "airport_id": "EWR",
            "scheduled_departures": 1,
            "cancelled_departures": 0,
            "departed_flights": 1,
            "on_time_departures": 1,
            "on_time_departure_share": 1.0,
            "total_departure_delay_minutes": 0,
            "average_departure_delay_minutes": 0.0,
        },
        day
        | {
            "airport_id": "EWR",
            "scheduled_departures": 3,
            "cancelled_departures": 1,
            "departed_flights": 3,
            "on_time_departures": 1,
            "on_time_departure_share": 1 / 3,
            "total_departure_delay_minutes": 31,
            "average_departure_delay_minutes": 31 / 3,
            "scheduled_arrivals": 1,
            "cancelled_arrivals": 0,
            "diverted_arrivals": None,
            "diversion_known_arrivals": 0,
            "arrived_flights": 1,
            "on_time_arrivals": 1,
            "on_time_arrival_share": 1.0,
            "total_arrival_delay_minutes": -20,
            "average_arrival_delay_minutes": -20.0,
        },
        american
        | NO_DEPARTURES
        | {
            "airport_id": "IAH",
            "scheduled_arrivals": 1,
            "cancelled_arrivals": 0,
            "diverted_arrivals": 0,
            "diversion_known_arrivals": 1,
            "arrived_flights": 1,
            "on_time_arrivals": 1,
            "on_time_arrival_share": 1.0,
            "total_arrival_delay_minutes": 11,
            "average_arrival_delay_minutes": 11.0,
        },
        day
        | {
            "airport_id": "IAH",
            "scheduled_departures": 1,
            "cancelled_departures": 0,
            "departed_flights": 1,
            "on_time_departures": 1,
            "on_time_departure_share": 1.0,
            "total_departure_delay_minutes": -3,
            "average_departure_delay_minutes": -3.0,
            "scheduled_arrivals": 3,
            "cancelled_arrivals": 1,
            "diverted_arrivals": 1,
            "diversion_known_arrivals": 2,
            "arrived_flights": 1,
            "on_time_arrivals": 0,
            "on_time_arrival_share": 0.0,
            "total_arrival_delay_minutes": 15,
            "average_arrival_delay_minutes": 15.0,
        },
    ]
