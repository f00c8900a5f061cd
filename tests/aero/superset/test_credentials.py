"""Secrets are made once, and are only their owner's."""

import stat

import pytest

from aero import settings
from aero.errors import AeroError
from aero.superset import credentials


@pytest.fixture
def here(tmp_path):
    return settings.Settings(tmp_path, tmp_path, {})


def test_they_are_made_once_with_mode_0600(here):
    credentials.make(here)
    password = credentials.admin_password(here)
    files = [here.home / "superset" / name for name in ("secret_key", "admin_password")]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(password) >= 20 and password != files[0].read_text()
    credentials.make(here)
    assert credentials.admin_password(here) == password


def test_before_the_first_start_there_is_no_password(here):
    with pytest.raises(AeroError, match="not started yet"):
        credentials.admin_password(here)
