"""What `aero forecast` has done on YARN with flights of aero_clean.flights: backtest, train, score or judge.

The plan is a local JSON list of one entry (aero/forecast_plan.py). What comes of it is in the entry's folder:

- backtest: a report, each month with the measures of each model.
- train: rows of aero_ml.models. The last month is judged by models fitted to those before, and by the model in service;
  the best of the former, in this month and those that trainings before judged, is fitted again, to the last month too.
- score: rows of aero_ml.delay_forecasts, of the flights of some days of a month.
- judge: a report of what came of the forecasts of a month, day by day.

Taking it into use is not done here (luigi_tasks/forecasts.py). The features are made in the driver, so of the months
only the newest are taken that it has memory for.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import asdict, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import forecast_backtest
import forecast_cancelled
import forecast_days
import forecast_models
import numpy as np
import orc_files
import pyarrow as pa
from forecast_backtest import Judged, all_known, best, judged, split, testable
from forecast_cancelled import NAME as CANCELLED
from forecast_features import COLUMNS
from forecast_judging import skill
from forecast_models import BASELINE, Model, Models, Name, fitted, probabilities
from forecast_outcomes import minutes
from forecast_sample import Sample
from load_folders import make, write_bytes, write_text
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from aero import hql, load_plan
from aero.datasets import DELAY_FORECASTS, FLIGHTS, FORECAST_MODELS, Dataset
from aero.errors import AeroError
from aero.forecast_plan import FILE, REPORT, ForecastJob
from aero.month import Month, month_range

# Of which rates are made: with 2.4 million a training takes 4.7 GB in the driver's Python. Models are fitted to a
# sample of them (forecast_backtest.py).
MOST_FLIGHTS = 3_000_000
# A day, for the first flight's instant, and how much earlier than in UTC a day begins in Guam.
MARGIN = timedelta(hours=36)
TYPES = {
    "BIGINT": pa.int64(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(), "DOUBLE": pa.float64(), "STRING": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
}  # fmt: skip
Made = tuple[dict[str, Any], pa.Table | None]


def run(spark: SparkSession, plan: Path, what: str) -> None:
    """Do one of WHAT. AeroError where there are too few months for it."""
    [job] = load_plan.read(plan, ForecastJob)
    report, rows = WHAT[what](spark, with_room(spark, job))
    make(spark, job.folder)
    if rows is not None:
        write_bytes(spark, f"{job.folder}/{FILE}", orc_files.written(rows.combine_chunks().to_batches()))
    write_text(spark, f"{job.folder}/{REPORT}", json.dumps(report, indent=1))


def with_room(spark: SparkSession, job: ForecastJob) -> ForecastJob:
    """The job with the newest of its months, as many as have MOST_FLIGHTS together; the last in any case."""
    number = F.col("year") * 12 + F.col("month") - 1
    of_these = spark.table(FLIGHTS.name).where(number.between(job.first.index, job.last.index))
    counts = {
        Month(year, month): flights for year, month, flights in of_these.groupBy("year", "month").count().collect()
    }
    first, flights = job.last, 0
    for month in reversed(month_range(job.first, job.last)):
        flights += counts.get(month, 0)
        if flights > MOST_FLIGHTS:
            break
        first = month
    return replace(job, first=first)


def read(spark: SparkSession, job: ForecastJob) -> pa.Table:
    """The flights of the job's months, month by month, and the live ones behind them: COLUMNS."""
    flights = spark.table(FLIGHTS.name)
    parts = [
        flights.where((F.col("year") == when.year) & (F.col("month") == when.month)).select(*COLUMNS).toArrow()
        for when in month_range(job.first, job.last)
    ]
    if job.live:
        parts.append(_live(spark.read.orc(job.live).toArrow(), pa.concat_tables(parts)))
    return pa.concat_tables(parts).combine_chunks()


def _live(flights: pa.Table, loaded: pa.Table) -> pa.Table:
    """Live flights with the columns of loaded ones: the distance is that of others of the route, and what no source of
    live flights tells is NULL."""
    routes = loaded.group_by(["origin_id", "destination_id"]).aggregate([("distance_miles", "max")])
    found = flights.join(routes, ["origin_id", "destination_id"]).rename_columns(
        {"distance_miles_max": "distance_miles"}
    )
    nothing = pa.nulls(found.num_rows)
    for name in set(loaded.column_names) - set(found.column_names):
        found = found.append_column(name, nothing)
    return found.select(loaded.column_names).cast(loaded.schema)


