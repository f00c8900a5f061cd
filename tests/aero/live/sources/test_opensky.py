import logging
from datetime import UTC, datetime, timedelta

import pytest

from aero.errors import AeroError
from aero.live.sources.credentials import Secret
from aero.live.sources.opensky import OpenSky, positions
from aero.live.sources.opensky_token import Token


@pytest.fixture
def expected(samples):
    """What is right for the stored answer."""
    return samples.expected["opensky"]


@pytest.fixture
def now(expected):
    """The second at which the stored answer was given."""
    return datetime.fromtimestamp(expected["time"], UTC)


@pytest.fixture
def united(event, expected, now):
    """The state of the flight that is in the air in the stored answer."""
    airline_id, number = expected["airline_id"], expected["flight_number"]
    return event(
        flight_id=f"{airline_id}{number}-{now:%Y%m%d}-BOS-DEN-1500",
        airline_id=airline_id,
        flight_number=number,
        origin_id="BOS",
        scheduled_arrival_at=now + timedelta(hours=2),
    )


@pytest.fixture
def lookup(united, expected):
    known = expected["airline_id"], expected["flight_number"]
    return lambda airline_id, number, at: united if (airline_id, number) == known else None


@pytest.fixture
def vector(samples):
    """The state vector of that flight, with places changed."""
    states = samples.live("states")["states"]

    def changed(places=None):
        values = list(states[0])
        for place, value in (places or {}).items():
            values[place] = value
        return values

    return changed


@pytest.fixture
def clock(clock_at, now):
    return clock_at(now)


@pytest.fixture
def poller(server, lookup, stopped_never, clock):
    def made(**settings):
        settings = {"url": server.url, "attempts": 3, "first_wait": 0.001, "now": clock} | settings
        return OpenSky(lookup, stopped_never, **settings)

    return made


def test_states_of_known_flights_become_positions(poller, server, samples, expected, united):
    server.answers.append(samples.live("states"))
    poll = poller().poll()
    [position] = poll.events
    assert poll.counts == {"states": 4, "positions": 1, "no flight number": 3}
    assert poll.pages[0].body == samples.live("states")
    assert position.known() == united.identity() | {
        "schema_version": 1,
        "event_at": datetime.fromtimestamp(expected["time"] - 1, UTC),
        "source": "opensky",
        **expected["position"],
    }
    assert len(expected["position"]) == 5


def test_a_position_says_nothing_of_status_and_times(vector, lookup, united, now):
    [position], _ = positions([vector()], lookup, now)
    assert not {"status", "departure_at", "arrival_at", "tail_number"} & position.known().keys()
    assert (united.known() | position.known())["status"] == "active"


def test_null_states_are_none(poller, server, samples):
    server.answers.append(samples.live("null_states"))
    poll = poller().poll()
    assert (poll.events, poll.counts, len(poll.pages)) == ([], {}, 1)


@pytest.mark.parametrize(
    ("places", "count"),
    [
        ({3: None}, "no position"),
        ({5: None}, "no position"),
        ({6: None}, "no position"),
        ({1: "UAL9999 "}, "unknown flight"),
        ({1: None}, "no flight number"),
        ({1: 421}, "unusable: state vector"),
        ({3: "now"}, "unusable: state vector"),
        ({6: 95.0}, "unusable: latitude"),
        ({7: "high"}, "unusable: altitude_feet"),
    ],
)
def test_a_vector_without_an_event_is_counted(vector, lookup, now, places, count):
    events, counts = positions([vector(places), vector()], lookup, now)
    assert len(events) == 1
    assert counts == {"states": 2, "positions": 1, count: 1}


@pytest.mark.parametrize("length", [17, 18])
def test_vectors_have_17_fields_or_18(vector, lookup, now, length):
    assert len(positions([vector()[:length]], lookup, now)[0]) == 1


def test_a_short_vector_is_counted(vector, lookup, now):
    assert positions([vector()[:16], None], lookup, now)[1] == {"states": 2, "unusable: state vector": 2}


@pytest.mark.parametrize(
    ("places", "feet"),
    [({}, "barometric"), ({7: None}, "geometric"), ({7: None, 13: None}, None), ({7: 0, 13: 50}, 0.0)],
)
def test_altitude_is_barometric_else_geometric(vector, lookup, now, expected, places, feet):
    given = {"barometric": expected["position"]["altitude_feet"], "geometric": expected["geometric_feet"]}
    [position], _ = positions([vector(places)], lookup, now)
    assert position.altitude_feet == given.get(feet, feet)


def test_a_position_from_the_future_is_of_now(vector, lookup, now):
    [position], _ = positions([vector({3: int(now.timestamp()) + 255})], lookup, now)
    assert position.event_at == now


