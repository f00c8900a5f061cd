"""Months of real rows, damaged in the ways that files get damaged: each is stopped by the gate that is named here, and
Great Expectations says the same of the same files, by the snippet of its page."""

import json
import math
from dataclasses import asdict
from datetime import UTC, datetime
from functools import reduce
from typing import NamedTuple

import pyarrow as pa
import pytest
from pyarrow import csv, orc

from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE
from aero.load_plan import RawMonth
from aero.month import Month
from aero.ops import expectations, export, gates
from aero.ops.checks import ROWS_AS_LANDED
from aero.ops.comparisons import Others
from aero.ops.gates import CheckOutcome, CheckRow, Verdict
from aero.ops.profile import PROFILE, Profile
from luigi_tasks.publication import counted
from tests import real_months, snippets, tool_venv
from tests.hdfs_in_memory import HdfsInMemory
from tests.jobs.bts_rows import clean_files

pytestmark = pytest.mark.long

# Every seventh flight of a month: 3,500 real rows, in the file's order.
STEP = 7
YEAR = 2013
TRUE = "true"
DELAYS = ("DepDelay", "DepDelayMinutes", "ArrDelay", "ArrDelayMinutes")


def every_row(change):
    """The damage that does something to each row; `change` gives the fields that it changes."""
    return lambda rows: [row | change(row) for row in rows]


def times(factor, *names):
    return every_row(lambda row: {name: f"{round(float(row[name]) * factor)}.00" for name in names if row[name]})


def text(value):
    return f'"{value}"'


def clock_later(row, name, minutes):
    clock = row[name].strip('"')
    if not clock:
        return {}
    at = (int(clock[:2]) * 60 + int(clock[2:]) + minutes) % 1440
    return {name: text(f"{at // 60:02d}{at % 60:02d}")}


def in_utc(row):
    """All clocks five hours on, as of someone who took them to UTC."""
    clocks = ("CRSDepTime", "DepTime", "CRSArrTime", "ArrTime")
    return {name: value for clock in clocks for name, value in clock_later(row, clock, 300).items()}


def an_hour_late(row):
    """An hour later, and nothing that contradicts it."""
    if not row["DepDelay"]:
        return {}
    delay = float(row["DepDelay"]) + 60
    return {"DepDelay": f"{delay:.2f}", "DepDelayMinutes": f"{max(delay, 0):.2f}", **clock_later(row, "DepTime", 60)}


def shifted(row):
    """One field is missing in the middle: all after it stand one to the left."""
    names = list(row)
    at = names.index("TaxiOut")
    return dict(zip(names[at:], [row[name] for name in names[at + 1 :]] + ['""']))


def swapped_airlines(row):
    other = {text("UA"): text("DL"), text("DL"): text("UA"), text("B6"): text("EV"), text("EV"): text("B6")}
    return {"Reporting_Airline": other.get(row["Reporting_Airline"], row["Reporting_Airline"])}


def on_time(row):
    if not row["DepDelay"]:
        return {}
    zero = dict.fromkeys(DELAYS, "0.00") if row["ArrDelay"] else dict.fromkeys(DELAYS[:2], "0.00")
    return zero | {"DepTime": row["CRSDepTime"], **({"ArrTime": row["CRSArrTime"]} if row["ArrDelay"] else {})}


def cancelled(row):
    gone = (*DELAYS, "DepTime", "DepDel15", "ArrTime", "ArrDel15", "AirTime")
    return dict.fromkeys(gone, "") | {"Cancelled": "1.00"}


def wrong_causes(row):
    late = row["ArrDelay"] and float(row["ArrDelay"]) >= 15
    causes = dict.fromkeys(("WeatherDelay", "NASDelay", "SecurityDelay", "LateAircraftDelay"), "0.00")
    return causes | {"CarrierDelay": f"{float(row['ArrDelay']) + 7:.2f}"} if late else {}


def part(number, damage):
    """The damage to one row in twelve, another one for each number: the rest of the file is as it was."""
    return lambda rows: [one for at, row in enumerate(rows) for one in (damage([row]) if at % 12 == number else [row])]


