"""aero freshness: its exit code is for scripts."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from aero.cli import main, schedule
from aero.ops.freshness import Freshness, TableFreshness
from tests.printed import printed

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ((), 0),
        (("fresh", "idle"), 0),
        (("fresh", "stale", "idle"), 3),
        (("empty", "fresh"), 3),
    ],
)
@pytest.mark.parametrize("arguments", [["--json"], []])
def test_it_ends_with_3_where_a_table_is_stale_or_empty(monkeypatch, states, code, arguments):
    rows = [
        TableFreshness(f"aero_batch.view_{number}", Freshness(state), None, AT, "load", age, 6.0, AT)
        for number, (state, age) in enumerate(zip(states, (1.5, 72.0, None), strict=False))
    ]
    monkeypatch.setattr(schedule.fresh, "found", lambda *_: rows)
    monkeypatch.setattr(schedule.readers, "reconciled", dict)
    result = CliRunner().invoke(main, ["freshness", *arguments])
    assert result.exit_code == code
    if arguments:
        assert [row["state"] for row in printed("freshness", result.stdout)] == list(states)
    else:
        assert all(f"aero_batch.view_{number}" in result.stdout for number in range(len(states)))