def backtest(spark: SparkSession, job: ForecastJob) -> Made:
    """A report of every month that can be judged."""
    months = [_told(one) for one in forecast_backtest.backtest(spark, all_known(read(spark, job)))]
    return {"months": months}, None


def _told(one: Judged) -> dict[str, Any]:
    scores = {
        name: asdict(score) | asdict(one.minutes[name]) | {"skill": one.skill(score)}
        for name, score in one.scores.items()
    }
    return {
        "month": str(one.month),
        "served": one.served,
        "scores": scores,
        "cancelled": asdict(one.cancelled) | {"skill": one.cancelled_skill},
        "bins": [asdict(part) for part in one.bins],
        "parts": {
            what: {name: asdict(score) | {"skill": skill(score.brier, base)} for name, (score, base) in found.items()}
            for what, found in one.parts.items()
        },
        "renewed": {horizon: asdict(score) | {"skill": one.skill(score)} for horizon, score in one.renewed.items()},
    }


def train(spark: SparkSession, job: ForecastJob) -> Made:
    """A report of the last month, and the rows of aero_ml.models."""
    if unknown := set(job.names) - set(Name):
        raise AeroError(f"There is no model {', '.join(sorted(unknown))}.", f"There are: {', '.join(Name)}")
    known = all_known(read(spark, job))
    if job.last.index not in testable(known):
        raise AeroError(
            f"{job.last} has no three months before it that are loaded, to be judged by.", "Load them, or give --to."
        )
    names = tuple(name for name in Name if name in job.names) or tuple(Name)
    one = judged(spark, known, job.last.index, BASELINE, names)
    served = best([*_judged_before(spark, job.last, names), one.briers])
    before, newest = known_by(known, job.last)
    models = fitted(spark, before, newest, {BASELINE, served})
    for name, model in models.items():
        # The baseline's, too, for the days on which it forecasts instead.
        model.parameters["corrections"] = forecast_models.corrections(spark, models, name, before.and_of(newest))
    ended = known.of((known.known_at <= _before(job.last)) & ((known.is_late >= 0) | (known.is_cancelled == 1)))
    cancelled = forecast_cancelled.fitted(spark, ended)
    if one.cancelled_skill <= 0:
        cancelled = forecast_cancelled.without_regression(cancelled)
    until = models[BASELINE].known_until
    kept = {name: model.parameters for name, model in models.items()}
    rows = [_row(job, one.scores[name], one.skill(one.scores[name]), until, name, kept.get(name)) for name in names]
    rows.append(_row(job, one.cancelled, one.cancelled_skill, until, CANCELLED, cancelled))
    for row in rows:
        row["is_served"] = row["model_name"] == served
    report = _told(one) | {"served": served, "training_id": job.run_id}
    return report | _in_service(spark, job, known), _table(FORECAST_MODELS, rows)


def _judged_before(spark: SparkSession, last: Month, names: Collection[Name]) -> list[dict[Name, float]]:
    """The Brier scores of each month before `last` on which a training judged all these models, the newest of it."""
    if not spark.catalog.tableExists(FORECAST_MODELS.name):
        return []
    rows = spark.table(FORECAST_MODELS.name).where(F.col("last_month") < str(last)).orderBy("trained_at")
    of_training: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows.select("last_month", "training_id", "model_name", "brier_score").toLocalIterator():
        of_training.setdefault((row.last_month, row.training_id), {})[row.model_name] = row.brier_score
    of_month = {month: scores for (month, _), scores in of_training.items() if scores.keys() >= set(names)}
    return [{name: scores[name] for name in names} for scores in of_month.values()]


def _in_service(spark: SparkSession, job: ForecastJob, known: Sample) -> dict[str, Any]:
    """The Brier score of the model in service on the last month, if there is one."""
    if not (job.models and job.model):
        return {}
    training, models, _ = _read(spark, job.models)
    _, _, test = split(known, job.last.index)
    said = probabilities(models, Name(job.model), test)
    brier = float(np.mean((said - test.is_late) ** 2))
    return {"in_service": {"training_id": training, "model": job.model, "brier": brier}}


def _before(last: Month) -> float:
    """The instant MARGIN before the month after one begins in UTC, in minutes since 1970."""
    return (datetime.combine(last.next.first_day, time(), UTC) - MARGIN).timestamp() // 60


def known_by(known: Sample, last: Month) -> tuple[Sample, Sample]:
    """The flights before a month, and those of it, whose outcome is known MARGIN before the next month begins in UTC:
    so the first flights of that month are forecast, wherever they are.
    """
    is_known = (known.is_late >= 0) & (known.known_at <= _before(last))
    return known.of(is_known & (known.month < last.index)), known.of(is_known & (known.month == last.index))


