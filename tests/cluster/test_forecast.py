"""The forecast on the running services: ten days, each as of the day before, by models that saw the months before."""

from datetime import UTC, datetime

import pytest

from aero.live import delay_forecasts, row_keys, store
from tests.cluster import live_tables
from tests.command import aero, sql
from tests.waiting import until

pytestmark = [pytest.mark.cluster, pytest.mark.long]
DAY = "2013-07-10"
SCORE = ("forecast", "score", "--day", DAY, "--days", "10", "--models", "airline_hour,logistic", "--json")
FORECASTS = f"from aero_ml.delay_forecasts where year = 2013 and month = 7 and flight_date = '{DAY}'"


@pytest.fixture(scope="module")
def scores(year_2013):
    """A training up to June and the ten days after; where a model is in service already, the days alone."""
    found = aero(*SCORE).json
    assert sum(found["flights_by_model"].values()) == found["flights"]
    return found


def test_the_models_of_the_training_are_rows_and_one_is_in_service(scores):
    training = scores["training_id"]
    rows = sql(f"select model_name, is_served from aero_ml.models where training_id = '{training}'")
    assert len(rows) == 3 and {row["model_name"] for row in rows} >= {"airline_hour", "cancelled"}
    [served] = [row["model_name"] for row in rows if row["is_served"]]
    [promotion] = sql(f"select model_name, from_month from aero_ml.promotions where training_id = '{training}'")
    assert promotion == {"model_name": served, "from_month": "2013-07"}
    assert training in {row["training_id"] for row in aero("forecast", "models", "--json").json}


def test_every_flight_of_the_day_has_a_probability_as_of_the_day_before(scores):
    [flights] = sql(
        f"select count(*) as n from aero_clean.flights where year = 2013 and month = 7 and flight_date = '{DAY}'"
    )
    [row] = sql(
        "select count(*) as n, min(late_probability) >= 0 and max(late_probability) <= 1 as are_shares,"
        " count(cancelled_probability) as cancelled, count(delay_p90_minutes) as minutes, count(reasons) as reasons,"
        f" max(unix_timestamp(scheduled_departure_at) - unix_timestamp(as_of_at)) as seconds {FORECASTS}"
    )
    n = flights["n"]
    assert row == {"n": n, "are_shares": True, "seconds": 24 * 3600, "cancelled": n, "minutes": n, "reasons": n}


def test_each_day_s_track_record_is_what_came(scores):
    days = aero("forecast", "track", "--month", "2013-07", "--json").json
    assert [day["flight_date"] for day in days] == [f"2013-07-{day:02d}" for day in range(1, 11)]
    assert sum(day["arrived_flights"] for day in days) == scores["arrived"]
    assert sum(day["squared_error"] for day in days) / scores["arrived"] == pytest.approx(scores["brier"], abs=1e-9)
    assert len(sql("select flight_date from aero_ml.track_record where flight_date <= '2013-07-10'")) == 10


def test_scored_again_the_day_is_there_once_and_the_same(scores):
    before = sql(f"select count(*) as n, round(sum(late_probability), 9) as expected {FORECASTS}")
    again = aero("forecast", "score", "--day", DAY, "--json").json
    assert again["training_id"] == scores["training_id"]
    assert sql(f"select count(*) as n, round(sum(late_probability), 9) as expected {FORECASTS}") == before


def test_a_flight_is_shown_with_its_reasons_and_what_came_of_it(scores):
    shown = aero("forecast", "show", "--day", DAY, "--limit", "5", "--json").json
    chances = [row["late_probability"] for row in shown]
    assert len(shown) == 5 and chances == sorted(chances, reverse=True)
    first = shown[0]
    number = f"{first['airline_id']}{first['flight_number']}"
    assert first["reasons"] in aero("forecast", "show", number, "--day", DAY).out


def test_what_is_published_of_the_day_is_beside_the_live_states_to_the_last_digit(scores):
    [row] = sql(
        "select origin_id, airline_id, flight_number, destination_id, late_probability,"
        f" unix_timestamp(scheduled_departure_at) as leaves {FORECASTS} order by late_probability desc limit 1"
    )
    probability, leaves = row.pop("late_probability"), datetime.fromtimestamp(row.pop("leaves"), UTC)
    key = row_keys.flight(scheduled_departure_at=leaves, **row)
    assert scores["is_on_boards"]
    # A DataNode was stopped by a test before: HBase ends itself when it notices, and is started again.
    until(lambda: _late(key) == probability)


def _late(row_key):
    with store.opened() as hbase:
        [state] = delay_forecasts.beside(hbase, [{"row_key": row_key}])
    return float(state[delay_forecasts.LATE])


def test_a_day_that_is_played_renews_its_forecasts_which_come_closer_to_what_came(scores):
    """Whichever forecast it: where the model drifts by then, it is the baseline."""
    live_tables.played("--day", DAY, "--again")
    aero("live", "stop")
    rows = sql(
        "select row_key, unix_timestamp(arrival_at) - unix_timestamp(scheduled_arrival_at) >= 900 as is_late"
        f" from aero_live.flight_state where flight_date = date '{DAY}' and status = 'landed'"
    )
    with store.opened() as hbase:
        told = delay_forecasts.beside(hbase, rows)
    aero("clean-slate", "--layer", "live", "--delete", "--confirm", "live")  # Tests after have a day of their own.
    assert len(told) > 800 and {row["forecast_renewed_horizon"] for row in told} == {"departure"}
    squares = {
        name: sum((float(row[name]) - row["is_late"]) ** 2 for row in told)
        for name in (delay_forecasts.LATE, delay_forecasts.NOW)
    }
    assert squares[delay_forecasts.NOW] < squares[delay_forecasts.LATE] / 2


def test_thresholds_are_weighed_in_sql(scores):
    settings = {"year": 2013, "month": 7, "minutes": 15, "false_alarm": 1, "miss": 3}
    given = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    rows = aero(
        "sql", "hive/aero_ml/delay_forecasts/decisions.hql", "--engine", "spark", "--format", "json", *given
    ).json
    arrived = {row["told_and_late"] + row["false_alarms"] + row["misses"] + row["on_time_and_not_told"] for row in rows}
    assert len(rows) == 8 and arrived == {scores["arrived"]}
