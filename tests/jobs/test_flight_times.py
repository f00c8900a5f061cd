"""Every expected instant is worked out by hand from the offsets in force that day, written beside it."""

from datetime import date, datetime, timedelta

import flight_times
import pyarrow as pa
import pytest

from aero import airports

CLOCKS = ("scheduled_departure_local", "departure_local", "scheduled_arrival_local", "arrival_local")
MINUTES = (
    "departure_delay_minutes",
    "scheduled_elapsed_minutes",
    "elapsed_minutes",
    "arrival_delay_minutes",
    "diversion_elapsed_minutes",
    "diversion_arrival_delay_minutes",
)
TYPES = {
    "flight_date": pa.int32(),
    "origin_id": pa.string(),
    "destination_id": pa.string(),
    **dict.fromkeys((*CLOCKS, *MINUTES), pa.int32()),
    "is_diversion_destination_reached": pa.bool_(),
}
# JFK 09:00 EDT (UTC-4) to LAX 12:20 PDT (UTC-7), left 12 minutes late, arrived 2 minutes late.
FLIGHT = {
    "flight_date": date(2013, 7, 15),
    "origin_id": "JFK",
    "destination_id": "LAX",
    "scheduled_departure_local": "09:00",
    "departure_local": "09:12",
    "departure_delay_minutes": 12,
    "scheduled_arrival_local": "12:20",
    "scheduled_elapsed_minutes": 380,
    "arrival_local": "12:22",
    "elapsed_minutes": 370,
    "arrival_delay_minutes": 2,
}
NEVER_LEFT = dict.fromkeys(
    ("departure_local", "departure_delay_minutes", "arrival_local", "elapsed_minutes", "arrival_delay_minutes")
)
NO_MINUTES = dict.fromkeys(("scheduled_elapsed_minutes", "elapsed_minutes"))


def minutes(text):
    return text and (datetime.fromisoformat(text) - datetime(1970, 1, 1)) // timedelta(minutes=1)


def clock(text):
    return text and int(text[:2]) * 60 + int(text[3:])


def day(when):
    return (when - date(1970, 1, 1)).days


READ = {"flight_date": day, **dict.fromkeys(CLOCKS, clock)}


