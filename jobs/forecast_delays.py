"""What `aero forecast` has done on YARN with flights of aero_clean.flights: backtest, train or score.

The plan is a local JSON list of one entry (aero/forecast_plan.py). What comes of it is in the entry's folder:

- backtest: a report, each month with the measures of each model.
- train: rows of aero_ml.models. The last month is judged by models fitted to those before; the best of them is fitted
  again, to the last month too, and is served.
- score: rows of aero_ml.delay_forecasts of the flights of a day.

Taking it into use is not done here (luigi_tasks/forecasts.py). The features are made in the driver, so the flights that
it takes at once are counted first.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import forecast_backtest
import numpy as np
import orc_files
import pyarrow as pa
import pyarrow.compute as pc
from forecast_backtest import Judged, all_known, best, judged, split, testable
from forecast_features import COLUMNS, History
from forecast_models import BASELINE, Model, Models, Name, fitted, probabilities
from forecast_outcomes import instants, minutes
from forecast_sample import Sample, sample
from load_folders import make, write_bytes, write_text
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from aero import hql, load_plan
from aero.datasets import DELAY_FORECASTS, FLIGHTS, FORECAST_MODELS, Dataset
from aero.errors import AeroError
from aero.forecast_plan import FILE, REPORT, ForecastJob
from aero.month import Month, month_range

# Two million flights with their features are some 2 GB in the driver's Python.
MOST_FLIGHTS = 2_000_000
# A day, for the first flight's instant, and how much earlier than in UTC a day begins in Guam.
MARGIN = timedelta(hours=36)
TYPES = {
    "BIGINT": pa.int64(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(), "DOUBLE": pa.float64(), "STRING": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
}  # fmt: skip
Made = tuple[dict[str, Any], pa.Table | None]


def run(spark: SparkSession, plan: Path, what: str) -> None:
    """Do one of WHAT. AeroError where there are too few flights for it, or too many."""
    [job] = load_plan.read(plan, ForecastJob)
    report, rows = WHAT[what](spark, job, read(spark, job))
    make(spark, job.folder)
    if rows is not None:
        write_bytes(spark, f"{job.folder}/{FILE}", orc_files.written(rows.combine_chunks().to_batches()))
    write_text(spark, f"{job.folder}/{REPORT}", json.dumps(report, indent=1))


def read(spark: SparkSession, job: ForecastJob) -> pa.Table:
    """The flights of the job's months, month by month: COLUMNS."""
    flights = spark.table(FLIGHTS.name)
    parts: list[pa.Table] = []
    for when in month_range(job.first, job.last):
        of_month = flights.where((F.col("year") == when.year) & (F.col("month") == when.month))
        parts.append(of_month.select(*COLUMNS).toArrow())
        if sum(part.num_rows for part in parts) > MOST_FLIGHTS:
            raise AeroError(
                f"{job.first} to {when} have more than {MOST_FLIGHTS:,} flights, which the forecast takes at once.",
                "Give fewer months: --from",
            )
    return pa.concat_tables(parts).combine_chunks()


def backtest(spark: SparkSession, _job: ForecastJob, flights: pa.Table) -> Made:
    """A report of every month that can be judged."""
    months = [_told(one) for one in forecast_backtest.backtest(spark, all_known(flights))]
    return {"months": months}, None


def _told(one: Judged) -> dict[str, Any]:
    scores = {name: asdict(score) | {"skill": one.skill(name)} for name, score in one.scores.items()}
    return {
        "month": str(one.month),
        "served": one.served,
        "scores": scores,
        "bins": [asdict(part) for part in one.bins],
    }


def train(spark: SparkSession, job: ForecastJob, flights: pa.Table) -> Made:
    """A report of the last month, and the rows of aero_ml.models."""
    known = all_known(flights)
    if job.last.index not in testable(known):
        raise AeroError(
            f"{job.last} has no three months before it that are loaded, to be judged by.", "Load them, or give --to."
        )
    one = _judged_by_those_before(spark, known, job.last)
    served = best(one.scores)
    before, last = known_by(known, job.last)
    models = fitted(spark, before, last, {BASELINE, served})
    rows = [_row(job, one, served, models, name) for name in Name]
    return _told(one) | {"served": served, "training_id": job.run_id}, _table(FORECAST_MODELS, rows)


def _judged_by_those_before(spark: SparkSession, known: Sample, month: Month) -> Judged:
    train, calibrate, test = split(known, month.index)
    return judged(fitted(spark, train, calibrate), test, BASELINE)


