"""The forecast of delays: BacktestForecast judges models, TrainForecast keeps new ones, ScoreTomorrow forecasts a day.

Each has Spark work on flights that readers see (jobs/forecast_delays.py) into a folder of its run, and takes what came
of it into use: the models of a training are one file more in aero_ml.models, and are promoted where they are no worse
than those in service; a day's forecasts are a new load of its month, and its track record is written anew.

UpdateForecast does each night what is due: forecasts of the newest month that is loaded, a training up to it, and
forecasts of the days to come that live flights are told of.
"""

import getpass
import io
import logging
from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import hdfs
import luigi
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import orc

from aero import connections, lease, metastore, webhdfs
from aero.datasets import (
    DELAY_FORECASTS,
    FLIGHTS,
    FORECAST_MODELS,
    FORECAST_PROMOTIONS,
    FORECAST_TRACK,
    LIVE_FLIGHT_STATE,
    STAGING,
)
from aero.errors import AeroError, Away
from aero.forecast_plan import FILE, MONTHS, REPORT, ForecastJob
from aero.instants import utc_now
from aero.live import as_flights, delay_forecasts, store
from aero.month import Month
from aero.ops import forecasts, track
from aero.run_reports import Made
from luigi_tasks import partitions, spark_job
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.landing import raw
from luigi_tasks.run import Reported

# A training judges its last month by models of three months before (jobs/forecast_backtest.py).
LEAST_MONTHS = 4
STAGED = "forecast-"  # So begins what they keep in the staging folder while they work.
# Sources tell of flights a day or two before they leave.
DAYS_TO_COME = 2
log = logging.getLogger("luigi-interface")


class Forecast(Reported):
    """What they have in common: which months are read, and where the job leaves what it made."""

    @property
    def folder(self) -> str:
        return f"{STAGING.path}/{STAGED}{self.run_id}"

    def opened(self) -> hdfs.Client:
        """HDFS, without what forecasts that were killed left there."""
        client = connections.webhdfs()
        raw.sweep(client, STAGING, STAGED)
        return client

    def work(self, client: hdfs.Client, what: str, job: ForecastJob) -> Any:
        """Have Spark do it; its report. The live flights that it read are gone afterwards, and where it fails its
        folder, too. AeroError in its words."""
        try:
            if failed := spark_job.run("forecast_delays", [job], what=what):
                client.delete(job.folder, recursive=True)
                problem, _, fix = failed.partition("\n")
                raise AeroError(problem, fix.strip())
        finally:
            if job.live:
                client.delete(job.live)
        return webhdfs.read_json(client, f"{job.folder}/{REPORT}")


def months(end: Month) -> tuple[Month, Month]:
    """The first and the last month to be read. AeroError where the last is not loaded."""
    return forecasts.read_months(metastore.locations(FLIGHTS), end, MONTHS)


class BacktestForecast(Forecast):
    """Judge the models on each of the months up to `end` that has three before it. Changes nothing that readers see."""

    end = luigi.MonthParameter(description="Last month of flights, YYYY-MM")

    def output(self) -> HdfsFile:
        return self.report("forecast_backtest")

    def run(self) -> None:
        client = self.opened()
        job = ForecastJob(*months(Month.of(self.end)), self.folder, self.run_id)
        report = self.work(client, "backtest", job)
        client.delete(self.folder, recursive=True)
        self.output().write(report)


