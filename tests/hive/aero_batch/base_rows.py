"""What a batch view says of one base flight (conftest.BASE_FLIGHT): the parts that the views' rows share."""

import datetime

MONTH = {"month": 1, "month_date": datetime.date(2013, 1, 1)}
ROUTE = {"airline_id": "UA", "origin_id": "EWR", "destination_id": "IAH"}
PUNCTUALITY = {
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
}
# Of two base flights, the second 70 minutes late at departure and 80 at arrival.
TWO_ONE_LATE = {
    "total_flights": 2,
    "departed_flights": 2,
    "arrived_flights": 2,
    "on_time_departure_share": 0.5,
    "on_time_arrival_share": 0.5,
    "total_departure_delay_minutes": 72,
    "average_departure_delay_minutes": 36.0,
    "total_arrival_delay_minutes": 91,
    "average_arrival_delay_minutes": 45.5,
}
FLIGHTS = {"total_flights": 1, "cancelled_flights": 0, "diverted_flights": 0, "diversion_known_flights": 1}
WAY = {
    "total_distance_miles": 1400,
    "total_air_minutes": 227,
    "air_time_known_flights": 1,
    "average_air_minutes": 227.0,
}
