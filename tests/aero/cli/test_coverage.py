"""aero coverage: a line a year, the gaps with what fills them, and the same for scripts."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from aero.cli import main
from aero.month import Month, month_range
from aero.ops import months, readers
from tests.aero.ops.test_coverage import ledger_of, served
from tests.printed import printed

QUARTER = month_range(Month(1987, 10), Month(1987, 12))


@pytest.fixture
def shown(monkeypatch):
    """A function that runs aero coverage on a ledger's entries; its output."""

    def run(entries, *options):
        monkeypatch.setattr(readers, "reconciled", lambda: ledger_of(*entries))
        result = CliRunner().invoke(main, ["coverage", *options])
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


@pytest.mark.parametrize(
    ("rows", "said"),
    [((448_620, 422_803, 440_403), "as published"), ((448_620, 422_803, 440_400), "-3 rows")],
)
def test_a_year_is_compared_with_what_is_published(shown, rows, said):
    entries = [served(month, count) for month, count in zip(QUARTER, rows, strict=True)]
    [line] = [line for line in shown(entries).splitlines() if line.startswith("1987")]
    assert line.split()[:6] == ["1987", "3", "of", "3", f"{sum(rows):,}", "1,311,826"]
    assert said in line and line.rstrip().endswith("zip of BTS")


def test_each_kind_of_file_and_each_gap_is_named(shown):
    poorer = served(QUARTER[1], source="folder", raw_lacks="Quarter TaxiOut")
    out = shown([served(QUARTER[0]), poorer, replace(months.empty(QUARTER[2]), message="x\x1b[31m")])
    assert "1 × zip of BTS; 1 × file of a folder (107 of 109 columns)" in out and "2 of 3 months whole" in out
    assert "1987-11  107 of 109 columns\n" in out and "1987-12  missing\n" in out
    assert "    load    aero load --from 1987-12 --to 1987-12\n" in out
    assert "1990-01 to 1999-12: 52,694,390 rows are published; 0 of 120 months whole" in out


def test_scripts_have_every_month_and_every_total(shown):
    found = printed("coverage", shown([served(QUARTER[0]), months.empty(QUARTER[1])], "--json"))
    assert [(one["month"], one["gap"]) for one in found["months"]] == [("1987-10", None), ("1987-11", "missing")]
    assert found["months"][1]["fetch"]["name"].endswith("_1987_present_1987_11.zip")
    assert found["totals"][0] == {
        "first": "1987-10", "last": "1987-12", "published": [1311826], "months": 3, "months_there": 1, "rows": 1000,
        "apart": None,
    }  # fmt: skip
