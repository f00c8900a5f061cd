"""Counts that rise are shown a second, as the dashboard Machine asks Spark."""

import datetime

import pytest
import yaml

from aero.datasets import MACHINE_SAMPLES
from aero.superset import assets

DATASET = yaml.safe_load((assets.FOLDER / "datasets/history/machine_samples.yaml").read_text())
START = datetime.datetime(2013, 2, 1, 12)


@pytest.fixture
def shown(spark):
    """A function that says what a metric is of samples 100 seconds apart, of one service."""
    spark.sql(f"CREATE DATABASE {MACHINE_SAMPLES.database}")

    def ask(metric, **figures):
        rows = [
            (START + datetime.timedelta(seconds=100 * place), "kafka", figure, value)
            for figure, values in figures.items()
            for place, value in enumerate(values)
        ]
        columns = "sampled_at TIMESTAMP, part STRING, figure STRING, value DOUBLE"
        spark.createDataFrame(rows, columns).write.format("orc").saveAsTable(MACHINE_SAMPLES.name)
        [expression] = [one["expression"] for one in DATASET["metrics"] if one["metric_name"] == metric]
        asked = f"SELECT sampled_at, {expression} FROM ({DATASET['sql']}) AS v GROUP BY sampled_at ORDER BY sampled_at"
        return [value for _, value in spark.sql(asked).collect()]

    yield ask
    spark.sql(f"DROP DATABASE {MACHINE_SAMPLES.database} CASCADE")


def test_a_count_is_shown_a_second_and_a_server_that_was_started_anew_is_a_gap(shown):
    assert shown("average_per_second", requests_total=[100.0, 300.0, 50.0, 150.0]) == [None, 2.0, None, 1.0]


def test_the_heap_in_use_is_a_share_of_what_it_may_grow_to(shown):
    assert shown("heap_share", java_heap_used_bytes=[3.0, 1.0], java_heap_max_bytes=[4.0, 4.0]) == [0.75, 0.25]