def known_by(known: Sample, last: Month) -> tuple[Sample, Sample]:
    """The flights before a month, and those of it, whose outcome is known MARGIN before the next month begins in UTC:
    so the first flights of that month are forecast, wherever they are.
    """
    next_month = datetime.combine(Month.from_index(last.index + 1).first_day, time(), UTC)
    is_known = (known.is_late >= 0) & (known.known_at <= (next_month - MARGIN).timestamp() // 60)
    return known.of(is_known & (known.month < last.index)), known.of(is_known & (known.month == last.index))


def _row(job: ForecastJob, one: Judged, served: Name, models: Models, name: Name) -> dict[str, Any]:
    """A row of aero_ml.models."""
    score, until = one.scores[name], models[BASELINE].known_until
    return {
        "training_id": job.run_id,
        "model_name": name.value,
        "is_served": name == served,
        "trained_at": datetime.now(UTC).replace(tzinfo=None),
        "first_month": str(job.first),
        "last_month": str(job.last),
        "known_until_at": datetime.fromtimestamp(until * 60, UTC).replace(tzinfo=None),
        "judged_flights": score.flights,
        "late_share": score.late_share,
        "brier_score": score.brier,
        "brier_skill": one.skill(name),
        "auc": score.auc,
        "pr_auc": score.pr_auc,
        "calibration_error": score.ece,
        "parameters": json.dumps(models[name].parameters) if name in models else None,
    }


def score(spark: SparkSession, job: ForecastJob, flights: pa.Table) -> Made:
    """A report of how good the day's forecast was, where that is known, and the month's rows with those of the day."""
    training, served, models = _read(spark, str(job.models))
    assert job.day is not None
    of_day = flights.filter(pc.equal(flights["flight_date"], pa.scalar(job.day)))
    of_day = of_day.filter(of_day["scheduled_departure_at"].is_valid())
    if not of_day.num_rows:
        raise AeroError(f"{FLIGHTS.name} has no flights of {job.day}.", "Load its month: aero load")
    found = sample(of_day, History(flights))
    said = {name: probabilities(models, name, found) for name in {served, BASELINE}}
    rows = of_day.select(
        ["flight_date", "airline_id", "flight_number", "origin_id", "destination_id", "scheduled_departure_local",
         "scheduled_departure_at"]
    )  # fmt: skip
    made = {
        "as_of_at": instants(found.as_of),
        "late_probability": pa.array(said[served]),
        "baseline_probability": pa.array(said[BASELINE]),
        "model_name": pa.array([served.value] * found.size),
        "training_id": pa.array([training] * found.size),
    }
    for name, values in made.items():
        rows = rows.append_column(name, values)
    report = {"day": str(job.day), "flights": found.size, "model": served, "training_id": training}
    return report | _track(found, said, served), _joined(spark, job, rows)


def _track(found: Sample, said: dict[Name, np.ndarray], served: Name) -> dict[str, Any]:
    """Of the flights that have arrived: how many, how many late, and the Brier scores."""
    rows = np.flatnonzero(found.is_late >= 0)
    if not len(rows):
        return {"arrived": 0}
    late = found.is_late[rows]
    brier = {name: float(np.mean((values[rows] - late) ** 2)) for name, values in said.items()}
    expected = float(said[served][rows].sum())
    told = {"arrived": len(rows), "late": int(late.sum()), "expected_late": expected}
    return told | {"brier": brier[served], "baseline_brier": brier[BASELINE]}


def _joined(spark: SparkSession, job: ForecastJob, rows: pa.Table) -> pa.Table:
    """The rows of the day, and those that readers see of the month's other days; by day."""
    assert job.day is not None
    schema = schema_of(DELAY_FORECASTS)
    parts = [rows.select(schema.names).cast(schema)]
    if job.kept:
        others = spark.read.orc(job.kept).where(F.col("flight_date") != F.lit(job.day))
        parts.append(others.select(*schema.names).toArrow().cast(schema))
    return pa.concat_tables(parts).sort_by([(name, "ascending") for name in ("flight_date", "scheduled_departure_at")])


def _read(spark: SparkSession, file: str) -> tuple[str, Name, Models]:
    """The training of a file of aero_ml.models, the model that it serves, and its models."""
    rows = spark.read.orc(file).where("parameters IS NOT NULL").toArrow()
    until = minutes(rows["known_until_at"])
    told = zip(rows.to_pylist(), until.tolist(), strict=True)
    models = {
        Name(row["model_name"]): Model(Name(row["model_name"]), at, json.loads(row["parameters"])) for row, at in told
    }
    [served] = [Name(row["model_name"]) for row in rows.to_pylist() if row["is_served"]]
    return rows["training_id"][0].as_py(), served, models


def schema_of(dataset: Dataset) -> pa.Schema:
    """The columns of a table's files."""
    columns = hql.columns(dataset.hql("create"))
    columns = columns[: len(columns) - len(dataset.partitions)]
    return pa.schema([(column.name, TYPES[column.type]) for column in columns])


def _table(dataset: Dataset, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema_of(dataset))


WHAT: dict[str, Callable[[SparkSession, ForecastJob, pa.Table], Made]] = {
    "backtest": backtest,
    "train": train,
    "score": score,
}
