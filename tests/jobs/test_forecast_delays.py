"""The forecast as Spark has it done: flights of a table in, files of the tables of aero_ml out."""

import json
from collections import Counter
from datetime import date, datetime, timedelta

import forecast_backtest
import forecast_cancelled
import forecast_delays
import forecast_models
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from forecast_corrections import Horizon
from forecast_days import KEY
from forecast_features import History
from forecast_models import BASELINE, Name
from forecast_sample import sample
from pyarrow import orc

from aero import hql, load_plan
from aero.datasets import DELAY_FORECASTS, FLIGHTS, FORECAST_MODELS
from aero.errors import AeroError
from aero.forecast_plan import FILE, REPORT, ForecastJob
from aero.live import as_flights
from aero.month import Month
from tests.jobs import forecast_year
from tests.printed import printed

pytestmark = pytest.mark.long

# What ScoreTomorrow adds to a report.
OF_TASK = {"is_on_boards": True, "is_drifting": False, "is_live": False}
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


def in_service(trained):
    """What is served of a training, as a job is told."""
    folder, report, _ = trained
    return {"models": str(folder / FILE), "model": report["served"]}


@pytest.fixture(scope="module")
def scored(spark, trained):
    """Both days, the second beside the first: the last folder, the reports and the rows."""
    reports, kept = [], None
    for day in DAYS:
        folder = trained[0].with_name(f"scores-{day}")
        report, rows = done(spark, folder, "score", last=Month.of(day), day=day, kept=kept, **in_service(trained))
        reports, kept = [*reports, report], str(folder)
    return folder, reports, rows


def answered(spark, file, **parameters):
    """What a file of SQL answers, as commands print it."""
    [question] = hql.statements(file, parameters)
    return json.dumps([row.asDict() for row in spark.sql(question).collect()], default=str)


def shown_of_tables(spark, trained):
    """What `aero forecast show` prints of the second day; the models of the training are listed too."""
    shown = printed("forecast show", answered(spark, DELAY_FORECASTS.hql("day"), year=2013, month=5, day=DAYS[1]))
    assert {row["model_name"] for row in shown} == {trained[1]["served"]}
    spark.createDataFrame(trained[2]).write.saveAsTable(FORECAST_MODELS.name)
    models = printed("forecast models", answered(spark, FORECAST_MODELS.hql("list")))
    assert [row["model_name"] for row in models if row["is_served"]] == [trained[1]["served"]]
    return shown


def day_of(flights, day):
    """The flights of a day in the order of its forecasts."""
    of_day = flights.filter(pc.equal(flights["flight_date"], pa.scalar(day)))
    return of_day.sort_by([(name, "ascending") for name in KEY])


def columns(dataset):
    declared = hql.columns(dataset.hql("create"))
    return [column.name for column in declared][: len(declared) - len(dataset.partitions)]


def test_a_training_is_a_row_a_model_and_the_best_of_the_last_month_is_served(trained):
    _, report, rows = trained
    assert rows.column_names == columns(FORECAST_MODELS)
    told = {row["model_name"]: row for row in rows.to_pylist()}
    assert list(told) == [*Name, "cancelled"] and "in_service" not in report
    assert printed("forecast train", json.dumps(report | {"promoted": True}))
    [served] = [name for name, row in told.items() if row["is_served"]]
    assert served == report["served"] == min(Name, key=lambda name: told[name]["brier_score"])
    assert {name for name, row in told.items() if row["parameters"]} == {BASELINE, served, "cancelled"}
    assert list(json.loads(told[served]["parameters"])["corrections"]) == list(Horizon)
    assert told["cancelled"]["late_share"] < 0.1 < told[served]["late_share"]
    assert {row["last_month"] for row in told.values()} == {"2013-04"} and report["month"] == "2013-04"
    assert told[BASELINE]["brier_skill"] == 0.0
    # 36 hours before May begins in UTC nothing later was seen, and a flight of then can be forecast.
    assert max(row["known_until_at"] for row in told.values()) <= datetime(2013, 4, 29, 12)


