"""Every kind of damage touches as many rows as its strength says, always the same, and leaves the month as it was."""

from collections import Counter

import pandas as pd
import pytest

from bench.damage import DAMAGES, STRENGTHS, read, write
from tests.bench.generated import text

pytestmark = pytest.mark.long

WHEN, BEFORE = "2013-07", "2013-06"
# Kinds for which a month has too few rows of the sort; or that take whole groups away.
FEW = {
    "cancelled_flights_flown",
    "cancelled_flights_lost",
    "diverted_flights_lost",
    "causes_all_the_carrier_s",
    "causes_empty",
    "causes_of_other_sums",
    "late_flights_lost",
    "late_flights_on_time",
    "airlines_lost",
    "airports_lost",
    "days_lost",
    "weekends_lost",
    "one_weekday_lost",
    "arrivals_lost",
    "middle_airports_thinned",
    "two_airlines_exchanged",
    "two_airports_exchanged",
    "cancellation_codes_empty",
    "early_is_punctual",
    "early_flights_lost",
    "cancelled_evening_and_small_airlines_lost",
    "rounded_capped_and_early_is_punctual",
    "everything_a_little",
    "largest_airline_thinned",
    "largest_airport_thinned",
}


@pytest.fixture(scope="module")
def months():
    """A month and the one before it."""
    return read(text(WHEN, count=1500)), read(text(BEFORE, count=1500))


def touched(month, damaged):
    """Rows that are not in the other table, of both, as often as they are there."""
    before, after = (Counter(pd.util.hash_pandas_object(table, index=False)) for table in (month, damaged))
    return max((before - after).total(), (after - before).total())


def test_there_are_forty_kinds_and_each_says_what_it_is():
    assert len(DAMAGES) >= 40
    assert len({damage.name for damage in DAMAGES}) == len(DAMAGES)
    assert [damage.name for damage in DAMAGES if not damage.what.endswith(".")] == []


# Eight kinds, one of them of five: each of them touches whole rows.
ROUNDED_UP = {"everything_a_little": 12}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_touches_its_share_of_the_rows(damage, months):
    month, before = months
    copies = month.copy(), before.copy()
    counts = []
    for strength in STRENGTHS:
        damaged = damage.of(month, before, strength, seed=1)
        counts.append(touched(month, damaged))
        assert counts[-1] <= len(month) * strength + ROUNDED_UP.get(damage.name, 1)
        if damage.name not in FEW:
            assert counts[-1] >= len(month) * strength * 0.5
    assert 0 < counts[0] <= counts[-1]
    pd.testing.assert_frame_equal(damage.of(month, before, strength, seed=1), damaged)
    pd.testing.assert_frame_equal(month, copies[0])
    pd.testing.assert_frame_equal(before, copies[1])


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_of_no_strength_changes_nothing(damage, months):
    month, before = months
    pd.testing.assert_frame_equal(damage.of(month, before, 0, seed=1), month, check_dtype=False)


def test_a_month_that_is_read_and_written_is_the_same_rows(months):
    month, _ = months
    assert write(month).splitlines()[0] + b"\n" == write(month.head(0))
    pd.testing.assert_frame_equal(read(write(month)), month)
    assert all(line.endswith(",") for line in write(month).decode().splitlines())
