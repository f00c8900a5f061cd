"""A month of weather: of the lines of its files the hour's report of each airport, the refused lines, and what the
gates are to know. What Spark's workers do of clean_weather.py, without Spark.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict
from urllib.parse import urlsplit

import duckdb
import orc_files
import pyarrow as pa
from weather_lines import AVIATION_ROUTINE, SPECIALS, SUMMARIES, Refused, header, observation

from aero import hql
from aero.datasets import WEATHER_HOURLY, WEATHER_QUARANTINE, Dataset
from aero.load_plan import WeatherYear
from aero.ops import checks

KINDS = {"STRING": pa.string(), "TIMESTAMP": pa.timestamp("us"), "DOUBLE": pa.float64(), "INT": pa.int32()}
# Of what is no column of weather_hourly: what a line comes to; and in which order the reports of an hour count.
PASSED_OVER = "passed over"
OF_LINE = {
    "month": pa.int32(), "reason": pa.string(), "detail": pa.string(), "line": pa.string(),
    "reported_at": pa.timestamp("us"), "is_special": pa.bool_(), "is_aviation": pa.bool_(),
}  # fmt: skip
# The report of an hour: a routine one before others, then the last. Global Hourly, which has more columns, before the
# package, by name.
CHOSEN = """
    SELECT * FROM lines WHERE reason IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY airport_id, hour_at
        ORDER BY source, is_special, reported_at DESC, NOT is_aviation, source_file, source_line
    ) = 1
    ORDER BY airport_id, hour_at
"""
# Every hour from the month's first to its last at every airport of it, whether there is a row (`is_there`) or none.
HOURS = """
    CREATE TABLE hours AS
    SELECT airport_id, hour_at, hourly.* EXCLUDE (airport_id, hour_at), hourly.load_id IS NOT NULL AS is_there
    FROM (SELECT DISTINCT airport_id FROM hourly)
    CROSS JOIN (SELECT unnest(generate_series(min(hour_at), max(hour_at), INTERVAL 1 HOUR)) AS hour_at FROM hourly)
    LEFT JOIN hourly USING (airport_id, hour_at)
"""


@cache
def schema(dataset: Dataset) -> pa.Schema:
    """The columns of a table in a file of its own."""
    columns = hql.columns(dataset.hql("create"))[: -len(dataset.partitions)]
    return pa.schema([(column.name, KINDS[column.type]) for column in columns])


class Told(TypedDict):
    """What became of a month's lines; `measures` as of aero/ops/cleaning_report.py. `newest_hour_at` is UTC, None where
    there is no hour."""

    rows_in: int
    rows_clean: int
    rows_quarantined: int
    rows_passed_over: int
    reasons: dict[str, int]
    measures: dict[str, float | None]
    airports: int
    newest_hour_at: str | None


LINES = pa.schema([*OF_LINE.items(), *((field.name, field.type) for field in schema(WEATHER_HOURLY))])
MADE = pa.schema([("month", pa.int32()), ("hourly", pa.binary()), ("refused", pa.binary()), ("told", pa.string())])


@dataclass(frozen=True)
class Parsing:
    """Files (path, content) to LINES, of the months of a year that are wanted. `prefix` is before their paths."""

    year: WeatherYear
    prefix: str = ""

    def __call__(self, files: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        below = urlsplit(self.prefix).path
        known = {f"{below}{path}": (layout, stations) for path, layout, stations in self.year.files}
        for batch in files:
            for file in batch.to_pylist():
                path = urlsplit(file["path"]).path
                layout, stations = known[path]
                rows = list(lines(file["content"], path.rpartition("/")[2], layout, stations, self.year))
                yield pa.RecordBatch.from_pylist(rows, LINES)


def lines(
    content: bytes, file: str, layout: str, stations: Mapping[str, str], year: WeatherYear
) -> Iterator[dict[str, Any]]:
    """A row of LINES for each line below the header that is of one of the year's months. A line that tells no month, or
    one of another year, is the first month's of the year. `stations` has the airport of each station."""
    first, *rest = content.decode("utf-8", errors="replace").removeprefix("\ufeff").split("\n")
    names, seen = header(first), set[tuple[Any, ...]]()
    told = {"source": layout, "source_file": file, "load_id": year.load_id}
    for number, ended in enumerate(rest, 2):
        line = ended.rstrip("\r")
        if not line.strip():
            continue
        month, row = 1, {"line": line, "source_line": number, **told}
        try:
            found = observation(layout, names, line)
            if found.at.year != year.year:
                raise Refused("wrong_year", f"{found.at:%Y-%m-%d %H:%M} is not of {year.year}")
            month = found.at.month
            if found.station not in stations:
                raise Refused("unknown_station", f"{found.station!r} is no station of an airport")
            key = found.station, found.at, found.report
            if key in seen:
                raise Refused("duplicate_key", f"a line above has {found.station} at {found.at:%Y-%m-%d %H:%M} UTC")
            seen.add(key)
            row |= {
                "line": None, "reason": PASSED_OVER if found.report in SUMMARIES else None,
                "airport_id": stations[found.station], "station_id": found.station if found.is_exact else None,
                "reported_at": _plain(found.at), "hour_at": _plain(found.hour_at),
                "observed_at": _plain(found.at) if found.is_exact else None,
                "is_special": found.report in SPECIALS, "is_aviation": found.report == AVIATION_ROUTINE,
                **{name: _typed(name, value) for name, value in found.values.items()},
            }  # fmt: skip
        except Refused as refused:
            month = refused.at.month if refused.at and refused.at.year == year.year else month
            row |= {"reason": refused.reason, "detail": str(refused)}
        if month in year.months:
            yield {**row, "month": month}


