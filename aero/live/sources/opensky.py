"""OpenSky: where aircraft are. Its state vectors become positions of flights that are known already, by call sign.

It knows positions, not schedules: a position event repeats the flight's identity and carries no status and no times.
It happened when the position was measured, which can be minutes before OpenSky is asked.
"""

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import requests
from thriftpy2.thrift import TException

from aero.errors import AeroError
from aero.instants import utc_now
from aero.live import store
from aero.live.archive import Page
from aero.live.event import SCHEMA_VERSION, FlightEvent
from aero.live.fields import InvalidEvent
from aero.live.sources import StartOptions, answers, configs, polling
from aero.live.sources.callsigns import flight_of
from aero.live.sources.configs import PollConfig
from aero.live.sources.opensky_token import Token, read_client
from aero.live.sources.polling import Poll, Temporary
from aero.live.units import FEET_PER_METRE, KNOTS_PER_METRE_PER_SECOND, converted
from aero.settings import Settings

NAME = "opensky"
# An anonymous user has 400 credits a day; a poll takes up to four.
INTERVAL_SECONDS = 900
URL = "https://opensky-network.org/api"
CONTIGUOUS_STATES = (24.0, -125.0, 50.0, -66.0)
TIMEOUT_SECONDS = (10, 60)
PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 24 * 3600.0
# Places in a state vector; an 18th value comes only with extended=1.
CALL_SIGN, TIME_POSITION, LONGITUDE, LATITUDE, BAROMETRIC, VELOCITY, TRACK, GEOMETRIC = 1, 3, 5, 6, 7, 9, 10, 13
VECTOR_FIELDS = 17
# So long after its expected arrival a leg that left may still be in the air: holding, or gone to another airport.
LANDING_ALLOWANCE = timedelta(hours=2)
# A leg of which no source says when it comes is not in the air longer; Singapore to New York takes 19 hours.
LONGEST_FLIGHT = timedelta(hours=20)
log = logging.getLogger(__name__)

# Finds the flight that a carrier has in the air under a number at an instant, None if it is not known. It may raise
# Temporary; the poll is then given up until the next.
Lookup = Callable[[str, str, datetime], FlightEvent | None]


def read_key(file: Path) -> str | None:
    """The client, of its variables or of `file`, as the text of such a file; None to ask anonymously."""
    client = read_client(file)
    return json.dumps({"clientId": client[0], "clientSecret": client[1].reveal()}) if client else None


def config_of(options: StartOptions) -> Callable[[], PollConfig]:
    """How often is polled, at most."""
    return partial(PollConfig.of, options, INTERVAL_SECONDS, URL)


def run(settings: Settings, stop: threading.Event) -> None:
    """Poll OpenSky for the positions of the flights that HBase knows."""
    config = configs.read(settings, NAME, PollConfig)
    client = read_client(configs.key_file(settings, NAME))
    source = OpenSky(flight_in_the_air, stop, Token(*client) if client else None, config.url)
    polling.serve(settings, stop, source, config.interval, lambda: {"credits_left": source.credits_left})


def flight_in_the_air(airline_id: str, flight_number: str, at: datetime) -> FlightEvent | None:
    """The state of the leg that is flown under a number at an instant. Raises Temporary while HBase is away."""
    try:
        with store.opened() as hbase:
            return leg_in_the_air(store.states_around(hbase, f"{airline_id}{flight_number}", at), at)
    except (AeroError, TException) as fault:
        raise Temporary(str(fault)) from fault


class OpenSky:
    """`poll` asks for all states within `bounds` (south, west, north, east in degrees; None for the whole world).

    `token` None asks anonymously, 400 credits a day instead of 4,000. `credits_left` is what OpenSky answered last.
    """

    name = NAME

    def __init__(
        self,
        lookup: Lookup,
        stop: threading.Event,
        token: Token | None = None,
        url: str = URL,
        bounds: tuple[float, float, float, float] | None = CONTIGUOUS_STATES,
        attempts: int = 6,
        first_wait: float = 2.0,
        now: Callable[[], datetime] = utc_now,
    ):
        self.lookup = lookup
        self.token = token
        self.url = url.rstrip("/")
        self.credits_left: int | None = None
        self._parameters = dict(zip(("lamin", "lomin", "lamax", "lomax"), bounds)) if bounds else {}
        self._now = now
        self._retrying = polling.retrying(stop, attempts, first_wait, longest_wait=300)
        self._session = requests.Session()
        self._resting_until = now()

    def poll(self) -> Poll:
        """Positions of known flights. Empty, with `pause` in seconds, while OpenSky asks to be left alone.

        Raises AeroError for credentials that it refuses.
        """
        if self._rest_seconds() > 0:
            return Poll(pause=self._rest_seconds())
        try:
            body = self._retrying(self._fetch)
            if body is None:
                return Poll(pause=self._rest_seconds())
            page = Page(self._now(), body)
            events, counts = positions(body["states"] or (), self.lookup, page.fetched_at)
        except Temporary as fault:
            log.warning("opensky: given up until the next poll: %s", fault)
            return Poll()
        return Poll([page], events, counts)

    def _fetch(self) -> dict[str, Any] | None:
        """The answer, None if OpenSky has no credits for us. Raises Temporary, AeroError."""
        answer = self._get()
        if answer.status_code == 401 and self.token:
            self.token.forget()
            answer = self._get()
        if answer.status_code == 429:
            self._rest(answer)
            return None
        if answer.status_code in (401, 403):
            refused = "the client" if self.token else "anonymous calls"
            raise AeroError(
                f"opensky: {self.url}: HTTP {answer.status_code}: it refuses {refused}",
                "Make an API client on your account's page and set OPENSKY_CLIENT_ID and OPENSKY_CLIENT_SECRET.",
            )
        remaining = answer.headers.get("X-Rate-Limit-Remaining", "")
        if remaining.isdecimal() and len(remaining) < 10:
            self.credits_left = int(remaining)
            log.info("opensky: %d credits left today", self.credits_left)
        body = answers.json_of(answer) if answer.ok else None
        if not isinstance(body, dict) or not isinstance(body.get("states", 0), list | None):
            raise Temporary(f"{self.url}: HTTP {answer.status_code}, but no states")
        answers.checked_records(body.get("states") or [])
        return body

    def _get(self) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token.text()}"} if self.token else {}
        try:
            return self._session.get(
                f"{self.url}/states/all",
                params=self._parameters,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                stream=True,
            )
        except requests.RequestException as fault:
            raise Temporary(f"{self.url}: {fault}") from fault

    def _rest_seconds(self) -> float:
        return (self._resting_until - self._now()).total_seconds()

    def _rest(self, answer: requests.Response) -> None:
        asked = answer.headers.get("X-Rate-Limit-Retry-After-Seconds", "")
        pause = min(max(float(asked), 1.0), LONGEST_PAUSE_SECONDS) if asked.isdecimal() else PAUSE_SECONDS
        self.credits_left = 0
        self._resting_until = self._now() + timedelta(seconds=pause)
        log.warning("opensky: no credits left; asked again at %s", f"{self._resting_until:%Y-%m-%d %H:%M} UTC")


