"""Forecasts of the weather: fetched now, kept as they came, and put into aero_clean.weather_forecasts_hourly.

A month's partition is made of all answers of its days in the raw layer, so one that was lost is made again by the next
fetch, and the same answers are the same load. A month of twelve fetches a day at 16 airports is 70 MB of answers.
"""

import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from typing import Any

import hdfs
import luigi
import pyarrow as pa
from pyarrow import orc

from aero import airports, connections, hql, lease, process_state, weather_stations, webhdfs
from aero.datasets import WEATHER_FORECASTS_HOURLY
from aero.errors import AeroError
from aero.live.archive import Archive, Page, read_pages
from aero.month import Month
from aero.ops.publications import Why
from aero.settings import load_settings
from luigi_tasks import partitions
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.run import Reported
from luigi_tasks.sources import nws
from luigi_tasks.sources.nws import Nws

KINDS = {"STRING": pa.string(), "TIMESTAMP": pa.timestamp("us"), "DOUBLE": pa.float64()}
FILE = "part-00000.orc"
# Raise it when `nws.rows` makes something else of the same answers.
VERSION = 1


class LoadWeatherForecasts(Reported):
    """Fetch the forecasts of airports, those with a weather station where none are named, and publish the month.

    Raises AeroError with the list of those that failed, after the others were published.
    """

    airports = luigi.Parameter(default="", description="Codes with commas between them; empty for all with a station")
    base = luigi.Parameter(default=nws.URL, description="Address of the service")
    threads = luigi.IntParameter(default=4, significant=False, description="Airports asked at a time")

    def output(self) -> HdfsFile:
        return self.report("weather-forecasts")

    def run(self) -> None:
        lease.hold("a load of forecasts of the weather").check()
        settings, client = load_settings(), connections.webhdfs()
        wanted = [code for code in self.airports.upper().split(",") if code] or list(weather_stations.load())
        source = Nws(_positions(wanted), settings.cache / "weather" / "addresses.json", self.base)
        archive = Archive(client, nws.NAME, process_state.folder(settings) / "waiting" / nws.NAME)
        with ThreadPoolExecutor(self.threads) as pool:
            answers = list(pool.map(lambda code: _tried(lambda: source.page(code)), wanted))
        pages = [one for one in answers if isinstance(one, Page)]
        for page in pages:
            archive.append(page)
        archive.close()
        months = sorted({Month.of(page.fetched_at.date()) for page in pages})
        hours = {str(month): publish(client, month, self.run_id) for month in months}
        if failed := [one for one in answers if isinstance(one, str)]:
            raise AeroError(
                f"{len(failed)} of {len(wanted)} airports failed, the others are loaded:\n" + "\n".join(failed),
                "Run the same again.",
            )
        self.output().write({"airports": len(pages), "hours": hours})


def _positions(codes: list[str]) -> dict[str, tuple[float, float]]:
    known = {one.airport_id: (one.latitude, one.longitude) for one in airports.load()}
    if unknown := [code for code in codes if code not in known]:
        raise AeroError(f"--airports: there is no airport {', '.join(unknown)}", "Codes are those of BTS: JFK,LGA")
    return {code: known[code] for code in codes}


def _tried(ask: Callable[[], Page]) -> Page | str:
    try:
        return ask()
    except AeroError as fault:
        return f"  - {fault}"


def publish(client: hdfs.Client, month: Month, run_id: str) -> int:
    """Have readers see the forecasts of a month that the raw layer has: how many hours."""
    rows = [row for day in month.days for page in read_pages(client, nws.NAME, day) for row in nws.rows(page)]
    own = hashlib.sha256(repr([tuple(row.values()) for row in rows]).encode()).hexdigest()
    load_id = f"{own[:12]}-{VERSION}"
    location = WEATHER_FORECASTS_HOURLY.load_path(load_id, *month)
    if rows and not webhdfs.exists(client, f"{location}/{FILE}"):
        webhdfs.create(client, f"{location}/{FILE}", _orc([row | {"load_id": load_id} for row in rows]))
    if rows:
        with connections.hive() as hive:
            partitions.publish(hive.cursor(), client, WEATHER_FORECASTS_HOURLY, {month: location}, run_id, Why.LOAD)
    return len(rows)


def _orc(rows: list[dict[str, Any]]) -> bytes:
    dataset = WEATHER_FORECASTS_HOURLY
    columns = hql.columns(dataset.hql("create"))[: -len(dataset.partitions)]
    instants = [column.name for column in columns if column.type == "TIMESTAMP"]
    for row in rows:
        row |= {name: value.astimezone(UTC).replace(tzinfo=None) for name in instants if (value := row[name])}
    sink = io.BytesIO()
    orc.write_table(pa.Table.from_pylist(rows, pa.schema([(one.name, KINDS[one.type]) for one in columns])), sink)
    return sink.getvalue()
