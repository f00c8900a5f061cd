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
# One flight that departed in time, and one that arrived in time, of which nobody says whether it was diverted.
ONE_DEPARTURE = NO_DEPARTURES | {
    "scheduled_departures": 1,
    "departed_flights": 1,
    "on_time_departures": 1,
    "on_time_departure_share": 1.0,
}
ONE_ARRIVAL = NO_ARRIVALS | {
    "scheduled_arrivals": 1,
    "arrived_flights": 1,
    "on_time_arrivals": 1,
    "on_time_arrival_share": 1.0,
}
EWR_DEPARTURES = {
    "scheduled_departures": 3,
    "cancelled_departures": 1,
    "departed_flights": 3,
    "on_time_departures": 1,
    "on_time_departure_share": 1 / 3,
    "total_departure_delay_minutes": 31,
    "average_departure_delay_minutes": 31 / 3,
}
IAH_ARRIVALS = {
    "scheduled_arrivals": 3,
    "cancelled_arrivals": 1,
    "diverted_arrivals": 1,
    "diversion_known_arrivals": 2,
    "arrived_flights": 1,
    "on_time_arrivals": 0,
    "on_time_arrival_share": 0.0,
    "total_arrival_delay_minutes": 15,
    "average_arrival_delay_minutes": 15.0,
}


def _minutes(end, minutes):
    """The sum and the average of one flight's delay."""
    return {f"total_{end}_delay_minutes": minutes, f"average_{end}_delay_minutes": float(minutes)}


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
    known = {"diverted_arrivals": 0, "diversion_known_arrivals": 1}
    assert rows(AIRPORT_DELAYS_DAILY) == [
        {"airport_id": "EWR"} | day | EWR_DEPARTURES | ONE_ARRIVAL | _minutes("arrival", -20),
        {"airport_id": "IAH"} | day | ONE_DEPARTURE | _minutes("departure", -3) | IAH_ARRIVALS,
        {"airport_id": "EWR"} | american | NO_ARRIVALS | ONE_DEPARTURE | _minutes("departure", 0),
        {"airport_id": "IAH"} | american | NO_DEPARTURES | ONE_ARRIVAL | known | _minutes("arrival", 11),
    ]
