"""The forecast as Spark has it done: flights of a table in, files of the tables of aero_ml out."""

import json
from datetime import date, datetime, timedelta

import forecast_delays
import forecast_models
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from forecast_features import History
from forecast_models import BASELINE, Name
from forecast_sample import sample
from pyarrow import orc

from aero import hql, load_plan
from aero.datasets import DELAY_FORECASTS, FLIGHTS, FORECAST_MODELS
from aero.errors import AeroError
from aero.forecast_plan import FILE, REPORT, ForecastJob
from aero.month import Month
from tests.jobs import forecast_year

APRIL, DAYS = Month(2013, 4), (date(2013, 5, 1), date(2013, 5, 17))


@pytest.fixture(scope="module", autouse=True)
def few_and_small_trees():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(forecast_models, "TREES", 2)
        patched.setattr(forecast_models, "LEAST_FLIGHTS", 20)
        yield


@pytest.fixture(scope="module")
def flights(spark):
    """aero_clean.flights, with what the forecast reads of it."""
    rows = forecast_year.flights()
    dated = rows.append_column("year", pc.year(rows["flight_date"])).append_column(
        "month", pc.month(rows["flight_date"])
    )
    spark.sql(f"CREATE DATABASE {FLIGHTS.database}")
    spark.createDataFrame(dated).write.partitionBy("year", "month").saveAsTable(FLIGHTS.name)
    yield rows
    spark.sql(f"DROP DATABASE {FLIGHTS.database} CASCADE")


def done(spark, folder, what, **entry):
    """The report and the rows of a job."""
    job = ForecastJob(Month(2013, 1), folder=str(folder), run_id=folder.name, **entry)
    load_plan.write(folder.with_suffix(".json"), [job])
    forecast_delays.run(spark, folder.with_suffix(".json"), what)
    rows = orc.read_table(folder / FILE) if (folder / FILE).exists() else None
    return json.loads((folder / REPORT).read_text()), rows


@pytest.fixture(scope="module")
def trained(spark, flights, tmp_path_factory):
    """A training up to April: its folder, report and rows."""
    folder = tmp_path_factory.mktemp("forecast") / "training-1"
    return folder, *done(spark, folder, "train", last=APRIL)


@pytest.fixture(scope="module")
def scored(spark, trained):
    """Both days, the second beside the first: the last folder, the reports and the rows."""
    reports, kept = [], None
    for day in DAYS:
        folder = trained[0].with_name(f"scores-{day}")
        models = str(trained[0] / FILE)
        report, rows = done(spark, folder, "score", last=Month.of(day), day=day, models=models, kept=kept)
        reports, kept = [*reports, report], str(folder)
    return folder, reports, rows


def columns(dataset):
    declared = hql.columns(dataset.hql("create"))
    return [column.name for column in declared][: len(declared) - len(dataset.partitions)]


def test_a_training_is_a_row_a_model_and_the_best_of_the_last_month_is_served(trained):
    _, report, rows = trained
    assert rows.column_names == columns(FORECAST_MODELS)
    told = {row["model_name"]: row for row in rows.to_pylist()}
    assert list(told) == list(Name)
    [served] = [name for name, row in told.items() if row["is_served"]]
    assert served == report["served"] == min(told, key=lambda name: told[name]["brier_score"])
    assert {name for name, row in told.items() if row["parameters"]} == {BASELINE, served}
    assert {row["last_month"] for row in told.values()} == {"2013-04"} and report["month"] == "2013-04"
    assert told[BASELINE]["brier_skill"] == 0.0
    # 36 hours before May begins in UTC nothing later was seen, and a flight of then can be forecast.
    assert max(row["known_until_at"] for row in told.values()) <= datetime(2013, 4, 29, 12)


def test_a_day_s_flights_have_the_probability_of_what_was_known_a_day_before(spark, flights, trained, scored):
    _, reports, rows = scored
    assert rows.column_names == columns(DELAY_FORECASTS)
    of_day = flights.filter(pc.equal(flights["flight_date"], pa.scalar(DAYS[1]))).sort_by("scheduled_departure_at")
    told = [row for row in rows.to_pylist() if row["flight_date"] == DAYS[1]]
    assert [row["flight_number"] for row in told] == of_day["flight_number"].to_pylist() != []
    leaves = [one.replace(tzinfo=None) for one in of_day["scheduled_departure_at"].to_pylist()]
    assert [row["scheduled_departure_at"] for row in told] == leaves
    assert [row["as_of_at"] for row in told] == [one - timedelta(hours=24) for one in leaves]
    _, served, models = forecast_delays._read(spark, str(trained[0] / FILE))
    expected = forecast_models.probabilities(models, served, sample(of_day, History(flights)))
    assert [row["late_probability"] for row in told] == expected.tolist()
    assert {(row["model_name"], row["training_id"]) for row in told} == {(served, "training-1")}
    assert reports[1]["flights"] == len(told)


def test_the_report_says_how_good_it_was_of_flights_that_arrived(scored, flights):
    _, reports, rows = scored
    for day, report in zip(DAYS, reports, strict=True):
        delays = flights.filter(pc.equal(flights["flight_date"], pa.scalar(day))).sort_by("scheduled_departure_at")
        told = [row["late_probability"] for row in rows.to_pylist() if row["flight_date"] == day]
        pairs = zip(told, delays["arrival_delay_minutes"].to_pylist(), strict=True)
        squares = [(one - (delay >= 15)) ** 2 for one, delay in pairs if delay is not None]
        assert report["arrived"] == len(squares)
        assert report["brier"] == pytest.approx(sum(squares) / len(squares), abs=1e-12)


def test_a_day_s_rows_stand_beside_those_of_the_month_s_other_days_and_once(spark, trained, scored):
    folder, _, rows = scored
    assert {row["flight_date"] for row in rows.to_pylist()} == set(DAYS)
    models = str(trained[0] / FILE)
    again = folder.with_name("again")
    done(spark, again, "score", last=Month.of(DAYS[0]), day=DAYS[0], models=models, kept=str(folder))
    assert orc.read_table(again / FILE).equals(rows)
    assert (again / FILE).read_bytes() == (folder / FILE).read_bytes()


def test_models_say_nothing_of_a_month_that_they_saw(spark, flights, trained):
    folder, models = trained[0].with_name("seen"), str(trained[0] / FILE)
    with pytest.raises(AeroError, match="statistics over flights that ended later"):
        done(spark, folder, "score", last=APRIL, day=date(2013, 4, 11), models=models)


def test_a_backtest_is_the_measures_of_every_month(spark, flights, tmp_path):
    report, rows = done(spark, tmp_path / "backtest", "backtest", last=Month(2013, 5))
    assert rows is None
    assert [one["month"] for one in report["months"]] == ["2013-04", "2013-05"]
    assert set(report["months"][0]["scores"]) == set(Name)


def test_what_cannot_be_done_is_said(spark, flights, trained, tmp_path, monkeypatch):
    with pytest.raises(AeroError, match="four months in a row"):
        done(spark, tmp_path / "few", "train", last=Month(2013, 3))
    models = str(trained[0] / FILE)
    with pytest.raises(AeroError, match=r"no flights of 2013-05-31"):
        done(spark, tmp_path / "none", "score", last=Month(2013, 5), day=date(2013, 5, 31), models=models)
    monkeypatch.setattr(forecast_delays, "MOST_FLIGHTS", 200)
    with pytest.raises(AeroError, match="2013-01 to 2013-02 have more than 200 flights"):
        done(spark, tmp_path / "many", "backtest", last=Month(2013, 5))
