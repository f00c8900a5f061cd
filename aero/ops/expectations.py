"""The gates of a month as suites of Great Expectations 1.x: a second opinion on the same rows, with the limits that
decided.

Two suites: `flights` is asked of the month's clean flights, `lines` of every line of its file, those that were refused
with their `reason`. A gate that measures a share of rows is the mean of a column that is 1 where a row is bad, 0 where
it is not, and NULL where the gate does not ask; what the column is stands in the suite's `meta`, in DuckDB's SQL.
docs/connect/great-expectations.md runs them. Pure: verdicts in, suites out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aero.datasets import CHECKS, FLIGHTS, FLIGHTS_QUARANTINE
from aero.month import Month
from aero.ops import checks
from aero.ops.checks import ROWS_AS_LANDED, Check, Severity
from aero.ops.comparisons.counts import known_airlines, known_airports
from aero.ops.gates import CheckOutcome

SUITES = ("flights", "lines")
LOAD = "load_id"

# Why GX cannot say what a gate compares.
_BY_KEY = f"it has limits for each {{}}, of which {CHECKS.name} keeps one pair"
_BESIDE = "what it measures depends on the flights of other months"
_NO_ROWS = "it is no share of rows: {}"
NOT_EXPECTATIONS = {
    "rows": _BESIDE + ": it counts the airlines in common, beside the usual count",
    "rows_by_airline": _BY_KEY.format("airline"),
    "rows_by_part_of_day": _BY_KEY.format("part of the day"),
    "rows_by_weekday": _BY_KEY.format("weekday"),
    "rows_by_airport_size": _BY_KEY.format("size of airport, which other months tell"),
    "days": _BY_KEY.format("end, the thinnest and the fullest day"),
    "thinnest_day": _NO_ROWS.format("a day is compared with the middle one of its week"),
    "airlines_gone": _BESIDE,
    "airlines_between": _BESIDE,
    "new_routes": _BESIDE,
    "routes_gone": _BESIDE,
    "hour_drift": _BESIDE + ": their distribution over the hours",
    "filled": _BY_KEY.format("column"),
    "given": _BY_KEY.format("column"),
    "zero": _BY_KEY.format("column"),
    "mean": _BY_KEY.format("column"),
    "constant": _BY_KEY.format("column"),
    "causes": _BY_KEY.format("cause"),
    "events": _BY_KEY.format("event"),
    "delayed": _BESIDE + ": it is a share beside the usual one",
    "delay_drift": _BESIDE + ": their distribution over quarters of an hour",
    "new_dot_numbers": _BESIDE,
    "absent": _NO_ROWS.format("it counts flights that are not there"),
    "absent_of_whole": _NO_ROWS.format("it counts flights that are not there"),
    "absent_by_airline": _BY_KEY.format("airline"),
    "absent_by_part": _BY_KEY.format("part of the day and size of airport"),
    "absent_by_weekday": _BY_KEY.format("weekday"),
    "exchanged": _BESIDE + ": the routes of each airline",
    "broken_rotations": _NO_ROWS.format("what flights of unknown aircraft account for is taken off"),
    "torn": _NO_ROWS.format("what flights of unknown aircraft account for is taken off"),
    "broken_by_airline": _BY_KEY.format("airline"),
    "imbalance": _NO_ROWS.format("it counts flights there and back"),
}

# An aircraft's flights of a day, in their order.
_IS_TOLD = "tail_number IS NOT NULL AND scheduled_departure_at IS NOT NULL"
_AIRLINE_BEFORE = f"""lag(airline_id) OVER (PARTITION BY {_IS_TOLD}, tail_number, flight_date
    ORDER BY scheduled_departure_at, flight_number, origin_id, destination_id, airline_id)"""
_NUMBER = "coalesce(CAST(airline_dot_id AS VARCHAR), '')"


@dataclass(frozen=True)
class Asked:
    """Conditions, in SQL, of the rows of a suite that a gate is asked of, and of the `bad` ones: its value is their
    share among them."""

    suite: str
    among: str
    bad: str

    @property
    def column(self) -> str:
        """1 in a bad row, 0 in another, NULL where the gate does not ask."""
        return f"CASE WHEN {self.among} THEN CASE WHEN {self.bad} THEN 1.0 ELSE 0.0 END END"


def asked(check: Check) -> Asked | None:
    """What a check asks of which rows; None of one that is no share of them."""
    if check.rows_where is not None:
        return Asked("flights", check.among or "true", check.rows_where)
    if check.refused is not None:
        is_bad = "reason IS NOT NULL" if check.refused == "any" else f"reason = '{check.refused}'"
        return Asked("lines", "true", is_bad)
    return _of_comparison(check.compare or "")


def _of_comparison(name: str) -> Asked | None:
    """The comparisons that the month's own rows tell, each with one pair of limits."""
    if name == "unknown_airlines":
        return Asked("flights", "true", f"airline_id NOT IN ({_listed(known_airlines())})")
    if name == "unknown_airports":
        known = _listed(known_airports())
        return Asked("flights", "true", f"origin_id NOT IN ({known}) OR destination_id NOT IN ({known})")
    if name == "dot_numbers":
        return Asked("flights", "true", f"{_NUMBER} <> mode({_NUMBER}) OVER (PARTITION BY airline_id)")
    if name == "foreign":
        before = f"{_IS_TOLD} AND {_AIRLINE_BEFORE} IS NOT NULL"
        return Asked("flights", before, f"{_AIRLINE_BEFORE} <> airline_id")
    if name == "legs":
        return Asked("flights", "tail_number IS NOT NULL", f"{_IS_TOLD} AND {_AIRLINE_BEFORE} IS NOT NULL")
    return None


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(f"'{code}'" for code in sorted(codes))