# case: (changes, scheduled departure, departure, scheduled arrival, arrival), all UTC
CASES = {
    "a day flight": ({}, "2013-07-15 13:00", "2013-07-15 13:12", "2013-07-15 19:20", "2013-07-15 19:22"),
    # 23:50 EDT is 03:50Z of the next day; 25 minutes late makes the local clock 00:15 on the 16th, not on the 15th.
    "late over midnight": (
        {"scheduled_departure_local": "23:50", "departure_local": "00:15", "departure_delay_minutes": 25},
        "2013-07-16 03:50",
        "2013-07-16 04:15",
        "2013-07-16 10:10",
        "2013-07-16 10:25",
    ),
    # 24:00 on the 15th is 00:00 EDT on the 16th; 5 minutes early it is 23:55 on the 15th.
    "scheduled at 24:00, early": (
        {"scheduled_departure_local": "24:00", "departure_local": "23:55", "departure_delay_minutes": -5},
        "2013-07-16 04:00",
        "2013-07-16 03:55",
        "2013-07-16 10:20",
        "2013-07-16 10:05",
    ),
    # 2013-03-10 at 02:00 EST (UTC-5) becomes 03:00 EDT (UTC-4): 23:00 EST is 04:00Z, 380 minutes on it is 10:20Z.
    "over the change to summer time": (
        {"flight_date": date(2013, 3, 9), "scheduled_departure_local": "23:00", "departure_local": "23:12"},
        "2013-03-10 04:00",
        "2013-03-10 04:12",
        "2013-03-10 10:20",
        "2013-03-10 10:22",
    ),
    # 02:30 was skipped that night: it is read as EST, 07:30Z.
    "in the skipped hour": (
        {"flight_date": date(2013, 3, 10), "scheduled_departure_local": "02:30", "departure_local": "03:42"},
        "2013-03-10 07:30",
        "2013-03-10 07:42",
        "2013-03-10 13:50",
        "2013-03-10 13:52",
    ),
    # LAX to JFK over 2013-11-03, 02:00 EDT back to 01:00 EST. 22:00 PDT is 05:00Z; 320 minutes on it is 10:20Z,
    # which New York's clocks call 05:20 EST. By the clock alone, the first 05:20 after the departure is the same.
    "over the change to winter time": (
        {
            "flight_date": date(2013, 11, 2),
            "origin_id": "LAX",
            "destination_id": "JFK",
            "scheduled_departure_local": "22:00",
            "departure_local": "22:12",
            "scheduled_arrival_local": "05:20",
            "arrival_local": "05:22",
            **NO_MINUTES,
        },
        "2013-11-03 05:00",
        "2013-11-03 05:12",
        "2013-11-03 10:20",
        "2013-11-03 10:22",
    ),
    # JFK's 01:30 comes twice that night. 90 minutes to BOS: the first (EDT, 05:30Z) would arrive at 02:00 EST,
    # the second (EST, 06:30Z) arrives at 03:00 EST, as the schedule says.
    "in the repeated hour, second": (
        {
            "flight_date": date(2013, 11, 3),
            "destination_id": "BOS",
            "scheduled_departure_local": "01:30",
            "departure_local": "01:42",
            "scheduled_arrival_local": "03:00",
            "scheduled_elapsed_minutes": 90,
            "elapsed_minutes": 80,
        },
        "2013-11-03 06:30",
        "2013-11-03 06:42",
        "2013-11-03 08:00",
        "2013-11-03 08:02",
    ),
    "in the repeated hour, first": (
        {
            "flight_date": date(2013, 11, 3),
            "destination_id": "BOS",
            "scheduled_departure_local": "01:30",
            "departure_local": "01:42",
            "scheduled_arrival_local": "02:00",
            "scheduled_elapsed_minutes": 90,
            "elapsed_minutes": 80,
        },
        "2013-11-03 05:30",
        "2013-11-03 05:42",
        "2013-11-03 07:00",
        "2013-11-03 07:02",
    ),
    # Guam is UTC+10: 06:30 on the 15th is 20:30Z on the 14th. 18:00 in Honolulu (UTC-10) is 04:00Z: it arrives on the
    # 14th there, the evening before it left.
    "over the date line": (
        {
            "origin_id": "GUM",
            "destination_id": "HNL",
            "scheduled_departure_local": "06:30",
            "departure_local": "06:42",
            "scheduled_arrival_local": "18:00",
            "arrival_local": "18:02",
            **NO_MINUTES,
        },
        "2013-07-14 20:30",
        "2013-07-14 20:42",
        "2013-07-15 04:00",
        "2013-07-15 04:02",
    ),
    # Landing at 24:00 EDT on the 15th is 04:00Z on the 16th.
    "arriving at 24:00 by the clock": (
        {
            "destination_id": "BOS",
            "scheduled_departure_local": "22:40",
            "departure_local": "22:52",
            "scheduled_arrival_local": "24:00",
            "arrival_local": "00:02",
            **NO_MINUTES,
        },
        "2013-07-16 02:40",
        "2013-07-16 02:52",
        "2013-07-16 04:00",
        "2013-07-16 04:02",
    ),
    # 23:00 EDT is 03:00Z on the 16th; the next 00:10 in Boston is 04:10Z, not the 00:10 before it left.
    "arriving the next day by the clock": (
        {
            "destination_id": "BOS",
            "scheduled_departure_local": "23:00",
            "departure_local": "23:12",
            "scheduled_arrival_local": "00:10",
            "arrival_local": "00:12",
            **NO_MINUTES,
        },
        "2013-07-16 03:00",
        "2013-07-16 03:12",
        "2013-07-16 04:10",
        "2013-07-16 04:12",
    ),
    "never left": (NEVER_LEFT, "2013-07-15 13:00", None, "2013-07-15 19:20", None),
    # It left the gate at 09:12 and came back; the delay is not given.
    "left and came back": (
        NEVER_LEFT | {"departure_local": "09:12"},
        "2013-07-15 13:00",
        "2013-07-15 13:12",
        "2013-07-15 19:20",
        None,
    ),
    "left early, delay not given": (
        {"departure_local": "08:55", "departure_delay_minutes": None},
        "2013-07-15 13:00",
        "2013-07-15 12:55",
        "2013-07-15 19:20",
        "2013-07-15 19:05",
    ),
    "diverted, reached its destination": (
        {
            "elapsed_minutes": None,
            "arrival_delay_minutes": None,
            "diversion_arrival_delay_minutes": 211,
            "diversion_elapsed_minutes": 579,
            "is_diversion_destination_reached": True,
        },
        "2013-07-15 13:00",
        "2013-07-15 13:12",
        "2013-07-15 19:20",
        "2013-07-15 22:51",
    ),
    "diverted, did not reach it": (
        {
            "arrival_local": None,
            "elapsed_minutes": None,
            "arrival_delay_minutes": None,
            "is_diversion_destination_reached": False,
        },
        "2013-07-15 13:00",
        "2013-07-15 13:12",
        "2013-07-15 19:20",
        None,
    ),
    # Arrived 15:30 PDT, 22:30Z, and nothing else is known of it.
    "only the arrival's clock is given": (
        {"arrival_local": "15:30", "elapsed_minutes": None, "arrival_delay_minutes": None},
        "2013-07-15 13:00",
        "2013-07-15 13:12",
        "2013-07-15 19:20",
        "2013-07-15 22:30",
    ),
    "no schedule": (
        {"scheduled_departure_local": None, "scheduled_arrival_local": None, "scheduled_elapsed_minutes": None},
        None,
        None,
        None,
        None,
    ),
    "unknown airport": ({"origin_id": "???"}, None, None, None, None),
    # 19:20Z by the minutes; the destination's zone is not needed for it.
    "unknown destination": (
        {"destination_id": "???"},
        "2013-07-15 13:00",
        "2013-07-15 13:12",
        "2013-07-15 19:20",
        "2013-07-15 19:22",
    ),
}


@pytest.fixture(scope="module")
def instants():
    rows = [FLIGHT | changes for changes, *_ in CASES.values()]
    columns = {
        name: pa.array([READ.get(name, lambda value: value)(row.get(name)) for row in rows], kind)
        for name, kind in TYPES.items()
    }
    texts = {name: columns[name].dictionary_encode() for name in ("origin_id", "destination_id")}
    timed = flight_times.with_instants(columns | texts, airports.time_zones())
    names = ("scheduled_departure_at", "departure_at", "scheduled_arrival_at", "arrival_at")
    return dict(zip(CASES, zip(*[timed[name].to_pylist() for name in names])))


@pytest.mark.parametrize("case", CASES)
def test_instants_are_in_utc(instants, case):
    _, *expected = CASES[case]

    assert list(instants[case]) == [minutes(text) for text in expected]


def test_every_flight_stays_one_flight(instants):
    assert instants.keys() == CASES.keys()
