"""What is measured on a month's clean flights, where they are cleaned: the gates judge the month by it.

The checks are data, SQL conditions in hive/aero_clean/flights/checks.toml. DuckDB asks them, and all else that is
counted here, of the Arrow arrays that a worker has (as_in_spark.py): half a second for 480,000 flights, of which
Spark's own SQL took nine of a processor. Great Expectations and pandera would read the files once more.
"""

from typing import Any

import duckdb
import pyarrow as pa
from as_in_spark import opened

from aero.bts import COLUMNS
from aero.holidays import holidays
from aero.month import Month
from aero.ops import checks
from aero.ops.profile import ColumnProfile, Profile

# What happened to a flight: it was cancelled, diverted, or flown, 15 minutes late or more or not.
CANCELLED, DIVERTED, LATE, PUNCTUAL = "cancelled", "diverted", "late", "punctual"
HAPPENED = f"""CASE WHEN is_cancelled THEN '{CANCELLED}' WHEN is_diverted THEN '{DIVERTED}'
    WHEN arrival_delay_minutes >= 15 THEN '{LATE}' ELSE '{PUNCTUAL}' END"""
COUNTS = {
    "routes": "concat_ws(' ', airline_id, origin_id, destination_id)",
    "days": "flight_date",
    "hours": "substr(scheduled_departure_local, 1, 2)",
    # greatest and least pass over NULL.
    "delay_groups": """CASE WHEN departure_delay_minutes IS NOT NULL
        THEN CAST(greatest(-2, least(12, floor(departure_delay_minutes / 15))) AS INT) END""",
    "dot_numbers": "concat(airline_id, ' ', airline_dot_id)",
}
ROTATIONS = """
    SELECT airline_id, count(origin_before) AS legs, count(*) FILTER (origin_before <> origin_id) AS broken,
        count(*) FILTER (airline_before <> airline_id) AS "foreign", count(*) FILTER (tail_number IS NULL) AS no_tail
    FROM (
        SELECT airline_id, origin_id, tail_number,
            CASE WHEN is_told THEN lag(destination_id) OVER of_aircraft END AS origin_before,
            CASE WHEN is_told THEN lag(airline_id) OVER of_aircraft END AS airline_before
        FROM (SELECT *, tail_number IS NOT NULL AND scheduled_departure_at IS NOT NULL AS is_told FROM flights)
        WINDOW of_aircraft AS (
            PARTITION BY is_told, tail_number, flight_date
            ORDER BY scheduled_departure_at, flight_number, origin_id, destination_id, airline_id
        )
    )
    GROUP BY airline_id
"""
# Of a flight, which is the same one on another day, with the bits `days`: the days of the month that it goes seven days
# before, and seven days after. On holidays a flight is not missing.
RETURNS = """
    WITH of_days AS (
        SELECT airline_id, origin_id, min(substr(scheduled_departure_local, 1, 2)) AS hour,
            bit_or(1::BIGINT << day(flight_date)) AS days
        FROM flights GROUP BY airline_id, flight_number, origin_id, destination_id
    ), due AS (
        SELECT airline_id, origin_id, hour, day, (days >> day) & 1 = 0 AS is_absent
        FROM of_days, range(8, 25) AS days_of_month (day)
        WHERE (days >> (day - 7)) & (days >> (day + 7)) & 1 = 1 AND NOT list_contains(?, day)
    ), keys AS (
        SELECT concat('airline ', airline_id, ' ', lpad(day::VARCHAR, 2, '0')) AS key, is_absent FROM due
        UNION ALL SELECT concat('hour ', hour), is_absent FROM due
        UNION ALL SELECT concat('origin ', origin_id), is_absent FROM due
    )
    SELECT key, count(*) AS due, count(*) FILTER (is_absent) AS absent FROM keys GROUP BY key
"""
NO_FLIGHTS = Profile(0, {}, {}, {}, {}, measures={check.name: None for check in checks.of() if check.measure()})
Row = dict[str, Any]