# 28 damages by the gate that must name them; those that leave each other alone are done to one file.
MONTHS = {
    "lines that are no flights": {
        "fields_in_place": part(0, every_row(lambda row: {"OriginCityName": "New York, NY"})),
        "values_readable": part(1, every_row(shifted)),
        "keys_unique": part(2, lambda rows: [*rows, *rows]),
        "rows_of_the_month": part(3, every_row(lambda row: {"FlightDate": row["FlightDate"].replace("-02-", "-03-")})),
        "keys_complete": part(4, every_row(lambda row: {"Flight_Number_Reporting_Airline": '""'})),
        "rows_possible": part(5, times(-1, "AirTime")),
    },
    "values that are wrong": {
        "tail_numbers_known": every_row(lambda row: {"Tail_Number": '""'}),
        "weekday_agrees_with_date": every_row(lambda row: {"DayOfWeek": str(int(row["DayOfWeek"]) % 7 + 1)}),
        "causes_sum_to_arrival_delay": every_row(wrong_causes),
        "speed_in_the_air": times(1.609, "Distance"),
        "airports_known": part(0, every_row(lambda row: {"Dest": text("QQ" + row["Dest"][1])})),
        "airlines_known": part(
            1, every_row(lambda row: {"Reporting_Airline": text("?" + row["Reporting_Airline"][1])})
        ),
        "arrived_have_delay": part(2, every_row(lambda row: {"ArrDelay": "", "ArrDelayMinutes": ""})),
        "departed_have_delay": part(3, every_row(lambda row: {"DepDelay": "", "DepDelayMinutes": ""})),
        "delays_in_range": part(4, times(144, "DepDelay")),
    },
    "half a file": {
        "rows_as_expected": lambda rows: rows[::2],
        "airlines_still_there": lambda rows: [row for row in rows if row["Reporting_Airline"] != text("UA")],
        "columns_filled_as_before": every_row(lambda row: {"AirTime": ""}),
    },
    "half of the days, other airlines, all delays zero": {
        "every_day_has_flights": lambda rows: rows[: len(rows) // 2],
        "routes_known": every_row(swapped_airlines),
        "punctual_to_the_minute": every_row(on_time),
    },
    "none of the late": {
        "delayed_share": every_row(
            lambda row: on_time(row) if row["DepDelay"] and float(row["DepDelay"]) >= 15 else {}
        ),
    },
    "other clocks": {
        "hours_as_before": every_row(in_utc),
        "delays_as_before": every_row(an_hour_late),
    },
    "the wrong way round": {
        "speed_as_scheduled": every_row(lambda row: {"Origin": row["Dest"], "Dest": row["Origin"]}),
        "departure_delay_agrees_with_clocks": times(-1, "DepDelay"),
        "arrival_delay_agrees_with_clocks": times(60, "ArrDelay"),
    },
    "nothing flies": {
        "cancelled_share": every_row(cancelled),
    },
}


# Of this one a line was lost between landing and cleaning.
LOST = "half a file"
FEBRUARY = Month(YEAR, 2)


class Judged(NamedTuple):
    """A load, its verdicts by gate, and the flights and refused lines that Spark wrote of it."""

    load_id: str
    verdicts: dict[str, Verdict]
    flights: bytes
    refused: pa.Table


@pytest.fixture(scope="module")
def months(spark, tmp_path_factory):
    """The true month and each damaged one, judged beside the true months around it; cleaned all at once."""
    folder = tmp_path_factory.mktemp("months")
    true = {month: list(real_months.rows(YEAR, month))[::STEP] for month in (1, 2, 3)}
    files = {(month, TRUE): rows for month, rows in true.items()}
    for name, damages in MONTHS.items():
        files[2, name] = reduce(lambda rows, damage: damage(rows), damages.values(), true[2])

    def written(month, name, rows):
        path = folder / f"{month}-{name.replace(' ', '-').replace(',', '')}.csv"
        path.write_bytes(real_months.csv_bytes(rows))
        counted = len(rows) + (name == LOST)
        return RawMonth(YEAR, month, str(path), path.name, "reporting", "reporting", path.stem, rows=counted)

    raws = {key: written(*key, rows) for key, rows in files.items()}
    reports = clean_files(spark, raws.values(), str(folder))

    def load(raw, table=FLIGHTS):
        return folder / table.load_path(raw.load_id, YEAR, raw.month)[1:]

    profiles = {raw: Profile.from_json((load(raw) / PROFILE).read_bytes()) for raw in reports}
    others = Others((profiles[raws[1, TRUE]],), (profiles[raws[3, TRUE]],))

    def judged(raw):
        found = [counted(raw, reports[raw]), *gates.judge(FEBRUARY, reports[raw], profiles[raw], others)]
        [flights] = load(raw).glob("*.orc")
        refused = [orc.read_table(path, ["reason"]) for path in load(raw, FLIGHTS_QUARANTINE).glob("*.orc")]
        none = pa.table({"reason": pa.array([], pa.string())})
        by_gate = {verdict.check.name: verdict for verdict in found}
        return Judged(raw.load_id, by_gate, flights.read_bytes(), pa.concat_tables([none, *refused]))

    return {name: judged(raws[2, name]) for name in (TRUE, *MONTHS)}


@pytest.fixture(scope="module")
def judged(months):
    """The verdicts on a month, by its name."""
    return lambda name: months[name].verdicts


@pytest.fixture(scope="module")
def second(months, tmp_path_factory):
    """By name of the month and gate what Great Expectations says and the value that it measures; and by name of the
    month the gates that are no expectation, with why."""
    folder, left_out = tmp_path_factory.mktemp("gx"), {}
    (folder / "gx").mkdir()
    for name, month in months.items():
        lake = HdfsInMemory()
        load = FLIGHTS.load_path(month.load_id, *FEBRUARY)
        lake.files[f"{load}/part-0.orc"] = month.flights
        export.month(lake, FEBRUARY, load, "parquet", folder / "flights")
        (folder / "flights" / f"flights-{FEBRUARY}.parquet").rename(
            folder / "flights" / f"flights-{month.load_id}.parquet"
        )
        csv.write_csv(month.refused, folder / f"refused-{month.load_id}.csv")
        at = datetime(2026, 11, 29, tzinfo=UTC)
        rows = [CheckRow.judged(verdict, FLIGHTS, FEBRUARY, month.load_id, at) for verdict in month.verdicts.values()]
        suites = expectations.suites(FEBRUARY, map(asdict, rows))
        for rows_of, suite in suites.items():
            (folder / "gx" / f"{rows_of}-{month.load_id}.json").write_text(json.dumps(suite))
        left_out[name] = suites["flights"]["meta"]["not_expectations"]
    python = tool_venv.python_of("great-expectations")
    ran = snippets.run(folder, snippets.of("great-expectations.md")["pandas"], python)
    assert ran.returncode == 0, ran.stderr
    said = {name: {} for name in months}
    names = {month.load_id: name for name, month in months.items()}
    for load_id, gate, outcome, *value in map(str.split, ran.stdout.splitlines()):
        said[names[load_id]][gate] = (outcome, *map(float, value))
    return said, left_out


def test_a_true_month_passes_every_gate_and_no_check_warns(judged):
    found = judged(TRUE)
    assert [
        verdict.message for verdict in found.values() if verdict.outcome in (CheckOutcome.FAILED, CheckOutcome.WARNED)
    ] == []
    assert len([verdict for verdict in found.values() if verdict.outcome == CheckOutcome.PASSED]) > 25


@pytest.mark.parametrize("name", MONTHS)
def test_each_damage_is_stopped_by_its_gate(judged, name):
    found = judged(name)
    assert {gate: found[gate].outcome for gate in MONTHS[name]} == dict.fromkeys(MONTHS[name], CheckOutcome.FAILED)
    assert all(gate in gates.refusal(list(found.values())) for gate in MONTHS[name])


@pytest.mark.parametrize("name", [TRUE, *MONTHS])
def test_great_expectations_agrees_gate_by_gate(judged, second, name):
    said, left_out = (of[name] for of in second)
    assert said.pop(expectations.LOAD) == ("passed",)
    ours = {gate: verdict for gate, verdict in judged(name).items() if gate not in left_out}
    assert said.keys() == ours.keys()
    passed = {gate for gate, verdict in ours.items() if verdict.outcome == CheckOutcome.PASSED}
    assert {gate for gate, (outcome, _) in said.items() if outcome == "passed"} == passed
    assert {
        gate: value for gate, (_, value) in said.items() if not math.isclose(value, ours[gate].value, abs_tol=1e-9)
    } == {}


def test_great_expectations_is_asked_of_what_the_damages_are(judged, second):
    """Of the gates that it cannot be asked each has its reason; what it refuses is more than a gate or two."""
    said, left_out = second
    refused = {gate for gates_of in said.values() for gate, (outcome, *_) in gates_of.items() if outcome == "failed"}
    assert len(refused) > 20 and {ROWS_AS_LANDED.name, "few_refused", "tail_numbers_known", "airports_known"} <= refused
    assert all(left_out[name].keys() | said[name].keys() >= judged(name).keys() for name in said)
    assert all(reason for of in left_out.values() for reason in of.values())
