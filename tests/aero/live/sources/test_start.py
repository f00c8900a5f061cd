"""What `aero live start` keeps for a live source, and what the source's process does with it."""

import threading
from contextlib import nullcontext
from datetime import date
from types import SimpleNamespace

import pytest

from aero import process_state
from aero.errors import AeroError
from aero.live.event import from_json
from aero.live.replay.delivery_log import read_lines
from aero.live.sources import aviationstack, configs, opensky, polling, replay
from aero.live.sources.configs import PollConfig, ReplayConfig
from aero.settings import Settings

DAY = date(2013, 7, 10)
NO_FAULTS = {"late": 0.0, "duplicate": 0.0, "shuffled": 0.0, "corrupt": 0.0}
OPTIONS = {
    "day": None, "first": None, "last": None, "speed": None, "seed": 0, "late": 0.0, "duplicate": 0.0, "shuffle": 0.0,
    "corrupt": 0.0, "interval": None, "pages": 1, "monthly_calls": 100, "filters": {},
}  # fmt: skip


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path, tmp_path, {})


@pytest.mark.parametrize(
    ("changes", "config"),
    [
        ({"day": DAY}, ReplayConfig("2013-07-10", "2013-07-10", faults=NO_FAULTS)),
        ({"first": DAY}, ReplayConfig("2013-07-10", "2013-07-10", faults=NO_FAULTS)),
        ({"first": DAY, "last": date(2013, 8, 1)}, ReplayConfig("2013-07-10", "2013-08-01", faults=NO_FAULTS)),
        ({}, ReplayConfig("2013-12-31", "2013-12-31", faults=NO_FAULTS)),
        (
            {"day": DAY, "speed": 600.0, "seed": 7, "shuffle": 0.1},
            ReplayConfig("2013-07-10", "2013-07-10", 600.0, 7, NO_FAULTS | {"shuffled": 0.1}),
        ),
    ],
)
def test_a_replay_is_of_the_days_asked_for_else_of_the_newest(monkeypatch, changes, config):
    monkeypatch.setattr(replay, "_newest_day", lambda: date(2013, 12, 31))
    assert replay.config_of(OPTIONS | changes)() == config


@pytest.mark.parametrize(
    ("source", "url", "seconds"), [(aviationstack, aviationstack.URL, 28_800), (opensky, opensky.URL, 900)]
)
def test_a_source_is_polled_as_seldom_as_its_free_plan_wants_it(source, url, seconds):
    assert source.config_of(OPTIONS)() == PollConfig(seconds, url)
    assert source.config_of(OPTIONS | {"interval": 5.0, "filters": {"dep_iata": "JFK"}})() == PollConfig(
        5.0, url, filters={"dep_iata": "JFK"}
    )


@pytest.fixture
def served(monkeypatch):
    """What the process of a polled source serves: source, interval and the facts of its state."""
    calls = []
    monkeypatch.setattr(polling, "serve", lambda settings, stop, *served: calls.append(served))
    return calls


def test_aviationstack_is_polled_as_its_config_says(settings, served, monkeypatch):
    monkeypatch.setenv(aviationstack.KEY_VARIABLE, "secret")
    configs.write(settings, "aviationstack", PollConfig(60.0, "http://x", 3, 7, {"dep_iata": "JFK"}))
    aviationstack.run(settings, threading.Event())
    [(source, interval, facts)] = served
    assert (source.name, source.url, source.pages, source.filters) == (
        "aviationstack",
        "http://x",
        3,
        {"dep_iata": "JFK"},
    )
    assert source.key.reveal() == aviationstack.read_key(settings.home / "nowhere") == "secret"
    assert interval == 60.0 and facts()["budget"].startswith("0 of 7 calls used")


def test_opensky_is_polled_as_its_config_says_as_the_client_kept_for_it(settings, served, monkeypatch, tmp_path):
    configs.write(settings, "opensky", PollConfig(60.0, "http://x"))
    assert opensky.read_key(tmp_path / "nowhere") is None
    opensky.run(settings, threading.Event())
    monkeypatch.setenv("OPENSKY_CLIENT_ID", "me")
    monkeypatch.setenv("OPENSKY_CLIENT_SECRET", "secret")
    file = configs.key_file(settings, "opensky")
    file.parent.mkdir(parents=True)
    file.write_text(opensky.read_key(file))
    file.chmod(0o600)
    monkeypatch.delenv("OPENSKY_CLIENT_ID")
    opensky.run(settings, threading.Event())
    (anonymous, interval, facts), (client, _, _) = served
    assert (anonymous.name, anonymous.url, anonymous.token, interval) == ("opensky", "http://x", None, 60.0)
    assert facts() == {"credits_left": None} and client.token.client_id == "me"


@pytest.fixture
def sent(monkeypatch):
    """The statuses that a replay sends; nothing goes to Kafka."""
    statuses = []
    producer = SimpleNamespace(
        send=lambda key, value, on_ack: statuses.append(from_json(value).status),
        flush=lambda stop=None, timeout=0.0: True,
    )
    monkeypatch.setattr(replay, "Producer", lambda bootstrap, topic: nullcontext(producer))
    return statuses


@pytest.fixture
def hive(monkeypatch):
    """Flights by day, which a replay finds in Hive."""
    found = {}
    monkeypatch.setattr(replay, "_flights", lambda days: (flight for day in days for flight in found.get(day, [])))
    return found


def test_a_replay_plays_the_flights_of_its_days(settings, hive, sent, flight):
    hive[DAY] = [flight(), flight(flight_number="2")]
    config = ReplayConfig("2013-07-10", "2013-07-11", faults=NO_FAULTS)
    configs.write(settings, "replay", config)
    replay.run(settings, threading.Event())
    assert sorted(sent) == ["active"] * 2 + ["landed"] * 2 + ["scheduled"] * 2
    assert process_state.read(settings, "replay")["state"] == "running"
    assert [line["line"] for line in read_lines(config.log_folder(settings))] == ["start", "end"]


def test_a_replay_without_a_flight_says_what_to_load(settings, hive):
    configs.write(settings, "replay", ReplayConfig("2013-07-10", "2013-07-11"))
    with pytest.raises(AeroError, match="no flight from 2013-07-10 to 2013-07-11") as fault:
        replay.run(settings, threading.Event())
    assert "aero load --from 2013-07 --to 2013-07" in fault.value.fix
