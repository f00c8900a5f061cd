"""Generated flights are as BTS' are: consistent in every row, empty by era, and late as the real ones."""

import statistics
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import flight_cleaning
import numpy as np
import pytest

from aero import airports
from aero.bts import LAYOUTS
from aero.errors import AeroError
from aero.load_plan import RawMonth
from aero.month import Month
from aero.ops import gates
from aero.ops.comparisons import Others
from aero.ops.gates import CheckOutcome
from aero.ops.profile import Profile
from bench.generator import carriers, history, world
from bench.generator.flown import NORMAL, flown
from bench.generator.schedule import Schedule
from luigi_tasks.sources import nycflights13
from tests.bench.generated import ROWS, SEED, flights, minute, number, shares, text
from tests.jobs import bts_rows

pytestmark = pytest.mark.long

FEW = 500
# Each era, with what BTS did not know in it, and the three months of shocks.
MONTHS = ("1988-01", "1994-12", "1995-01", "2001-09", "2003-05", "2003-06", "2008-10", "2013-07", "2020-04")
# Of these, those that Spark cleans.
ERAS = ("1994-12", "2013-07", "2020-04")
CAUSES = ("CarrierDelay", "WeatherDelay", "NASDelay", "SecurityDelay", "LateAircraftDelay")


@pytest.fixture(scope="module")
def clean(spark):
    """A function that cleans a month of a layout: its refused lines, and how its clean flights are distributed."""

    def cleaned(layout, when, count):
        header, *rest = text(when, layout, count).decode("ascii").splitlines()
        raw = RawMonth(*Month.parse(when), "unused", "file.csv", LAYOUTS[layout].family, layout, f"load-{when}")
        numbered = spark.createDataFrame(list(zip(rest, range(2, count + 2))), "line string, source_line int")
        lines = flight_cleaning.lines_of_months(numbered, header, raw)
        of_month = bts_rows.cleaned(lines, raw, header, airports.time_zones())
        return of_month.refused.select("reason", "line").collect(), Profile.from_json(of_month.told.profile)

    return cleaned


def test_no_row_is_refused_and_no_gate_fails(clean):
    bad, bad_outcomes = [], (CheckOutcome.FAILED, CheckOutcome.WARNED)
    for when in ERAS:
        lines, profile = clean("reporting", when, ROWS)
        assert lines == []
        refused = {"rows_in": ROWS, "rows_quarantined": ROWS - profile.rows, "reasons": {}}
        report = refused | {"measures": profile.measures}
        verdicts = gates.judge(Month.parse(when), report, profile, Others())
        bad += [(when, one.message) for one in verdicts if one.outcome in bad_outcomes]
    assert bad == []


@pytest.mark.parametrize(("layout", "when"), [("marketing", "2018-01"), ("dataexpo", "2007-11")])
def test_no_row_of_other_layouts_is_refused(clean, layout, when):
    lines, profile = clean(layout, when, FEW)
    assert (lines, profile.rows) == ([], FEW)


@pytest.mark.parametrize("when", ["1996-02", "2019-10"])
def test_no_flight_is_there_twice(when):
    schedule = Schedule(Month.parse(when), "reporting", 100_000, SEED)
    made = flown(schedule, SEED)
    key = [schedule.legs[name][made["leg"]] for name in ("carrier", "flight", "origin", "dest", "departs")]
    assert len(np.unique(np.array([made["day"], *key]), axis=1).T) == 100_000


@pytest.mark.parametrize("when", MONTHS)
def test_every_row_agrees_with_itself(when):
    for row in flights(when):
        delay, arrival_delay = number(row, "DepDelay"), number(row, "ArrDelay")
        parts = [number(row, name) for name in ("TaxiOut", "AirTime", "TaxiIn")]
        elapsed = number(row, "ActualElapsedTime")
        if elapsed is not None and None not in parts:
            assert sum(parts) == elapsed
        if delay is not None:
            assert (minute(row["CRSDepTime"]) + delay - minute(row["DepTime"])) % 1440 == 0
            assert number(row, "DepDelayMinutes") == max(delay, 0)
            assert number(row, "DepDel15") == (delay >= 15)
        if arrival_delay is not None:
            assert (minute(row["CRSArrTime"]) + arrival_delay - minute(row["ArrTime"])) % 1440 == 0
            assert arrival_delay == delay + elapsed - number(row, "CRSElapsedTime")
        causes = [number(row, name) for name in CAUSES]
        is_told = when >= "2003-06" and arrival_delay is not None and arrival_delay >= 15
        assert causes == [None] * 5 or is_told
        assert not is_told or sum(causes) == arrival_delay


def test_arrivals_are_in_the_destination_s_time_also_when_the_clocks_change():
    zones = airports.time_zones()
    for row in flights("2013-03"):
        day, clock = date.fromisoformat(row["FlightDate"]), minute(row["CRSDepTime"])
        midnight = datetime.combine(day, time(), ZoneInfo(zones[row["Origin"]]))
        departure = (midnight + timedelta(minutes=clock)).astimezone(UTC)
        arrival = (departure + timedelta(minutes=number(row, "CRSElapsedTime"))).astimezone(
            ZoneInfo(zones[row["Dest"]])
        )
        assert (arrival.hour * 60 + arrival.minute - minute(row["CRSArrTime"])) % 1440 == 0


