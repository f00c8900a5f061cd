"""bench/twin cleans and measures a month as Spark does: what the gates are told of it is the same."""

import pytest

from aero.load_plan import RawMonth
from aero.month import Month
from aero.ops.profile import PROFILE, Profile
from bench.damage import DAMAGES, read, write
from bench.judged.loads import load_of
from bench.judged.months import REAL, REPORTING, Key, texts
from tests.jobs.bts_rows import clean_files

pytestmark = pytest.mark.long

MONTHS = (
    Key(REPORTING, Month(1998, 5)),
    Key(REPORTING, Month(2007, 11)),
    Key(REPORTING, Month(2013, 7)),
    Key(REAL, Month(2013, 2)),
)
# Those that the cleaning refuses lines for, or changes, and those that make numbers which no true month has.
DAMAGED = (
    "several_reasons_at_once", "airlines_mixed_up", "delays_in_seconds", "flights_repeated_under_other_numbers",
    "columns_shifted", "clocks_in_utc", "actual_clocks_empty", "clocks_unreadable", "decimals_with_comma",
    "dates_unreadable", "dates_a_day_on", "causes_empty", "cancelled_but_arrived", "airports_unknown",
    "tail_numbers_constant", "tail_numbers_mixed_up", "cancellation_codes_empty", "distance_zero",
    "everything_a_little",
)  # fmt: skip
COUNTED = (
    "rows",
    "routes",
    "days",
    "hours",
    "delay_groups",
    "dot_numbers",
    "legs",
    "broken",
    "foreign",
    "no_tail",
    "due",
    "absent",
    "given",
)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """By name and month the table of a file, true and damaged."""
    folder = tmp_path_factory.mktemp("months")
    of = {key: texts(key, 0.003, 7, folder) for key in MONTHS}
    of[MONTHS[-1]] = of[MONTHS[-1]].iloc[::15].reset_index(drop=True)
    found = {("true", key): table for key, table in of.items()}
    for damage in DAMAGES:
        if damage.name in DAMAGED:
            key = MONTHS[len(found) % len(MONTHS)]
            found[damage.name, key] = damage.of(of[key], of[key], 0.1, seed=7)
    return found


@pytest.fixture(scope="module")
def cleaned(spark, tables, tmp_path_factory):
    """By name and month what Spark reports, and the profile that it writes."""
    folder = tmp_path_factory.mktemp("twin")
    raws = {}
    for (name, key), table in tables.items():
        path = folder / f"{name}-{key}.csv"
        path.write_bytes(write(table))
        raws[name, key] = RawMonth(*key.month, str(path), path.name, "reporting", "reporting", f"{name}-{key.series}")
    reports = clean_files(spark, raws.values(), str(folder))
    return {
        key: (reports[raw], Profile.from_json((folder / raw.folder().lstrip("/") / PROFILE).read_bytes()))
        for key, raw in raws.items()
    }


def test_the_twin_refuses_the_same_lines_and_measures_the_same(tables, cleaned):
    assert len(tables) == len(MONTHS) + len(DAMAGED)
    for what, table in tables.items():
        report, profile = cleaned[what]
        twin = load_of(read(write(table)), what[1])
        for name in ("rows_in", "rows_clean", "rows_quarantined", "reasons"):
            assert report[name] == twin.report[name], (*what, name)
        for name in COUNTED:
            assert getattr(profile, name) == getattr(twin.profile, name), (*what, name)
        assert profile.measures == report["measures"]
        # Spark's decimals have fewer places.
        assert report["measures"] == pytest.approx(twin.report["measures"], abs=1e-5), what
        for name, column in profile.columns.items():
            other = twin.profile.columns[name]
            found = (column.filled, column.zero, column.mean, column.is_constant)
            assert found == pytest.approx((other.filled, other.zero, other.mean, other.is_constant)), (*what, name)
