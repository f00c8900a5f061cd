"""Events as records of `flights.processed`, for tests of the stream."""

BASE = {
    "schema_version": 1,
    "flight_id": "DL1234-20130710-JFK-ATL-1830",
    "event_at": "2013-07-10T16:30:00.000Z",
    "source": "replay",
    "status": "scheduled",
    "flight_date": "2013-07-10",
    "airline_id": "DL",
    "flight_number": "1234",
    "origin_id": "JFK",
    "destination_id": "ATL",
    "tail_number": None,
    "scheduled_departure_at": "2013-07-10T22:30:00.000Z",
    "departure_at": None,
    "scheduled_arrival_at": "2013-07-11T01:00:00.000Z",
    "arrival_at": None,
    "latitude": None,
    "departure_delay_minutes": None,
    "delay_category": None,
}
KEY = "JFK-201307102230-DL1234-ATL"
LEFT = {
    "event_at": "2013-07-10T22:50:00.000Z",
    "status": "active",
    "departure_at": "2013-07-10T22:50:00.000Z",
    "departure_delay_minutes": 20,
    "delay_category": "Moderate",
}
LANDED = LEFT | {"event_at": "2013-07-11T01:05:00.000Z", "status": "landed", "arrival_at": "2013-07-11T01:05:00.000Z"}
# The source finds out that it left later: in the next hour.
LEFT_LATER = {
    "event_at": "2013-07-10T23:30:00.000Z",
    "status": "active",
    "departure_at": "2013-07-10T23:10:00.000Z",
    "departure_delay_minutes": 40,
    "delay_category": "Moderate",
}


def event(**changes):
    """An announced flight, with the fields that are named changed."""
    return BASE | changes