def suites(month: Month, judged: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The suites of a month, by name, as GX 1.x reads them from JSON. `judged` are the rows of aero_ops.checks of one
    judgement of a load, one at least: a gate's limits are those that decided there, within its own."""
    rows = {row["check_name"]: row for row in judged}
    known = {check.name: check for check in (*checks.of(), ROWS_AS_LANDED)}
    said: dict[str, list[dict[str, Any]]] = {name: [] for name in SUITES}
    columns: dict[str, dict[str, str]] = {"flights": {LOAD: LOAD}, "lines": {"reason": "reason"}}
    left_out = dict.fromkeys(known.keys() - rows.keys(), "the load was not judged by it")
    for name, row in rows.items():
        of = asked(known[name]) if name in known else None
        if reason := _why_not(row, known.get(name)):
            left_out[name] = reason
        elif of is None:
            said["lines"].append(_counted(row))
        else:
            columns[of.suite][name] = of.column
            said[of.suite].append(_bounded(row, known[name]))
    first = next(iter(rows.values()))
    said["flights"].append(_of_load(first[LOAD]))
    about = {"month": str(month), LOAD: first[LOAD], "judged_at": str(first["checked_at"])}
    tables = {"flights": FLIGHTS.name, "lines": f"{FLIGHTS.name} and {FLIGHTS_QUARANTINE.name}"}
    metas = {
        name: about | {"rows_of": tables[name], "macros": list(checks.MACROS), "columns": columns[name]}
        for name in SUITES
    }
    metas["flights"]["not_expectations"] = dict(sorted(left_out.items()))
    return {name: {"name": f"{name} {month}", "expectations": said[name], "meta": metas[name]} for name in SUITES}


def _why_not(row: Mapping[str, Any], check: Check | None) -> str:
    """Why a gate is no expectation; empty where it is one."""
    if check is None:
        return "it is no gate any more"
    if asked(check) is None and check is not ROWS_AS_LANDED:
        return NOT_EXPECTATIONS[check.compare or ""]
    if row["outcome"] == CheckOutcome.SKIPPED:
        return f"skipped: {row['message']}"
    if row["lowest"] is None and row["highest"] is None:
        return "it was judged when its limits were not kept"
    return ""


def _bounded(row: Mapping[str, Any], check: Check) -> dict[str, Any]:
    """The limits learned from other months, where those decided, and within them the check's own."""
    lowest = max((one for one in (row["lowest"], check.lowest) if one is not None), default=None)
    highest = min((one for one in (row["highest"], check.highest) if one is not None), default=None)
    kwargs = {"column": check.name, "min_value": lowest, "max_value": highest}
    return _expectation("expect_column_mean_to_be_between", kwargs, check.name, row["what"], row["severity"])


def _counted(row: Mapping[str, Any]) -> dict[str, Any]:
    limits = {"min_value": int(row["lowest"]), "max_value": int(row["highest"])}
    return _expectation("expect_table_row_count_to_be_between", limits, row["check_name"], row["what"], row["severity"])


def _of_load(load_id: str) -> dict[str, Any]:
    """No gate: other rows than those that were judged have other limits."""
    kwargs = {"column": LOAD, "value_set": [load_id]}
    return _expectation("expect_column_values_to_be_in_set", kwargs, LOAD, "the rows are of the load that was judged")


def _expectation(
    kind: str, kwargs: Mapping[str, Any], gate: str, what: str, severity: str = Severity.FAIL
) -> dict[str, Any]:
    told = {key: value for key, value in kwargs.items() if value is not None}
    is_gate = severity == Severity.FAIL
    return {"type": kind, "kwargs": told, "description": what, "severity": "critical" if is_gate else "warning",
            "meta": {"gate": gate}}  # fmt: skip
