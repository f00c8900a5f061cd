"""Secrets are made once, and are only their owner's."""

import stat

import pytest

from aero.errors import AeroError
from aero.settings import Settings
from aero.superset import credentials


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path, tmp_path, {})


def test_they_are_made_once_with_mode_0600(settings):
    credentials.make(settings)
    password = credentials.admin_password(settings)
    files = [settings.home / "superset" / name for name in ("secret_key", "admin_password")]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(password) >= 20 and password != files[0].read_text()
    credentials.make(settings)
    assert credentials.admin_password(settings) == password


def test_before_the_first_start_there_is_no_password(settings):
    with pytest.raises(AeroError, match="not started yet"):
        credentials.admin_password(settings)