def profile(flights: pa.Table, month: Month) -> Profile:
    """How a month's flights, with the columns of aero_clean.flights, are distributed, what other months are compared
    with; among it `measures`, the value of every check that is measured on the rows, by its name; None where no row has
    one."""
    with opened(flights) as asked:
        happened = _happened(asked)
        rotations, returns = rows(asked, ROTATIONS), rows(asked, RETURNS, holidays(month))
        counts = {name: _counted(asked, value) for name, value in COUNTS.items()}
    return Profile(
        len(flights),
        **counts,
        columns={one.name: _column(happened, one.name) for one in COLUMNS} if happened else {},
        **{name: _named(rotations, "airline_id", name) for name in ("legs", "broken", "foreign", "no_tail")},
        **{name: _named(returns, "key", name) for name in ("due", "absent")},
        given={name: _given(row) for name, row in happened.items() if name != PUNCTUAL},
        measures={check.name: _share(happened, check.name) for check in checks.of() if check.measure()},
    )


def rows(asked: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[Row]:
    """The answer to a query, with `values` for its question marks, a dict a row."""
    answer = asked.execute(query, values)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _counted(asked: duckdb.DuckDBPyConnection, value: str) -> dict[str, int]:
    """The flights by a value as text, "" for NULL."""
    counted = asked.execute(
        f"SELECT coalesce(CAST({value} AS VARCHAR), ''), count(*) FROM flights GROUP BY 1 ORDER BY 1"
    )
    return dict(counted.fetchall())


def _happened(asked: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    """By what happened to the flights how many there are, how many each check is asked of and how many of these are
    bad; of each column that BTS fills what `_column` needs."""
    of_checks, of_columns = {"rows": "count(*)"}, dict[str, str]()
    for check in checks.of():
        of_checks |= {f"{check.name} {what}": f"count(*) FILTER ({sql})" for what, sql in check.measure().items()}
    for column in COLUMNS:
        name = column.name
        of_columns |= {
            f"{name} filled": f"count({name})",
            f"{name} least": f"min({name})",
            f"{name} most": f"max({name})",
        }
        if column.kind == "integer":
            of_columns |= {
                f"{name} zero": f"count(*) FILTER ({name} = 0)",
                f"{name} sum": f"CAST(sum({name}) AS BIGINT)",
            }
    found: dict[str, Row] = {}
    for values in (of_checks, of_columns):  # Twice as fast as all in one.
        told = ", ".join(f'{value} AS "{name}"' for name, value in values.items())
        for row in rows(asked, f"SELECT {HAPPENED} AS happened, {told} FROM flights GROUP BY 1"):
            found[row["happened"]] = found.get(row["happened"], {}) | row
    return found


def _share(rows: dict[str, Row], check: str) -> float | None:
    """Share of the flights that the check is asked of that are bad; None where it is asked of none."""
    among = sum(row[f"{check} asked"] for row in rows.values())
    return sum(row[f"{check} bad"] for row in rows.values()) / among if among else None


def _given(row: Row) -> dict[str, int]:
    """How many flights have each column, and under "" all of them."""
    counts = {column.name: row[f"{column.name} filled"] for column in COLUMNS}
    return {"": row["rows"]} | {name: count for name, count in counts.items() if count}


def _column(rows: dict[str, Row], name: str) -> ColumnProfile:
    """What is known of a column among the flights that were flown."""
    flown = [rows[one] for one in (LATE, PUNCTUAL) if one in rows]
    told = [row for row in flown if row[f"{name} filled"]]
    filled = sum(row[f"{name} filled"] for row in told)
    is_number = filled and f"{name} zero" in told[0]
    return ColumnProfile(
        filled=filled / sum(row["rows"] for row in flown) if flown else 0.0,
        zero=sum(row[f"{name} zero"] for row in told) / filled if is_number else None,
        mean=sum(row[f"{name} sum"] for row in told) / filled if is_number else None,
        is_constant=filled > 1 and len({row[f"{name} {end}"] for row in told for end in ("least", "most")}) == 1,
    )


def _named(rows: list[Row], key: str, value: str) -> dict[str, int]:
    """The counts that are not 0."""
    return {row[key]: row[value] for row in rows if row[value]}