class TrainForecast(Forecast):
    """Fit models to the months up to `end`, judge them on it, keep them, and promote the best if it is no worse."""

    end = luigi.MonthParameter(description="Last month of flights, YYYY-MM")
    models = luigi.Parameter(
        default="", description="Names of the models to be fitted, separated by commas; empty: all"
    )

    def output(self) -> HdfsFile:
        return self.report("forecast_training")

    def run(self) -> None:
        held = lease.hold("a training of the forecast")
        client, last = self.opened(), Month.of(self.end)
        before = forecasts.in_service(forecasts.promotions(client), last)
        names = tuple(filter(None, self.models.split(",")))
        job = ForecastJob(*months(last), f"{self.folder}-training", self.run_id, names=names)
        if before:
            job = replace(job, models=before.models_file, model=before.model_name)
        report = self.work(client, "train", job)
        held.check()
        client.makedirs(FORECAST_MODELS.path)
        client.rename(f"{job.folder}/{FILE}", forecasts.models_file(last, self.run_id))
        client.delete(job.folder, recursive=True)
        report["promoted"] = self._promoted(client, last, report)
        self.output().write(report)

    def made(self) -> list[Made]:
        report = self.output().read()
        models, version = FORECAST_MODELS.name, {FORECAST_MODELS.name: self.run_id}
        # With that of cancellations.
        found = [Made(models, report["month"], (FLIGHTS.name,), len(report["scores"]) + 1)]
        if report["promoted"]:
            found.append(Made(FORECAST_PROMOTIONS.name, report["month"], (models,), 1, version))
        return found

    def _promoted(self, client: hdfs.Client, last: Month, report: Any) -> bool:
        """Whether it was taken into service: where it is no worse than what was in service on its last month, and than
        what another training up to it put into service for the next."""
        new, old = report["scores"][report["served"]]["brier"], report.get("in_service")
        served = forecasts.in_service(forecasts.promotions(client), last.next)
        if served and served.last_month == str(last) and (brier := forecasts.judged(client, served)) is not None:
            old = {"training_id": served.training_id, "model": served.model_name, "brier": brier}
        if old and new > old["brier"]:
            return False
        rival = f"{old['training_id']} {old['model']} has {old['brier']:.4f}" if old else "nothing was in service"
        because = f"Brier score {new:.4f} on {last}; {rival}"
        forecasts.promote(client, self.run_id, report["served"], getpass.getuser(), because, last.next)
        return True


class ScoreTomorrow(Forecast):
    """Forecast the flights of a day, loaded or live, each as of 24 hours before it, or of now where that is earlier;
    publish what was said, and judge what came of it."""

    day = luigi.DateParameter(description="Local date at the origins, YYYY-MM-DD")
    days = luigi.IntParameter(default=1, description="So many days of the month, of which the day is the last")
    models = luigi.Parameter(default="", description="Models to be fitted first where none is in service; empty: none")

    def requires(self) -> list[luigi.Task]:
        month = Month.of(self.day)
        if not self.models or forecasts.in_service(forecasts.promotions(connections.webhdfs()), month):
            return []
        before = month.previous.first_day
        return [TrainForecast(run_id=f"{self.run_id}-training", end=before, models=self.models)]

    def output(self) -> HdfsFile:
        return self.report("forecast_scores")

    def run(self) -> None:
        if not 0 < self.days <= self.day.day:
            raise AeroError(f"{self.days} days up to {self.day} are not of one month.", f"At most: {self.day.day}")
        held = lease.hold(f"a forecast of {self.day}")
        client, month = self.opened(), Month.of(self.day)
        serving = forecasts.for_day(client, self.day)
        seen = metastore.locations(DELAY_FORECASTS)
        job = self._job(client, month)
        job = replace(job, models=serving.models_file, model=serving.model_name, kept=seen.get(tuple(month)))
        report = self.work(client, "score", job)
        held.check()
        location = DELAY_FORECASTS.load_path(self.run_id, *month)
        client.makedirs(location.rpartition("/")[0])
        client.rename(self.folder, location)
        with connections.hive() as hive:
            partitions.publish(hive.cursor(), client, DELAY_FORECASTS, {month: location}, self.run_id, seen=seen)
        report["is_on_boards"] = _on_boards(client, f"{location}/{FILE}", job, serving)
        report["is_drifting"] = self._judged(client, month)
        report["is_live"] = bool(job.live)
        self.output().write(report)

    def made(self) -> list[Made]:
        report = self.output().read()
        forecasts_of, models = DELAY_FORECASTS.name, FORECAST_MODELS.name
        sources = (FLIGHTS.name, models, *((LIVE_FLIGHT_STATE.name,) if report["is_live"] else ()))
        version = {models: report["training_id"]}
        found = [Made(forecasts_of, str(self.day), sources, report["flights"], version)]
        if report["arrived"]:
            found.append(Made(FORECAST_TRACK.name, str(Month.of(self.day)), (forecasts_of, FLIGHTS.name)))
        return found

    def _job(self, client: hdfs.Client, month: Month) -> ForecastJob:
        """Which flights are read: those of months up to the day's. Where that is not loaded, those of the months before
        that are, and the live ones since. AeroError where there are no live flights of the days."""
        loaded = [Month(*one) for one in metastore.locations(FLIGHTS) if Month(*one) <= month]
        last = max(loaded, default=month)
        job = ForecastJob(*months(last), self.folder, self.run_id, self.day, self.days)
        if last == month:
            return job
        with store.opened() as hbase:
            flights = as_flights.read(hbase, last.next.first_day, self.day)
        if not pc.any(pc.is_in(flights["flight_date"], pa.array(job.dates))).as_py():
            raise AeroError(
                f"{month} is not loaded, and no live flight of {self.day} is known: no schedule to be forecast.",
                f"Load it: aero load --from {month} --to {month}. Or have its flights told: aero live start",
            )
        live, file = f"{self.folder}-live.orc", io.BytesIO()
        orc.write_table(flights, file)
        webhdfs.replace(client, live, file.getvalue())
        return replace(job, live=live)

    def _judged(self, client: hdfs.Client, month: Month) -> bool:
        """Write the month's track record. Whether the forecast drifts on the day, or the last judged before it."""
        folder = f"{self.folder}-judged"
        facts = self.work(client, "judge", ForecastJob(month, month, folder, self.run_id))
        client.delete(folder, recursive=True)
        if not facts["days"]:
            return False
        rows = [fact | {"flight_date": date.fromisoformat(fact["flight_date"])} for fact in facts["days"]]
        days = [one for one in track.write(client, month, rows) if one.flight_date <= self.day]
        return bool(days) and days[-1].is_drifting