def test_a_day_s_flights_have_the_probability_of_what_was_known_a_day_before(spark, flights, trained, scored):
    _, reports, rows = scored
    assert rows.column_names == columns(DELAY_FORECASTS)
    of_day = day_of(flights, DAYS[1])
    told = [row for row in rows.to_pylist() if row["flight_date"] == DAYS[1]]
    assert [row["flight_number"] for row in told] == of_day["flight_number"].to_pylist() != []
    leaves = [one.replace(tzinfo=None) for one in of_day["scheduled_departure_at"].to_pylist()]
    assert [row["scheduled_departure_at"] for row in told] == leaves
    assert [row["as_of_at"] for row in told] == [one - timedelta(hours=24) for one in leaves]
    training, models, cancelled = forecast_delays._read(spark, str(trained[0] / FILE))
    served, known = Name(trained[1]["served"]), sample(of_day, History(flights))
    expected = forecast_models.probabilities(models, served, known)
    assert [row["late_probability"] for row in told] == pytest.approx(expected.tolist(), abs=1e-12)
    expected = forecast_cancelled.probabilities(cancelled, known)
    assert [row["cancelled_probability"] for row in told] == pytest.approx(expected.tolist(), abs=1e-12)
    minutes = [[row[f"delay_p{percent}_minutes"] for percent in (10, 50, 90)] for row in told]
    assert all(low <= middle <= high for low, middle, high in minutes)
    assert any(row["reasons"] for row in told) and training == "training-1"
    assert {(row["model_name"], row["training_id"]) for row in told} == {(served, "training-1")}
    assert reports[1]["flights"] == len(told)


def test_a_day_that_live_flights_alone_tell_of_has_the_same_forecast_as_when_it_is_loaded(
    flights, spark, trained, scored
):
    live = flights.filter(pc.and_(pc.greater(flights["flight_date"], date(2013, 4, 30)),
                                  pc.less_equal(flights["flight_date"], DAYS[1])))  # fmt: skip
    file = trained[0].with_name("live.orc")
    orc.write_table(live.select(as_flights.SCHEMA.names).cast(as_flights.SCHEMA), file)
    folder = trained[0].with_name("of-live")
    report, rows = done(spark, folder, "score", last=APRIL, day=DAYS[1], live=str(file), **in_service(trained))
    assert rows.to_pylist() == [row for row in scored[2].to_pylist() if row["flight_date"] == DAYS[1]]
    assert sum(report["flights_by_model"].values()) == report["flights"] == rows.num_rows > 0


def test_the_report_says_how_good_it_was_of_flights_that_arrived(scored, flights):
    _, reports, rows = scored
    for day, report in zip(DAYS, reports, strict=True):
        delays = day_of(flights, day)
        told = [row["late_probability"] for row in rows.to_pylist() if row["flight_date"] == day]
        pairs = zip(told, delays["arrival_delay_minutes"].to_pylist(), strict=True)
        squares = [(one - (delay >= 15)) ** 2 for one, delay in pairs if delay is not None]
        assert printed("forecast score", json.dumps(report | OF_TASK))["arrived"] == len(squares)
        assert report["brier"] == pytest.approx(sum(squares) / len(squares), abs=1e-12)


def test_a_day_s_rows_stand_beside_those_of_the_month_s_other_days_and_once(spark, trained, scored):
    folder, _, rows = scored
    assert {row["flight_date"] for row in rows.to_pylist()} == set(DAYS)
    again = folder.with_name("again")
    done(spark, again, "score", last=Month.of(DAYS[0]), day=DAYS[0], kept=str(folder), **in_service(trained))
    assert orc.read_table(again / FILE).equals(rows)
    assert (again / FILE).read_bytes() == (folder / FILE).read_bytes()


def test_models_say_nothing_of_a_month_that_they_saw(spark, flights, trained):
    folder = trained[0].with_name("seen")
    with pytest.raises(AeroError, match="statistics over flights that ended later"):
        done(spark, folder, "score", last=APRIL, day=date(2013, 4, 11), **in_service(trained))


