"""What corrects a forecast on the day: the horizons, what the day tells as numbers, and the sum of them."""

import math

import numpy as np
import pytest
from forecast_corrections import MINUTES, Horizon, corrected, inputs, reached
from forecast_features import LATER, History
from forecast_outcomes import NEVER
from forecast_sample import sample, with_later

from tests.jobs.forecast_flights import flight, table

NOTHING = dict.fromkeys(LATER, float("nan"))
PARAMETERS = {"coefficients": [1.0, 2.0, 0.5, -0.25, 0.125, 0.0625, 4.0], "intercept": -0.5}


def later(*flights):
    """What the day tells of flights, each by what differs from nothing."""
    return {name: np.array([(NOTHING | one)[name] for one in flights]) for name in LATER}


@pytest.mark.parametrize(
    ("instant", "left", "horizon"),
    [
        (639, NEVER, None),
        (640, NEVER, Horizon.HOURS_6),
        (819, NEVER, Horizon.HOURS_6),
        (820, NEVER, Horizon.HOURS_3),
        (910, NEVER, Horizon.MINUTES_90),
        (955, NEVER, Horizon.MINUTES_45),
        (1200, NEVER, Horizon.MINUTES_45),  # It is late, and has not left.
        (1200, 1201, Horizon.MINUTES_45),
        (1200, 1200, Horizon.DEPARTURE),
        (990, 990, Horizon.DEPARTURE),  # It left ten minutes early.
    ],
)
def test_the_newest_horizon_is_reached_at_its_minute(instant, left, horizon):
    assert reached(instant, 1000, left) == horizon


def test_what_is_not_known_is_nothing_unusual():
    assert [float(one[0]) for one in inputs(np.array([0.5]), later({}))] == [0.0] * 7
    told = {"inbound_delay_minutes": 90, "inbound_spare_minutes": 30, "departure_delay_minutes": 600}
    told |= {"origin_recent_delay_minutes": 30, "destination_recent_delay_minutes": -6}
    # An hour of the aircraft's delay is left; ten hours late is as late as two.
    assert [float(one[0]) for one in inputs(np.array([0.5]), later(told))] == [0.0, 1.0, 1.5, 1.0, 0.5, -0.1, 2.0]
    in_time = later({"inbound_delay_minutes": -20, "inbound_spare_minutes": -30})
    assert [float(one[0]) for one in inputs(np.array([0.0]), in_time)][:4] == [math.log(0.002 / 0.998), 0.0, -0.25, 1.0]


def test_a_flight_alone_is_corrected_as_among_others_to_the_last_bit():
    dice = np.random.default_rng(24)
    flights = {name: dice.uniform(-40, 200, 1001) for name in LATER}
    flights["inbound_delay_minutes"][::3] = np.nan
    said = dice.uniform(0, 1, 1001)
    together = corrected(PARAMETERS, said, flights)
    for row in range(0, 1001, 50):
        alone = corrected(PARAMETERS, said[[row]], {name: values[[row]] for name, values in flights.items()})
        assert alone.tolist() == [together[row]]
    odds = -0.5 + 0.5 * 1.5 - 0.25 + 2.0 * 1.5
    [one] = corrected(PARAMETERS, np.array([0.5]), later({"inbound_delay_minutes": 90, "inbound_spare_minutes": -5}))
    assert one == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-15)


def test_a_sample_has_what_the_day_tells_as_of_each_horizon():
    """Its aircraft leaves BOS 100 minutes before it, planned 150 before, and comes 50 before."""
    asked = flight(late=20, tail_number="N1")
    at = asked["scheduled_departure_at"]
    before = flight(late=0, tail_number="N1", flight_number="2", origin_id="BOS", destination_id="JFK")
    instants = {"scheduled_departure_at": 150, "departure_at": 100, "scheduled_arrival_at": 90, "arrival_at": 50}
    before |= {name: at - np.timedelta64(minutes, "m").astype(object) for name, minutes in instants.items()}
    rows = table(asked, before, flight(late=None, flight_number="3"))
    history = History(rows)
    known = with_later(sample(rows, history), rows, history)
    delay = {one: known.at(one)["inbound_delay_minutes"][0] for one in Horizon}
    assert list(map(str, delay.values())) == ["nan", "nan", "50.0", "40.0", "40.0"]
    left = {one: known.at(one)["departure_delay_minutes"] for one in Horizon}
    assert left[Horizon.DEPARTURE][:2].tolist() == [20.0, 0.0] and np.isnan(left[Horizon.DEPARTURE][2])
    assert all(np.isnan(left[one]).all() for one in MINUTES)
    # Rows that are taken, and put together, keep it.
    again = known.of(np.array([1])).and_of(known.of(np.array([0, 2])))
    assert again.at(Horizon.DEPARTURE)["departure_delay_minutes"][:2].tolist() == [0.0, 20.0]
    assert again.size == 3 and again.at("another") == {}
