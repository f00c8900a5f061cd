"""A day that the baseline forecasts, since nothing of the week before is known: forecast, told to the stream, played.
What the stream says of its flights is what training says of the same instants, to the last bit."""

import io
import math
from datetime import date, datetime

import forecast_backtest
import forecast_days
import forecast_models
import pyarrow as pa
import pytest
import stream_hbase
from forecast_corrections import Horizon
from forecast_inputs import linear
from forecast_models import BASELINE, Model, Name
from pyarrow import orc
from stream_forecasts import Renewal

from aero import connections
from aero.datasets import HBASE_DELAY_FORECASTS
from aero.forecast_plan import ForecastJob
from aero.live import delay_forecasts
from aero.month import Month
from aero.ops.forecasts import Promotion
from luigi_tasks.forecasts import _on_boards
from tests.hbase_in_memory import HBaseInMemory
from tests.hdfs_in_memory import HdfsInMemory
from tests.jobs import forecast_year
from tests.jobs.forecast_flights import table
from tests.jobs.played_day import BATCHES, DAY, KEYS, of_the_batch, renewed, work_off
from tests.luigi_tasks.days_forecast import models_of

pytestmark = pytest.mark.long
MAY, PLAYED = Month(2013, 5), date(2013, 7, 15)
SERVING = Promotion(datetime(2013, 6, 1), "t1", Name.LOGISTIC, str(MAY), "2013-06", "ada", "it is the first")


def always(odds):
    """Corrections that say the same of every flight."""
    return {horizon: {"coefficients": [0.0] * 7, "intercept": math.log(odds)} for horizon in Horizon}


@pytest.fixture(scope="module")
def flights():
    """Those of the year, of seven aircraft, and the day's."""
    return table(
        *(row | {"tail_number": f"N{place % 7}"} for place, row in enumerate(forecast_year.flights().to_pylist())), *DAY
    )


@pytest.fixture(scope="module")
def models(spark, flights):
    """The baseline with its correction, both fitted to April and before; a logistic regression that was not."""
    known = forecast_backtest.all_known(flights)
    train, calibrate, _ = forecast_backtest.split(known, MAY.index)
    found = forecast_models.fitted(spark, train, calibrate, (BASELINE,))
    baseline = found[BASELINE]
    corrections = forecast_models.corrections(spark, found, BASELINE, train.and_of(calibrate))
    usual = {name: baseline.parameters[name] for name in ("typical", "minutes")}
    line = {"coefficients": [0.0] * linear(train).shape[1], "intercept": -1.0, "corrections": always(1.0)}
    baseline.parameters["corrections"] = corrections
    return found | {Name.LOGISTIC: Model(Name.LOGISTIC, baseline.known_until, line | usual)}


@pytest.fixture(scope="module")
def rows(flights, models):
    """The forecasts of the day, as aero_ml.delay_forecasts has them."""
    cancelled = {"share": 0.02, "known_until": models[BASELINE].known_until}
    made = forecast_days.forecast(models, Name.LOGISTIC, cancelled, flights, [PLAYED]).rows
    return made.append_column("training_id", pa.array(["t1"] * made.num_rows))


@pytest.fixture
def hbase(monkeypatch):
    memory = HBaseInMemory()
    monkeypatch.setattr(connections, "hbase", memory)
    monkeypatch.setattr(stream_hbase, "connect", memory)
    return memory


def tell(rows, **parameters):
    """Publish forecasts of the day beside the live states, of a training whose models have these parameters."""
    file = io.BytesIO()
    orc.write_table(rows, file)
    client = HdfsInMemory({SERVING.models_file: models_of(trees=None, **parameters), "/scores": file.getvalue()})
    assert _on_boards(client, "/scores", ForecastJob(MAY, MAY, "", "s1", PLAYED), SERVING)


def test_a_day_of_the_baseline_is_renewed_by_the_correction_of_the_baseline(models, rows, hbase):
    assert set(rows["model_name"].to_pylist()) == {BASELINE} and rows.num_rows == len(DAY)
    tell(rows, **{name: model.parameters for name, model in models.items()})
    # The model forecast nothing of the day: the stream is not told of it.
    assert list(hbase.texts(HBASE_DELAY_FORECASTS)[delay_forecasts.CORRECTIONS]) == [f"t1/{BASELINE}"]
    said = {key: float(hbase.texts(HBASE_DELAY_FORECASTS)[key]["late_probability"]) for key in KEYS}
    assert sorted(said.values()) == sorted(rows["baseline_probability"].to_pylist()) and len(set(said.values())) > 5
    renewal, horizons = Renewal(), set()
    for batch in BATCHES:
        work_off(batch, renewal)
        found = renewed(hbase)
        expected = list(of_the_batch(found, models[BASELINE].parameters["corrections"], said))
        assert [float(one["renewed_probability"]) for one in found.values()] == expected
        horizons |= {one["renewed_horizon"] for one in found.values()}
    assert set(renewed(hbase)) == set(KEYS) and horizons == set(Horizon)
    is_late = {key: row["arrival_delay_minutes"] >= 15 for key, row in zip(KEYS, DAY) if row["departure_at"]}
    now = {key: float(one["renewed_probability"]) for key, one in renewed(hbase).items()}
    squares = [sum((of_all[key] - late) ** 2 for key, late in is_late.items()) for of_all in (now, said)]
    assert squares[0] < squares[1] / 2


def test_each_flight_is_renewed_by_the_correction_of_the_model_that_forecast_it(rows, hbase):
    names = [Name.LOGISTIC if place % 2 else BASELINE for place in range(rows.num_rows)]
    rows = rows.set_column(rows.column_names.index("model_name"), "model_name", pa.array(names, pa.string()))
    tell(rows, airline_hour={"corrections": always(3)}, logistic={"corrections": always(1 / 3)})
    for batch in BATCHES:
        work_off(batch, Renewal())
    cells = hbase.texts(HBASE_DELAY_FORECASTS)
    for key in KEYS:
        expected = {BASELINE: 0.75, Name.LOGISTIC: 0.25}[cells[key]["model_name"]]
        assert float(cells[key]["renewed_probability"]) == pytest.approx(expected)


def test_a_training_of_before_there_was_one_for_the_baseline_renews_nothing_of_such_a_day(rows, hbase):
    tell(rows, airline_hour={"share": 0.2}, logistic={"corrections": always(3)})
    assert {work_off(batch, Renewal()) for batch in BATCHES} == {0}
    assert not renewed(hbase) and delay_forecasts.CORRECTIONS not in hbase.texts(HBASE_DELAY_FORECASTS)
