"""Trainings of the forecast, and which of their models is in service."""

from datetime import date

import pytest

from aero.datasets import FORECAST_MODELS
from aero.errors import AeroError
from aero.month import Month
from aero.ops import forecasts
from tests.hdfs_in_memory import HdfsInMemory

OCTOBER, NOVEMBER = Month(2013, 10), Month(2013, 11)


@pytest.fixture
def client():
    """Three trainings, none in service, and one that is being written."""
    names = ("2013-10-b.orc", "2013-11-a.orc", "2013-11-c.orc", "_2013-11-e.orc.1f")
    return HdfsInMemory({f"{FORECAST_MODELS.path}/{name}": b"" for name in names})


def promote(client, training, model="logistic", start=None):
    return forecasts.promote(client, training, model, "ada", "it is better", start)


def test_a_day_is_forecast_by_what_was_promoted_last_for_months_before(client):
    assert forecasts.last_months(client) == {"b": OCTOBER, "a": NOVEMBER, "c": NOVEMBER}
    promote(client, "c")
    promote(client, "b", start=NOVEMBER)  # A training of before, made later, takes nothing from the newer one.
    december = forecasts.for_day(client, date(2013, 12, 1))
    assert (december.training_id, december.models_file) == ("c", forecasts.models_file(NOVEMBER, "c"))
    assert forecasts.for_day(client, date(2013, 11, 30)).training_id == "b"
    promote(client, "a")
    assert forecasts.for_day(client, date(2013, 12, 1)).training_id == "a"
    told = forecasts.promotions(client)[-1]
    assert (told.model_name, told.promoted_by, told.because, told.from_month) == (
        "logistic",
        "ada",
        "it is better",
        "2013-12",
    )


def test_an_older_training_or_the_baseline_can_be_put_back(client):
    promote(client, "c")
    promote(client, "b")
    assert forecasts.for_day(client, date(2013, 12, 1)).training_id == "b"
    promote(client, "c", model="airline_hour", start=Month(2014, 1))
    assert forecasts.for_day(client, date(2013, 12, 31)).training_id == "b"
    january = forecasts.for_day(client, date(2014, 1, 1))
    assert (january.training_id, january.model_name) == ("c", "airline_hour")


def test_a_model_serves_four_months_after_those_that_it_saw(client):
    promote(client, "b")
    assert forecasts.for_day(client, date(2014, 2, 28)).training_id == "b"
    with pytest.raises(AeroError, match="No model is in service for 2014-03") as refused:
        forecasts.for_day(client, date(2014, 3, 1))
    assert refused.value.fix == "Fit one: aero forecast train --to 2014-02"
    with pytest.raises(AeroError, match="No model is in service for 2013-10"):
        forecasts.for_day(client, date(2013, 10, 31))


def test_what_cannot_be_promoted_is_said(client):
    with pytest.raises(AeroError, match="no training z"):
        promote(client, "z")
    with pytest.raises(AeroError, match="a saw the flights of 2013-11") as refused:
        promote(client, "a", start=NOVEMBER)
    assert refused.value.fix == "Give a later month: --from 2013-12"
    assert forecasts.promotions(client) == []


def test_months_are_read_as_far_back_as_they_are_in_a_row():
    seen = {Month(2013, 1), Month(2013, 3), Month(2013, 4), Month(2013, 5), Month(2013, 6)}
    assert forecasts.read_months(seen, Month(2013, 5), 25) == (Month(2013, 3), Month(2013, 5))
    assert forecasts.read_months(seen, Month(2013, 5), 2) == (Month(2013, 4), Month(2013, 5))
    with pytest.raises(AeroError, match="2013-02 is not loaded"):
        forecasts.read_months(seen, Month(2013, 2), 25)