def _on_boards(client: hdfs.Client, file: str, job: ForecastJob, serving: forecasts.Promotion) -> bool:
    """Keep the forecasts of the job's days in HBase too, and what the stream renews them by. False where HBase is away:
    the forecast needs it for no more."""
    with client.read(file) as reader:
        rows = orc.read_table(io.BytesIO(reader.read()), columns=["flight_date", *delay_forecasts.COLUMNS])
    of_days = rows.filter(pc.is_in(rows["flight_date"], pa.array(job.dates)))
    corrections = forecasts.corrections(client, serving)
    try:
        with store.opened() as hbase:
            # The baseline may have forecast some days, and then not the model in service.
            for model in pc.unique(of_days["model_name"]).to_pylist():
                delay_forecasts.keep_corrections(hbase, serving.training_id, model, corrections.get(model, {}))
            delay_forecasts.write(hbase, of_days)
    except Away:
        return False
    return True


class UpdateForecast(Forecast):
    """What is due of the newest month that is loaded: its forecasts, by the model in service, and a training up to it;
    then the forecasts of the days to come, of the live flights.

    Where no model was ever promoted the forecast is not in use, and nothing is due.
    """

    def output(self) -> HdfsFile:
        return self.report("forecast_update")

    def run(self) -> Generator[luigi.Task, Any, None]:
        client, seen = connections.webhdfs(), metastore.locations(FLIGHTS)
        known, done = forecasts.promotions(client), []
        if known and seen:
            newest = Month(*max(seen))
            first, _ = forecasts.read_months(seen, newest, LEAST_MONTHS)
            judged = [day.flight_date for day in track.read(client, newest)]
            # Luigi begins anew after each: what is complete then was due.
            scores = ScoreTomorrow(run_id=f"{self.run_id}-scores", day=newest.last_day, days=len(newest.days))
            is_due = forecasts.in_service(known, newest) and newest.last_day not in judged
            if is_due or scores.complete():
                yield scores
                done.append(f"{newest} forecast")
            training = TrainForecast(run_id=f"{self.run_id}-training", end=newest.first_day)
            is_trained = newest in forecasts.last_months(client).values()
            if training.complete() or (newest.index - first.index + 1 == LEAST_MONTHS and not is_trained):
                yield training
                done.append(f"a training up to {newest}")
            for day in _days_to_come(forecasts.promotions(client), newest):
                yield ScoreTomorrow(run_id=f"{self.run_id}-{day}", day=day)
                done.append(f"{day} forecast of its live flights")
        self.output().write(done)


def _days_to_come(known: Sequence[forecasts.Promotion], newest: Month) -> list[date]:
    """The first days from today on, local dates, that live flights are told of and a model is in service for, their
    month not loaded. None where HBase is away: the next night has them."""
    today = utc_now().date()
    try:
        with store.opened() as hbase:
            dates = set(as_flights.read(hbase, today, today + timedelta(days=DAYS_TO_COME))["flight_date"].to_pylist())
    except Away as away:
        log.warning("No day to come is forecast. %s", away)
        return []
    return [day for day in sorted(dates) if Month.of(day) > newest and forecasts.in_service(known, Month.of(day))]