def _row(
    job: ForecastJob, score: Any, skill: float, until: int, name: str, parameters: dict[str, Any] | None
) -> dict[str, Any]:
    """A row of aero_ml.models."""
    return {
        "training_id": job.run_id,
        "model_name": str(name),
        "trained_at": datetime.now(UTC).replace(tzinfo=None),
        "first_month": str(job.first),
        "last_month": str(job.last),
        "known_until_at": datetime.fromtimestamp(until * 60, UTC).replace(tzinfo=None),
        "judged_flights": score.flights,
        "late_share": score.late_share,
        "brier_score": score.brier,
        "brier_skill": skill,
        "auc": score.auc,
        "pr_auc": score.pr_auc,
        "calibration_error": score.ece,
        "parameters": json.dumps(parameters) if parameters else None,
    }


def score(spark: SparkSession, job: ForecastJob) -> Made:
    """A report of how good the forecast was, where that is known, and the month's rows with those of the days."""
    assert job.day and job.models and job.model
    flights = read(spark, job)
    training, models, cancelled = _read(spark, job.models)
    now = int(datetime.now(UTC).timestamp()) // 60
    made = forecast_days.forecast(models, Name(job.model), cancelled, flights, job.dates, now)
    rows = made.rows.append_column("training_id", pa.array([training] * made.found.size))
    report = {"day": str(job.day), "flights": made.found.size, "model": job.model, "training_id": training}
    report["flights_by_model"] = dict(Counter(made.names.tolist()).most_common())
    fallen_back = sorted(
        {str(day) for day in rows["flight_date"].filter(pa.array(made.names != job.model)).to_pylist()}
    )
    return report | {"days_by_baseline": fallen_back} | _errors(made), _joined(spark, job, rows)


def _errors(made: forecast_days.Forecast) -> dict[str, Any]:
    """Of the flights that have arrived: how many, how many late, and the Brier scores."""
    rows = np.flatnonzero(made.found.is_late >= 0)
    if not len(rows):
        return {"arrived": 0}
    found = forecast_days.errors(made.found.is_late[rows], made.late[rows], made.baseline[rows])
    return {
        "arrived": found.flights,
        "late": found.late,
        "expected_late": found.expected_late,
        "brier": found.squared / found.flights,
        "baseline_brier": found.baseline_squared / found.flights,
    }


def _joined(spark: SparkSession, job: ForecastJob, rows: pa.Table) -> pa.Table:
    """The rows of the days, and those that readers see of the month's other days; by day."""
    schema = schema_of(DELAY_FORECASTS)
    parts = [rows.select(schema.names).cast(schema)]
    if job.kept:
        others = spark.read.orc(job.kept).where(~F.col("flight_date").isin(job.dates))
        parts.append(others.select(*schema.names).toArrow().cast(schema))
    return pa.concat_tables(parts).sort_by([(name, "ascending") for name in forecast_days.KEY])


def judge(spark: SparkSession, job: ForecastJob) -> Made:
    """A report of the days of the month, as hive/aero_ml/delay_forecasts/by_day.hql has them."""
    [statement] = hql.statements(DELAY_FORECASTS.hql("by_day"), {"year": job.last.year, "month": job.last.month})
    rows = spark.sql(statement).toArrow().to_pylist()
    return {"days": [row | {"flight_date": str(row["flight_date"])} for row in rows]}, None


def _read(spark: SparkSession, file: str) -> tuple[str, Models, dict[str, Any]]:
    """The training of a file of aero_ml.models, its models, and the parameters of that of cancellations."""
    rows = spark.read.orc(file).where("parameters IS NOT NULL").toArrow()
    until = minutes(rows["known_until_at"]).tolist()
    told = {
        row["model_name"]: (at, json.loads(row["parameters"])) for row, at in zip(rows.to_pylist(), until, strict=True)
    }
    _, cancelled = told.pop(CANCELLED)
    models = {Name(name): Model(Name(name), at, parameters) for name, (at, parameters) in told.items()}
    return rows["training_id"][0].as_py(), models, cancelled


def schema_of(dataset: Dataset) -> pa.Schema:
    """The columns of a table's files."""
    columns = hql.columns(dataset.hql("create"))
    columns = columns[: len(columns) - len(dataset.partitions)]
    return pa.schema([(column.name, TYPES[column.type]) for column in columns])


def _table(dataset: Dataset, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema_of(dataset))


WHAT: dict[str, Callable[[SparkSession, ForecastJob], Made]] = {
    "backtest": backtest,
    "train": train,
    "score": score,
    "judge": judge,
}