def _plain(at: Any) -> Any:
    """An instant as ORC has it: UTC, without saying so."""
    return at.replace(tzinfo=None)


def _typed(name: str, value: float | None) -> float | int | None:
    kind = schema(WEATHER_HOURLY).field(name).type
    return value if value is None or kind == pa.float64() else round(value)


def made(of_month: pa.Table) -> pa.Table:
    """The one row of MADE of a month's LINES, of one line at least: ORC files, and the counts and measures as JSON."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("lines", of_month.cast(LINES))  # Spark hands instants over with their zone.
        chosen = connection.sql(CHOSEN).to_arrow_table()
        hourly = chosen.select(schema(WEATHER_HOURLY).names).cast(schema(WEATHER_HOURLY))
        of_reason = Counter(of_month["reason"].to_pylist())
        summaries = of_reason.pop(PASSED_OVER, 0)
        reports = of_reason.pop(None, 0)
        bad = connection.sql(
            f"SELECT * FROM lines WHERE reason <> '{PASSED_OVER}' ORDER BY source_file, source_line"
        ).to_arrow_table()
        refused = bad.select(schema(WEATHER_QUARANTINE).names).cast(schema(WEATHER_QUARANTINE))
        told: Told = {
            "rows_in": len(of_month),
            "rows_clean": len(hourly),
            "rows_quarantined": len(refused),
            "rows_passed_over": summaries + reports - len(hourly),
            "reasons": dict(of_reason),
            "measures": _measures(connection, hourly),
            "airports": len(set(hourly["airport_id"].to_pylist())),
            "newest_hour_at": max((f"{at}+00:00" for at in hourly["hour_at"].to_pylist()), default=None),
        }
    row = {"month": of_month["month"][0].as_py(), "told": json.dumps(told)}
    return pa.Table.from_pylist([row | {"hourly": _orc(hourly), "refused": _orc(refused)}], MADE)


def _measures(connection: duckdb.DuckDBPyConnection, hourly: pa.Table) -> dict[str, float | None]:
    """The value of every check that is measured on the rows, by its name: a share; None where it is asked of none."""
    connection.register("hourly", hourly)
    connection.execute(HOURS)
    found: dict[str, float | None] = {}
    for check in checks.of(WEATHER_HOURLY):
        if sql := check.measure():
            counts = connection.execute(
                f"SELECT count(*) FILTER ({sql['asked']}), count(*) FILTER ({sql['bad']}) FROM hours"
            ).fetchone()
            asked, bad = counts or (0, 0)
            found[check.name] = bad / asked if asked else None
    return found


def _orc(rows: pa.Table) -> bytes | None:
    return orc_files.written(rows.combine_chunks().to_batches()) if len(rows) else None
