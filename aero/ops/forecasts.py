"""What is kept of the forecast of delays: the models of each training, and what they said of flights."""

from collections.abc import Collection
from datetime import date
from typing import Any

import hdfs

from aero import hql, webhdfs
from aero.datasets import DELAY_FORECASTS, FORECAST_MODELS
from aero.errors import AeroError
from aero.month import Month, month_range

ORC = ".orc"
Row = dict[str, Any]


def models_file(last: Month, training_id: str) -> str:
    """HDFS path of the models of a training. It bears the last month of flights that they saw."""
    return f"{FORECAST_MODELS.path}/{last}-{training_id}{ORC}"


def models_for(client: hdfs.Client, day: date) -> str:
    """HDFS path of the models that forecast a day: the newest that saw months before alone. AeroError without any."""
    names = sorted(webhdfs.names(client, FORECAST_MODELS.path))
    whole = [name for name in names if name.endswith(ORC) and not name.startswith("_")]
    before = [name for name in whole if Month.parse(name[:7]) < Month.of(day)]
    if not before:
        raise AeroError(
            f"No models were fitted to months before {Month.of(day)} alone, and no other may forecast {day}.",
            f"Fit some: aero forecast train --to {Month.from_index(Month.of(day).index - 1)}",
        )
    return f"{FORECAST_MODELS.path}/{before[-1]}"


def read_months(seen: Collection[Any], end: Month, at_most: int) -> tuple[Month, Month]:
    """The first and the last of the months in a row, up to `end`, that readers see. AeroError without `end`."""
    if end not in seen:
        raise AeroError(f"{end} is not loaded.", f"Load it: aero load --from {end} --to {end}")
    first = end
    while len(month_range(first, end)) < at_most and Month.from_index(first.index - 1) in seen:
        first = Month.from_index(first.index - 1)
    return first, end


def models(cursor: Any) -> list[Row]:
    """The rows of aero_ml.models without their parameters, the newest training last."""
    return _rows(cursor, FORECAST_MODELS.hql("list"), {})


def of_day(cursor: Any, day: date) -> list[Row]:
    """The forecasts of a day with what came of the flights, the likeliest to be late first."""
    parameters = {"year": day.year, "month": day.month, "day": day.isoformat()}
    return _rows(cursor, DELAY_FORECASTS.hql("day"), parameters)


def _rows(cursor: Any, file: Any, parameters: dict[str, object]) -> list[Row]:
    hql.run(cursor, file, parameters)
    return hql.rows(cursor)
