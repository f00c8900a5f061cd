"""The forecast of delays: BacktestForecast judges models, TrainForecast keeps new ones, ScoreTomorrow forecasts a day.

Each has Spark work on flights that readers see (jobs/forecast_delays.py) into a folder of its run, and takes what came
of it into use: the models of a training are one file more in aero_ml.models, a day's forecasts a new load of its month.
"""

from typing import Any

import hdfs
import luigi

from aero import connections, lease, metastore, webhdfs
from aero.datasets import DELAY_FORECASTS, FLIGHTS, FORECAST_MODELS, STAGING
from aero.errors import AeroError
from aero.forecast_plan import FILE, MONTHS, REPORT, ForecastJob
from aero.month import Month
from aero.ops import forecasts
from luigi_tasks import partitions, spark_job
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.run import Reported


class Forecast(Reported):
    """What the three have in common: which months are read, and where the job leaves what it made."""

    @property
    def folder(self) -> str:
        return f"{STAGING.path}/forecast-{self.run_id}"

    def work(self, client: hdfs.Client, what: str, job: ForecastJob) -> Any:
        """Have Spark do it; its report. AeroError in its words."""
        if failed := spark_job.run("forecast_delays", [job], what=what):
            problem, _, fix = failed.partition("\n")
            raise AeroError(problem, fix.strip())
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
        client = connections.webhdfs()
        job = ForecastJob(*months(Month.of(self.end)), self.folder, self.run_id)
        report = self.work(client, "backtest", job)
        client.delete(self.folder, recursive=True)
        self.output().write(report)


class TrainForecast(Forecast):
    """Fit models to the months up to `end`, judge them on it, and keep them."""

    end = luigi.MonthParameter(description="Last month of flights, YYYY-MM")

    def output(self) -> HdfsFile:
        return self.report("forecast_training")

    def run(self) -> None:
        held = lease.hold("a training of the forecast")
        client, last = connections.webhdfs(), Month.of(self.end)
        report = self.work(client, "train", ForecastJob(*months(last), self.folder, self.run_id))
        held.check()
        client.makedirs(FORECAST_MODELS.path)
        client.rename(f"{self.folder}/{FILE}", forecasts.models_file(last, self.run_id))
        client.delete(self.folder, recursive=True)
        self.output().write(report)


class ScoreTomorrow(Forecast):
    """Forecast the flights of a day that is loaded, each as of 24 hours before it, and publish what was said."""

    day = luigi.DateParameter(description="Local date at the origins, YYYY-MM-DD")

    def output(self) -> HdfsFile:
        return self.report("forecast_scores")

    def run(self) -> None:
        held = lease.hold(f"a forecast of {self.day}")
        client, month = connections.webhdfs(), Month.of(self.day)
        models = forecasts.models_for(client, self.day)
        seen = metastore.locations(DELAY_FORECASTS)
        job = ForecastJob(*months(month), self.folder, self.run_id, self.day, models, seen.get(tuple(month)))
        report = self.work(client, "score", job)
        held.check()
        location = DELAY_FORECASTS.load_path(self.run_id, *month)
        client.makedirs(location.rpartition("/")[0])
        client.rename(self.folder, location)
        with connections.hive() as hive:
            partitions.publish(hive.cursor(), client, DELAY_FORECASTS, {month: location}, self.run_id, seen=seen)
        self.output().write(report)