def filled(when, *names):
    """Share of the flown flights with all of the columns."""
    flown_ones = [row for row in flights(when) if number(row, "ArrDelay") is not None]
    return sum(all(row[name] for name in names) for row in flown_ones) / len(flown_ones)


def test_what_bts_did_not_know_is_empty():
    times = ("Tail_Number", "TaxiOut", "WheelsOff", "WheelsOn", "TaxiIn", "AirTime")
    assert {name: filled("1994-12", name) for name in times} == dict.fromkeys(times, 0)
    assert filled("1995-01", *times) == 1
    assert filled("2003-05", *CAUSES) == 0
    assert 0.05 < filled("2003-06", *CAUSES) < 0.5
    codes = {when: {row["CancellationCode"] for row in flights(when) if row["Cancelled"] == "1.00"} for when in MONTHS}
    assert (codes["2001-09"], codes["2020-04"] <= set("ABCD")) == ({""}, True)
    assert {row["DivAirportLandings"] for row in flights("2003-06")} == {""}
    assert {row["DivAirportLandings"] for row in flights("2020-04")} >= {"0"}


@pytest.mark.parametrize(("when", "cancelled"), [("2001-09", 0.20), ("2020-03", 0.17), ("2020-04", 0.41)])
def test_shocks_cancel_as_many_as_they_did(when, cancelled):
    assert shares(when)[0] == pytest.approx(cancelled, abs=0.01)


def test_a_usual_month_has_its_cancelled_diverted_and_holidays():
    cancelled, diverted, by_day = shares("2013-11")
    assert 0.003 < cancelled < 0.03 and 0.0005 < diverted < 0.004
    thanksgiving, thursday_before = by_day[27], by_day[20]
    assert thanksgiving < 0.9 * thursday_before
    assert by_day.sum() == 20_000


def test_months_have_the_flights_that_bts_counted():
    def year(of):
        return sum(history.flights(month) for month in (Month(of, n) for n in range(1, 13)) if month >= history.FIRST)

    assert year(1987) == pytest.approx(1_311_826, rel=0.001)
    assert year(2019) == pytest.approx(7_422_037, rel=0.001)
    assert history.flights(Month(2020, 4)) == pytest.approx(history.flights(Month(2020, 2)) / 2, rel=0.15)
    with pytest.raises(AeroError, match="1987-09"):
        history.flights(Month(1987, 9))


@pytest.mark.parametrize(
    ("gone", "last"),
    [("NW", "2009-12"), ("CO", "2011-12"), ("HP", "2005-12"), ("US", "2015-06"), ("TW", "2001-12"), ("VX", "2018-03")],
)
def test_merged_carriers_are_gone(gone, last):
    month = Month.parse(last)
    codes = [{carrier.code for carrier in carriers.of(one, "reporting")} for one in (month, month.next)]
    assert (gone in codes[0], gone in codes[1]) == (True, False)


def test_january_2003_has_seven_new_carriers():
    before, after = (
        {one.code for one in carriers.of(Month.parse(when), "reporting")} for when in ("2002-12", "2003-01")
    )
    assert after - before >= {"B6", "EV", "FL", "OH (1)", "OO", "TZ", "XE"}


def test_regionals_are_sold_by_others_in_the_marketing_family_only():
    sold = {(row["Marketing_Airline_Network"], row["Operating_Airline "]) for row in flights("2018-01", "marketing")}
    assert {("UA", "OO"), ("DL", "OO"), ("AA", "MQ"), ("WN", "WN")} <= sold
    assert ("OO", "OO") not in sold
    assert {"QX", "ZW"} & {carrier.code for carrier in carriers.of(Month(2018, 1), "reporting")} == set()


def test_delays_are_like_those_of_nycflights13():
    """New York's flights of four months, minutes of departure delay by quantile."""
    real, made = [], []
    for number_of in (1, 4, 8, 10):
        month = Month(2013, number_of)
        real += [
            int(row["dep_delay"]) for row in nycflights13.flights(*month) if row["dep_delay"] != nycflights13.UNKNOWN
        ]
        schedule = Schedule(month, "reporting", 20_000, SEED)
        table = flown(schedule, SEED)
        of_new_york = [schedule.world.index[code] for code in ("EWR", "JFK", "LGA")]
        chosen = np.isin(schedule.legs["origin"][table["leg"]], of_new_york) & (table["status"] == NORMAL)
        made += table["departure"][chosen].tolist()
    quantiles = (10, 25, 50, 75, 90)
    allowed = (2, 2, 2, 5, 15)
    real_cuts, made_cuts = (statistics.quantiles(delays, n=100) for delays in (real, made))
    differences = {cut: abs(real_cuts[cut - 1] - made_cuts[cut - 1]) for cut in quantiles}
    assert {cut: value for (cut, value), most in zip(differences.items(), allowed) if value > most} == {}


def test_airports_of_the_generator_have_time_zones():
    assert {record["airport"] for record in world.records()} - airports.time_zones().keys() == set()