def positions(states: Iterable[Any], lookup: Lookup, now: datetime) -> tuple[list[FlightEvent], Counter[str]]:
    """Position events of the state vectors of known flights, and what the vectors were.

    Counts: `states`, `positions`, `no position`, `no flight number`, `unknown flight`, `unusable: <field>`.
    """
    events: list[FlightEvent] = []
    counts: Counter[str] = Counter()
    for vector in states:
        counts["states"] += 1
        try:
            event = _position(vector, lookup, now)
        except InvalidEvent as fault:
            counts[f"unusable: {fault.field}"] += 1
            continue
        except (ArithmeticError, ValueError, OSError):  # Its time is none that a clock ever shows.
            counts["unusable: event_at"] += 1
            continue
        if isinstance(event, str):
            counts[event] += 1
        else:
            counts["positions"] += 1
            events.append(event)
    return events, counts


def _position(vector: Any, lookup: Lookup, now: datetime) -> FlightEvent | str:
    """The event, or why there is none. Raises InvalidEvent."""
    if not isinstance(vector, list) or len(vector) < VECTOR_FIELDS:
        raise InvalidEvent(f"opensky: a state vector has {VECTOR_FIELDS} fields, not {vector!r}", field="state vector")
    if not isinstance(vector[CALL_SIGN], str | None) or not isinstance(vector[TIME_POSITION], int | None):
        raise InvalidEvent(f"opensky: call sign or time is mistyped: {vector!r}", field="state vector")
    flight = flight_of(vector[CALL_SIGN])
    if flight is None:
        return "no flight number"
    measured, latitude, longitude = vector[TIME_POSITION], vector[LATITUDE], vector[LONGITUDE]
    if measured is None or latitude is None or longitude is None:
        return "no position"
    measured_at = min(datetime.fromtimestamp(measured, UTC), now)
    known = lookup(*flight, measured_at)
    if known is None:
        return "unknown flight"
    altitude = vector[BAROMETRIC] if vector[BAROMETRIC] is not None else vector[GEOMETRIC]
    return FlightEvent(
        schema_version=SCHEMA_VERSION,
        event_at=measured_at,
        source=NAME,
        latitude=latitude,
        longitude=longitude,
        altitude_feet=converted(altitude, FEET_PER_METRE, "altitude_feet"),
        ground_speed_knots=converted(vector[VELOCITY], KNOTS_PER_METRE_PER_SECOND, "ground_speed_knots"),
        heading_degrees=vector[TRACK],
        **known.identity(),
    )


def leg_in_the_air(states: Iterable[FlightEvent], at: datetime) -> FlightEvent | None:
    """Of the states of one number's legs, the one that flies at `at`: departed, not landed, the last to depart.

    A leg of which nobody said that it landed flies until its expected arrival and LANDING_ALLOWANCE; an aircraft seen
    later is on another leg. Where none is known to have left, the one whose planned times hold `at`. For a Lookup over
    a store of states.
    """
    states = list(states)
    flying = [
        (state.departure_at, state)
        for state in states
        if state.status == "active"
        and state.departure_at
        and state.departure_at <= at <= _expected_arrival(state, state.departure_at) + LANDING_ALLOWANCE
    ]
    if flying:
        return max(flying, key=itemgetter(0))[1]
    planned = [
        state
        for state in states
        if state.status == "scheduled"
        and state.scheduled_departure_at <= at <= _expected_arrival(state, state.scheduled_departure_at)
    ]
    return max(planned, key=lambda state: state.scheduled_departure_at, default=None)


def _expected_arrival(state: FlightEvent, departure_at: datetime) -> datetime:
    """When a leg that leaves at `departure_at` is expected at its gate: the latest of the estimate and its schedule.

    The schedule is as late as the departure is. Without any arrival it is the longest flight there is.
    """
    late = max(departure_at - state.scheduled_departure_at, timedelta(0))
    scheduled_at = state.scheduled_arrival_at and state.scheduled_arrival_at + late
    return max(filter(None, (state.estimated_arrival_at, scheduled_at)), default=departure_at + LONGEST_FLIGHT)
