"""Fixtures that every test may use."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real rows beside the checkout; a test that needs it is skipped, aloud, where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real rows are not here: {SHARED_DATA}")
    return SHARED_DATA