def test_a_whole_month_has_the_rows_of_its_days_and_is_judged_by_day(spark, flights, trained, scored):
    _, reports, rows = scored
    folder = trained[0].with_name("month")
    report, of_month = done(
        spark, folder, "score", last=Month(2013, 5), day=date(2013, 5, 31), days=31, **in_service(trained)
    )
    days = pc.unique(of_month["flight_date"]).to_pylist()
    assert report["flights"] == of_month.num_rows and report["day"] == "2013-05-31" and len(days) > 20
    told = [row for row in of_month.to_pylist() if row["flight_date"] in DAYS]
    assert [row["late_probability"] for row in told] == pytest.approx(rows["late_probability"].to_pylist(), abs=1e-12)
    spark.sql(f"CREATE DATABASE IF NOT EXISTS {DELAY_FORECASTS.database}")
    dated = of_month.append_column("year", pc.year(of_month["flight_date"])).append_column(
        "month", pc.month(of_month["flight_date"])
    )
    spark.createDataFrame(dated).write.partitionBy("year", "month").saveAsTable(DELAY_FORECASTS.name)
    judged, _ = done(spark, trained[0].with_name("judged"), "judge", last=Month(2013, 5))
    costs = {"year": 2013, "month": 5, "minutes": 15, "false_alarm": 1, "miss": 3}
    [decisions] = hql.statements(DELAY_FORECASTS.hql("decisions"), costs)
    of_half = {row["threshold"]: row for row in spark.sql(decisions).toArrow().to_pylist()}[0.5]
    assert len(shown_of_tables(spark, trained)) == reports[1]["flights"]
    spark.sql(f"DROP DATABASE {DELAY_FORECASTS.database} CASCADE")
    came = {row["flight_number"]: row["arrival_delay_minutes"] for row in flights.to_pylist()}
    told = [(row["late_probability"] >= 0.5, came[row["flight_number"]]) for row in of_month.to_pylist()]
    told = [(alarm, late >= 15) for alarm, late in told if late is not None]
    assert of_half["told_and_late"] == told.count((True, True)) > 0
    assert of_half["false_alarms"] == told.count((True, False)) > 0
    assert of_half["misses"] == told.count((False, True)) > 0
    cost = (told.count((True, False)) + 3 * told.count((False, True))) / len(told)
    assert of_half["mean_cost"] == pytest.approx(cost, abs=1e-12)
    found = {one["flight_date"]: one for one in judged["days"]}
    for one in reports:
        day = found[one["day"]]
        assert (day["arrived_flights"], day["late_flights"]) == (one["arrived"], one["late"])
        assert day["squared_error"] / day["arrived_flights"] == pytest.approx(one["brier"], abs=1e-12)
        assert day["baseline_squared_error"] / day["arrived_flights"] == pytest.approx(one["baseline_brier"], abs=1e-12)
        assert day["expected_late_flights"] == pytest.approx(one["expected_late"], abs=1e-9)
    assert sum(one["arrived_flights"] for one in judged["days"]) == report["arrived"]


def test_a_training_of_some_models_corrects_two_and_says_what_the_one_in_service_was_worth(
    spark, flights, trained, tmp_path, monkeypatch
):
    names = ("airline_hour", "logistic")
    monkeypatch.setattr(forecast_delays, "best", lambda scores: Name.LOGISTIC)  # Of these flights the baseline is.
    report, rows = done(spark, tmp_path / "t2", "train", last=Month(2013, 5), names=names, **in_service(trained))
    assert rows["model_name"].to_pylist() == [*names, "cancelled"]
    corrections = [json.loads(text).get("corrections", {}) for text in rows["parameters"].to_pylist()]
    assert [list(one) for one in corrections] == [list(Horizon), list(Horizon), []]
    assert corrections[0] != corrections[1]
    known = forecast_backtest.all_known(flights)
    _, _, test = forecast_backtest.split(known, Month(2013, 5).index)
    _, models, _ = forecast_delays._read(spark, str(trained[0] / FILE))
    said = forecast_models.probabilities(models, Name(trained[1]["served"]), test)
    report = printed("forecast train", json.dumps(report | {"promoted": False}))
    assert report["in_service"] == {
        "training_id": "training-1",
        "model": trained[1]["served"],
        "brier": pytest.approx(float(((said - test.is_late) ** 2).mean()), abs=1e-12),
    }


def test_a_backtest_is_the_measures_of_every_month(spark, flights, tmp_path):
    report, rows = done(spark, tmp_path / "backtest", "backtest", last=Month(2013, 5))
    assert rows is None and printed("forecast backtest", json.dumps(report))
    assert [one["month"] for one in report["months"]] == ["2013-04", "2013-05"]
    assert set(report["months"][0]["scores"]) == set(Name)
    assert list(report["months"][0]["renewed"]) == list(Horizon)


def test_of_a_long_history_the_newest_months_are_taken_that_have_room(spark, flights, tmp_path, monkeypatch):
    in_month = Counter(day.month for day in flights["flight_date"].to_pylist())

    def first(most):
        monkeypatch.setattr(forecast_delays, "MOST_FLIGHTS", most)
        return forecast_delays.with_room(spark, ForecastJob(Month(2013, 1), Month(2013, 5), "", "")).first

    assert first(len(flights)) == Month(2013, 1)
    assert first(len(flights) - 1) == Month(2013, 2)
    assert first(in_month[5] + in_month[4]) == Month(2013, 4)
    assert first(1) == Month(2013, 5)
    with pytest.raises(AeroError, match="four months in a row"):
        done(spark, tmp_path / "few", "train", last=Month(2013, 5))


def test_what_cannot_be_done_is_said(spark, flights, trained, tmp_path):
    with pytest.raises(AeroError, match="four months in a row"):
        done(spark, tmp_path / "few", "train", last=Month(2013, 3))
    with pytest.raises(AeroError, match=r"no flights of 2013-05-31"):
        done(spark, tmp_path / "none", "score", last=Month(2013, 5), day=date(2013, 5, 31), **in_service(trained))
