from datetime import date

import pytest

from aero.datasets import FORECAST_MODELS
from aero.errors import AeroError
from aero.month import Month
from aero.ops import forecasts
from tests.hdfs_in_memory import HdfsInMemory


def client(*names):
    return HdfsInMemory({f"{FORECAST_MODELS.path}/{name}": b"" for name in names})


def test_a_day_is_forecast_by_the_newest_models_of_months_before_it_alone():
    there = client("2013-10-b.orc", "2013-11-a.orc", "2013-11-c.orc", "2013-12-d.orc", "_2013-11-e.orc")
    assert forecasts.models_for(there, date(2013, 12, 1)) == forecasts.models_file(Month(2013, 11), "c")
    assert forecasts.models_for(there, date(2013, 11, 30)) == forecasts.models_file(Month(2013, 10), "b")


@pytest.mark.parametrize("there", [client(), client("2013-12-d.orc")])
def test_without_such_models_it_is_said_how_to_have_them(there):
    with pytest.raises(AeroError, match="months before 2013-01") as refused:
        forecasts.models_for(there, date(2013, 1, 5))
    assert refused.value.fix == "Fit some: aero forecast train --to 2012-12"


def test_months_are_read_as_far_back_as_they_are_in_a_row():
    seen = {Month(2013, 1), Month(2013, 3), Month(2013, 4), Month(2013, 5), Month(2013, 6)}
    assert forecasts.read_months(seen, Month(2013, 5), 25) == (Month(2013, 3), Month(2013, 5))
    assert forecasts.read_months(seen, Month(2013, 5), 2) == (Month(2013, 4), Month(2013, 5))
    with pytest.raises(AeroError, match="2013-02 is not loaded"):
        forecasts.read_months(seen, Month(2013, 2), 25)
