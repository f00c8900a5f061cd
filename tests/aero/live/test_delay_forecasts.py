"""What was forecast of flights, beside the states that the stream's own functions have written."""

from datetime import UTC, datetime
from io import StringIO

import pyarrow as pa
import pytest
from click.testing import CliRunner
from rich.console import Console
from stream_cells import Cell, Put, flights_of, index_puts
from stream_hbase import put, put_rows

from aero import connections
from aero.cli import main
from aero.datasets import HBASE_DELAY_FORECASTS, HBASE_FLIGHT_STATE
from aero.live import board, delay_forecasts, store
from tests.hbase_in_memory import HBaseInMemory
from tests.jobs.live_events import KEY, LANDED, event
from tests.printed import printed

PROBABILITY = 0.6180339887498949
NOW = datetime(2013, 7, 10, 22, 30, tzinfo=UTC)
FORECAST = {
    "airline_id": "DL", "flight_number": "1234", "origin_id": "JFK", "destination_id": "ATL",
    "scheduled_departure_at": datetime(2013, 7, 10, 22, 30), "as_of_at": datetime(2013, 7, 9, 22, 30),
    "late_probability": PROBABILITY, "cancelled_probability": 0.01, "model_name": "logistic",
    "training_id": "t1",
}  # fmt: skip


@pytest.fixture
def hbase(monkeypatch):
    """Two flights, of which one was forecast."""
    memory = HBaseInMemory()
    other = {"flight_id": "DL12-20130710-JFK-ATL-1830", "flight_number": "12"}
    for key, flight in flights_of([event(**LANDED), event(**other)]).items():
        put_rows(memory, HBASE_FLIGHT_STATE, [(key, flight.items())])
        put(memory, index_puts(key, flight))
    delay_forecasts.write(memory, pa.Table.from_pylist([FORECAST]))
    monkeypatch.setattr(connections, "hbase", memory)
    return memory


def test_a_state_has_the_batch_s_probability_to_the_last_digit_and_one_not_forecast_has_none(hbase):
    states = store.departures(hbase, "JFK", NOW, NOW.replace(hour=23))
    forecast, other = sorted(delay_forecasts.beside(hbase, states), key=delay_forecasts.words, reverse=True)
    assert float(forecast["forecast_late_probability"]) == PROBABILITY
    assert store.instant(forecast["forecast_as_of_at"]) == NOW.replace(day=9)
    assert forecast["forecast_model_name"] == "logistic" and forecast["flight_number"] == "1234"
    assert other in states and delay_forecasts.beside(hbase, []) == []


def test_a_day_forecast_again_has_the_newer_probability(hbase):
    delay_forecasts.write(hbase, pa.Table.from_pylist([FORECAST | {"late_probability": 0.25}]))
    [leg] = delay_forecasts.beside(hbase, store.legs(hbase, "DL1234"))
    assert delay_forecasts.words(leg) == "late 25%"


def test_a_board_and_a_flight_say_how_likely_it_was_to_come_late(hbase):
    shown = board.read(hbase, "JFK", NOW)
    assert {line.number: line.forecast for line in shown.departures} == {"DL1234": "late 62%", "DL12": ""}
    assert [line.forecast for line in board.read(hbase, "ATL", NOW).arrivals if line.number == "DL1234"] == ["late 62%"]
    console = Console(width=120, file=StringIO())
    console.print(board.rendered(shown))
    assert "forecast" in console.file.getvalue() and console.file.getvalue().count("late 62%") == 1
    told = CliRunner().invoke(main, ["board", "JFK", "--at", "2013-07-10 18:30", "--json"])
    told = printed("board", told.stdout)
    assert (told["zone"], told["at"]) == ("America/New_York", "2013-07-10 18:30:00-04:00")
    assert {line["number"]: line["forecast"] for line in told["departures"]} == {"DL1234": "late 62%", "DL12": ""}
    said = CliRunner().invoke(main, ["flight", "DL1234"])
    assert said.exit_code == 0 and "late 62%" in said.stdout
    [leg] = printed("flight", CliRunner().invoke(main, ["flight", "DL1234", "--json"]).stdout)
    assert leg["forecast_late_probability"] == str(PROBABILITY)
    [other] = printed("flight", CliRunner().invoke(main, ["flight", "DL12", "--json"]).stdout)
    assert "forecast_late_probability" not in other


def test_a_forecast_that_was_renewed_says_what_it_is_now(hbase):
    renewed = dict(
        zip(delay_forecasts.RENEWED, ("0.845", "2013-07-10 22:50:00.000", "departure", "2013-07-10 22:50:00.000"))
    )
    put(hbase, (Put(HBASE_DELAY_FORECASTS, KEY, name, Cell(text)) for name, text in renewed.items()))
    [line] = [line for line in board.read(hbase, "JFK", NOW).departures if line.number == "DL1234"]
    assert line.forecast == "late 62%, now 84%"
    [leg] = delay_forecasts.beside(hbase, store.legs(hbase, "DL1234"))
    assert {name: leg[f"forecast_{name}"] for name in delay_forecasts.RENEWED} == renewed


def test_corrections_are_a_row_that_is_no_flight(hbase):
    delay_forecasts.keep_corrections(hbase, "t1", "logistic", {"6 h": {"intercept": 0.1}})
    delay_forecasts.keep_corrections(hbase, "t2", "trees", {})
    assert hbase.texts(HBASE_DELAY_FORECASTS)["corrections"] == {"t1/logistic": '{"6 h": {"intercept": 0.1}}'}
    assert [delay_forecasts.words(row) for row in delay_forecasts.beside(hbase, store.legs(hbase, "DL1234"))] == [
        "late 62%"
    ]
