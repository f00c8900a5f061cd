"""bench/twin cleans and measures a month as Spark does: what the gates are told of it is the same."""

import clean_flights
import pytest

from aero import airports
from aero.load_plan import RawMonth
from aero.month import Month
from aero.ops.profile import PROFILE, Profile
from bench import gates
from bench.damage import DAMAGES, read, write

MONTHS = Month(1998, 5), Month(2007, 2), Month(2013, 7)
DAMAGED = ("several_reasons_at_once", "airlines_mixed_up", "delays_in_seconds", "flights_repeated_under_other_numbers")


@pytest.fixture(scope="module")
def texts():
    """By name and month the table of a generated month, true and damaged."""
    scale = 0.003
    of = {month: gates.texts_of(month, scale) for month in MONTHS}
    found = {("true", month): table for month, table in of.items()}
    for damage in DAMAGES:
        if damage.name in DAMAGED:
            month = MONTHS[len(found) % len(MONTHS)]
            found[damage.name, month] = damage.of(of[month], of[month], 0.1, seed=7)
    return found


@pytest.fixture(scope="module")
def cleaned(spark, texts, tmp_path_factory):
    """By name and month what Spark reports, and the profile that it writes."""
    folder = tmp_path_factory.mktemp("twin")
    raws = {}
    for (name, month), table in texts.items():
        path = folder / f"{name}-{month}.csv"
        path.write_bytes(write(table))
        raws[name, month] = RawMonth(*month, str(path), path.name, "reporting", "reporting", name)
    read_of = {key: clean_flights.read_lines(spark, raw) for key, raw in raws.items()}
    header = next(iter(read_of.values()))[0]
    lines = {raws[key]: lines for key, (_, lines) in read_of.items()}
    reports = clean_flights.clean_batch(spark, header, lines, airports.time_zones(), str(folder))
    return {
        key: (reports[raw], Profile.from_json((folder / raw.folder().lstrip("/") / PROFILE).read_bytes()))
        for key, raw in raws.items()
    }


def test_the_twin_refuses_the_same_lines_and_measures_the_same(texts, cleaned):
    assert len(texts) == len(MONTHS) + len(DAMAGED)
    for key, table in texts.items():
        report, profile = cleaned[key]
        twin = gates.loaded(read(write(table)), key[1])
        assert {name: report[name] for name in ("rows_in", "rows_clean", "reasons")} == {
            name: twin.report[name] for name in ("rows_in", "rows_clean", "reasons")
        }, key
        for name in ("routes", "days", "hours", "delay_groups", "dot_numbers", "legs", "broken", "no_tail", "due", "absent"):
            assert getattr(profile, name) == getattr(twin.profile, name), (*key, name)
        assert profile.rows == twin.profile.rows
        assert profile.measures == report["measures"]
        assert twin.report["measures"] == pytest.approx(
            {name: report["measures"][name] for name in twin.report["measures"]},
            abs=1e-5,  # Spark's decimals
        ), key
        assert report["measures"].keys() == twin.report["measures"].keys()
        for name, column in profile.columns.items():
            other = twin.profile.columns[name]
            found = (column.filled, column.zero, column.mean, column.is_constant)
            assert found == pytest.approx((other.filled, other.zero, other.mean, other.is_constant)), (*key, name)
