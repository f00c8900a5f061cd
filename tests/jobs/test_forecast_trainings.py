"""What a training takes of those before it."""

from datetime import datetime

import forecast_delays
from forecast_models import Name

from aero.datasets import FORECAST_MODELS
from aero.month import Month


def test_what_earlier_trainings_judged_counts_for_what_is_served(spark):
    def training(last, number, **briers):
        at = datetime(2013, 9, 1, number)
        return [(last, f"t{number}", at, name, score) for name, score in briers.items()]

    rows = [
        *training("2013-02", 1, logistic=0.20, trees=0.21, cancelled=0.02),
        *training("2013-03", 2, logistic=0.30, trees=0.31),
        *training("2013-03", 3, logistic=0.22, trees=0.23),  # The month again.
        *training("2013-04", 4, logistic=0.24),  # Of fewer models.
        *training("2013-05", 5, logistic=0.25, trees=0.26),  # Not before.
    ]
    spark.sql(f"CREATE DATABASE {FORECAST_MODELS.database}")
    columns = "last_month STRING, training_id STRING, trained_at TIMESTAMP, model_name STRING, brier_score DOUBLE"
    try:
        spark.createDataFrame(rows, columns).write.saveAsTable(FORECAST_MODELS.name)
        found = forecast_delays._judged_before(spark, Month(2013, 5), (Name.LOGISTIC, Name.TREES))
    finally:
        spark.sql(f"DROP DATABASE {FORECAST_MODELS.database} CASCADE")
    assert found == [{Name.LOGISTIC: 0.20, Name.TREES: 0.21}, {Name.LOGISTIC: 0.22, Name.TREES: 0.23}]
