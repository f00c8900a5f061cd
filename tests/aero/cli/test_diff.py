"""aero diff as a command: what it prints of two loads."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from aero import connections
from aero.cli import main
from aero.ops import differences, versions
from aero.ops.differences import Difference
from tests.printed import printed

FOUND = Difference("aaaa-1", "bbbb-2", 2000, 2001, 3, 2, 40, {"tail_number": 1, "air_minutes": 39}, [], ["is_new"])


@pytest.fixture(autouse=True)
def _two_loads(monkeypatch):
    @contextmanager
    def opened():
        yield SimpleNamespace(cursor=lambda: None)

    kept = [SimpleNamespace(load_id=one) for one in ("0000-1", "aaaa-1", "bbbb-2")]
    monkeypatch.setattr(connections, "webhdfs", lambda: None)
    monkeypatch.setattr(connections, "spark", opened)
    monkeypatch.setattr(versions, "kept", lambda *_: kept)

    def between(_cursor, month, before, after):
        assert (str(month), before, after) == ("2013-02", "aaaa-1", "bbbb-2")
        return FOUND

    monkeypatch.setattr(differences, "between", between)


@pytest.mark.parametrize("loads", [[], ["aa", "bbbb-2"]])
def test_people_get_the_counts_and_the_columns_by_rows(loads):
    result = CliRunner().invoke(main, ["diff", "2013-02", *loads])
    assert result.exit_code == 0
    assert [line.split() for line in result.output.splitlines()[1:]] == [
        ["added", "3"],
        ["gone", "2"],
        ["changed", "40"],
        ["39", "air_minutes"],
        ["1", "tail_number"],
        ["Only", "bbbb-2", "has", "is_new;", "not", "compared."],
    ]


def test_scripts_get_them_as_json():
    found = printed("diff", CliRunner().invoke(main, ["diff", "2013-02", "--json"]).stdout)
    assert found["changed"] == 40 and found["by_column"] == {"tail_number": 1, "air_minutes": 39}


def test_one_load_is_not_compared():
    result = CliRunner().invoke(main, ["diff", "2013-02", "aaaa-1"])
    assert result.exit_code == 2 and "Give two loads, or none" in result.output