def test_its_bounds_are_asked_for(poller, server, samples):
    server.answers.append(samples.live("null_states"))
    poller(bounds=(24.5, -125.0, 49.5, -66.0)).poll()
    poller(bounds=None).poll()
    asked = [request.parameters for request in server.requests]
    assert asked == [{"lamin": "24.5", "lomin": "-125.0", "lamax": "49.5", "lomax": "-66.0"}, {}]


def test_without_credits_it_waits_as_long_as_it_is_told(poller, server, samples, expected, clock, caplog):
    refusal, pause = samples.live("too_many"), expected["pause"]
    server.answers.extend([(429, "", refusal["headers"]), samples.live("null_states")])
    patient = poller()
    assert patient.poll().pause == pause
    clock.now += timedelta(seconds=pause - 1)
    assert patient.poll().pause == 1
    assert len(server.requests) == 1
    clock.now += timedelta(seconds=1)
    assert len(patient.poll().pages) == 1
    assert [record.message for record in caplog.records if "no credits left" in record.message] == [
        f"opensky: no credits left; asked again at {expected['asked_again']} UTC"
    ]
    assert patient.credits_left == 0


@pytest.mark.parametrize("header", [{}, {"X-Rate-Limit-Retry-After-Seconds": "soon"}])
def test_a_limit_without_a_time_is_a_minute(poller, server, header):
    server.answers.append((429, "", header))
    assert poller().poll().pause == 60


def test_credits_are_shown(poller, server, samples, caplog):
    server.answers.append((200, samples.live("null_states"), {"X-Rate-Limit-Remaining": "397"}))
    with caplog.at_level(logging.INFO):
        frugal = poller()
        frugal.poll()
    assert frugal.credits_left == 397
    assert "397 credits left" in caplog.text


@pytest.mark.parametrize("failure", [(503, "busy"), (200, "<html>"), (200, {"time": 1}), (200, []), "hang up"])
def test_what_passes_by_itself_is_tried_again(poller, server, samples, failure):
    server.answers.extend([server.HANG_UP if failure == "hang up" else failure])
    server.answers.append(samples.live("states"))
    assert len(poller().poll().events) == 1
    assert len(server.requests) == 2


def test_it_lives_on_when_the_source_goes_on_failing(poller, server, caplog):
    server.answers.append((500, ""))
    poll = poller().poll()
    assert (poll.events, poll.pages, len(server.requests)) == ([], [], 3)
    assert "given up until the next poll" in caplog.text


def test_refused_anonymous_calls_end_it(poller, server):
    server.answers.append((403, ""))
    with pytest.raises(AeroError, match="HTTP 403: it refuses anonymous calls"):
        poller().poll()


@pytest.fixture
def token(server, clock):
    return Token("aero-client", Secret("s3cret"), f"{server.url}/token", now=clock)


def bearer(text):
    return {"access_token": text, "expires_in": 1800, "token_type": "Bearer"}


def test_a_token_is_asked_for_once_and_sent(poller, server, samples, token):
    nothing = samples.live("null_states")
    server.answers.extend([bearer("first"), nothing, nothing])
    client = poller(token=token)
    client.poll()
    client.poll()
    paths = [(request.path, request.headers.get("Authorization")) for request in server.requests]
    assert paths == [("/token", None), ("/states/all", "Bearer first"), ("/states/all", "Bearer first")]
    assert server.requests[0].form == {
        "grant_type": "client_credentials",
        "client_id": "aero-client",
        "client_secret": "s3cret",
    }


def test_a_token_is_renewed_before_its_half_hour_ends(poller, server, samples, token, clock):
    nothing = samples.live("null_states")
    server.answers.extend([bearer("first"), nothing, bearer("second"), nothing])
    client = poller(token=token)
    client.poll()
    clock.now += timedelta(minutes=29, seconds=30)
    client.poll()
    assert [request.headers.get("Authorization") for request in server.requests if request.path == "/states/all"] == [
        "Bearer first",
        "Bearer second",
    ]


def test_a_token_that_is_refused_is_renewed_once(poller, server, samples, token):
    server.answers.extend([bearer("old"), (401, ""), bearer("new"), samples.live("null_states")])
    assert len(poller(token=token).poll().pages) == 1
    assert server.requests[-1].headers["Authorization"] == "Bearer new"


def test_a_client_that_is_refused_twice_ends_it(poller, server, token):
    server.answers.extend([bearer("old"), (401, ""), bearer("new"), (401, "")])
    with pytest.raises(AeroError, match="HTTP 401: it refuses the client"):
        poller(token=token).poll()
