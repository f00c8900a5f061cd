import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from aero.errors import AeroError
from aero.live.sources.budget import Budget

JANUARY = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)


def budget(path, calls=3, now=JANUARY):
    return Budget(path, calls, now=lambda: now)


def test_calls_are_counted_until_none_is_left(tmp_path):
    this_month = budget(tmp_path / "calls.json")
    assert [this_month.take() for _ in range(4)] == [True, True, True, False]
    assert (this_month.used, this_month.left) == (3, 0)
    assert str(this_month) == "3 of 3 calls used in 2026-01, 0 left"


def test_a_restart_remembers(tmp_path):
    budget(tmp_path / "state" / "calls.json").take()
    assert budget(tmp_path / "state" / "calls.json").left == 2


def test_a_new_month_begins_with_all_calls(tmp_path):
    path = tmp_path / "calls.json"
    for _ in range(3):
        budget(path).take()
    february = budget(path, now=datetime(2026, 2, 1, tzinfo=UTC))
    assert february.left == 3
    assert february.take()
    assert json.loads(path.read_text()) == {"month": "2026-02", "used": 1}


@pytest.fixture
def far_east(monkeypatch):
    """This machine's clock shows the time of Kiritimati, where a day begins first."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Pacific/Kiritimati")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("now", "renewed_at"),
    [
        (JANUARY, datetime(2026, 2, 1, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 31, 20, 0, tzinfo=timezone(timedelta(hours=-5))), datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_utc(tmp_path, now, renewed_at, far_east):
    of_now = budget(tmp_path / "calls.json", now=now)
    assert of_now.renewed_at() == renewed_at
    last_of_month = f"{renewed_at - timedelta(days=1):%Y-%m}"
    assert of_now.take() and json.loads(of_now.path.read_text())["month"] == last_of_month


def test_a_call_is_on_the_disk_before_it_is_made(tmp_path, monkeypatch):
    """A power cut may waste a call; it never gives one back."""
    on_disk = []
    monkeypatch.setattr(os, "fsync", on_disk.append)
    assert budget(tmp_path / "calls.json").take() and len(on_disk) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"used": 3}', '{"month": "2026-01", "used": "many"}'])
def test_a_file_that_is_no_record_of_calls_is_named(tmp_path, text):
    path = tmp_path / "calls.json"
    path.write_text(text)
    with pytest.raises(AeroError, match="calls.json: not a record of calls"):
        budget(path).take()
    assert path.read_text() == text


def test_two_pollers_never_spend_one_call_twice(tmp_path):
    path = tmp_path / "calls.json"
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: budget(path, calls=50).take(), range(80)))
    assert taken.count(True) == 50
    assert budget(path, calls=50).used == 50
