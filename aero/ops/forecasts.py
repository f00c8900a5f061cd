"""What is kept of the forecast of delays: models of each training, which of them forecast, and what they said.

A training is taken into service, promoted, where on its newest month it is no worse than what is in service there; or
because somebody says so. It forecasts the days of the months after those that it saw, MONTHS_IN_SERVICE at most.
"""

import io
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import hdfs

from aero import hql, webhdfs
from aero.datasets import DELAY_FORECASTS, FORECAST_MODELS, FORECAST_PROMOTIONS
from aero.errors import AeroError
from aero.month import Month, month_range
from aero.ops import tables

ORC = ".orc"
# BTS is two months late, and may be one more.
MONTHS_IN_SERVICE = 4
Row = dict[str, Any]


@dataclass(frozen=True)
class Promotion:
    """One model taken into service; fields as hive/aero_ml/promotions/create.hql says them, in its order."""

    promoted_at: datetime
    training_id: str
    model_name: str
    last_month: str
    from_month: str
    promoted_by: str
    because: str

    @property
    def models_file(self) -> str:
        """HDFS path of the models of its training."""
        return models_file(Month.parse(self.last_month), self.training_id)


def models_file(last: Month, training_id: str) -> str:
    """HDFS path of the models of a training. It bears the last month of flights that they saw."""
    return f"{FORECAST_MODELS.path}/{last}-{training_id}{ORC}"


def last_months(client: hdfs.Client) -> dict[str, Month]:
    """The trainings that are kept, each with the last month of flights that it saw."""
    names = webhdfs.names(client, FORECAST_MODELS.path)
    whole = sorted(name.removesuffix(ORC) for name in names if name.endswith(ORC) and not name.startswith("_"))
    return {name[8:]: Month.parse(name[:7]) for name in whole}


def promotions(client: hdfs.Client) -> list[Promotion]:
    """All promotions, the newest last."""
    folder = FORECAST_PROMOTIONS.path
    names = sorted(name for name in webhdfs.names(client, folder) if not name.startswith("_"))
    return [one for name in names for one in tables.read_file(client, f"{folder}/{name}", Promotion)[0]]


def in_service(known: Sequence[Promotion], month: Month) -> Promotion | None:
    """What forecasts the days of a month, if anything does: of what saw months before alone, the promotion for the
    newest month, and of several the last."""
    may = [
        one
        for one in known
        if Month.parse(one.from_month) <= month
        and 0 < month.index - Month.parse(one.last_month).index <= MONTHS_IN_SERVICE
    ]
    return max(reversed(may), key=lambda one: one.from_month, default=None)


def for_day(client: hdfs.Client, day: date) -> Promotion:
    """What forecasts a day. AeroError where nothing does."""
    month = Month.of(day)
    if found := in_service(promotions(client), month):
        return found
    raise AeroError(
        f"No model is in service for {month}: one that saw {MONTHS_IN_SERVICE} months before it or later ones, not it.",
        f"Fit one: aero forecast train --to {month.plus(-1)}",
    )


def corrections(client: hdfs.Client, serving: Promotion) -> dict[str, Any]:
    """What corrects the forecasts of a training on the day itself, by the model that they are of, and by horizon
    (jobs/forecast_corrections.py); without models that were fitted before there was such."""
    told = {name: json.loads(text) for name, text in _by_model(client, serving, "parameters").items() if text}
    return {name: of_model["corrections"] for name, of_model in told.items() if "corrections" in of_model}


def judged(client: hdfs.Client, serving: Promotion) -> float | None:
    """The Brier score of a promoted model on the last month of its training; None where that has no such model."""
    return _by_model(client, serving, "brier_score").get(serving.model_name)


def _by_model(client: hdfs.Client, serving: Promotion, column: str) -> dict[str, Any]:
    """A column of aero_ml.models, of the models of a training."""
    from pyarrow import orc

    with client.read(serving.models_file) as reader:
        rows = orc.read_table(io.BytesIO(reader.read()), columns=["model_name", column])
    return dict(zip(rows["model_name"].to_pylist(), rows[column].to_pylist(), strict=True))


def promote(
    client: hdfs.Client, training_id: str, model: str, by: str, because: str, start: Month | None = None
) -> Promotion:
    """Take a model of a training into service, from `start` on; without it, for the newest month that any was promoted
    for, and the first that it did not see at least. AeroError where there is no such training, or it saw `start`."""
    known = last_months(client)
    if training_id not in known:
        raise AeroError(f"There is no training {training_id}.", "List them: aero forecast models")
    last = known[training_id]
    newest = max([last.next, *(Month.parse(one.from_month) for one in promotions(client))])
    start = start or newest
    if start <= last:
        raise AeroError(f"{training_id} saw the flights of {start}.", f"Give a later month: --from {last.next}")
    now = datetime.now(UTC)
    made = Promotion(now, training_id, model, str(last), str(start), by, because)
    tables.add(client, FORECAST_PROMOTIONS, f"{now:%Y%m%dT%H%M%S.%fZ}", [made])
    return made


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
