"""What a load with nothing new asks of HDFS, the metastore and HiveServer2 where all months since 1987 are served."""

from aero.datasets import BATCH_VIEWS
from aero.month import Month, month_range
from tests.luigi_tasks.served_months import load, serving

ALL = month_range(Month(1987, 10), Month(2024, 12))


def test_a_load_of_447_months_with_nothing_new_makes_no_statement_and_few_calls(monkeypatch, tmp_path):
    """It made 2,501 DESCRIBE statements, which took 150 s. What is counted here is written in bench/README.md."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    assert len(ALL) == 447
    cluster = serving(monkeypatch, ALL)
    partitions = sum(len(cluster.hive.tables[view.name]) for view in BATCH_VIEWS)
    assert load(ALL[0], ALL[-1]) == [{"unchanged"}] * 3
    assert cluster.hive.done == cluster.built == []
    tables = 3 + len(BATCH_VIEWS)  # Flights raw, clean and in quarantine; the clean ones are asked of three times.
    assert len(cluster.hive.asked) == tables and sum(cluster.hive.asked.values()) <= tables + 2
    of_months = (2 + 3 + 2) * len(ALL)  # Manifests; reports and whether there are rows; what is beside the loads.
    of_views = 2 * partitions  # Whether they are built; what is beside them.
    assert sum(cluster.lake.calls.values()) <= of_months + of_views + 100
    assert cluster.lake.calls[True] <= 10
