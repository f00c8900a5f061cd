"""What the commands of forecasts and of the weather print; jobs/forecast_judging.py says what the measures are."""

from typing import Any

from msgspec import UNSET, UnsetType

from aero.cli.printed import Printed, columns, selected, struct
from aero.datasets import DELAY_FORECASTS, FLIGHTS, FORECAST_MODELS


class Measures(Printed):
    """How good probabilities were; `skill` is the part by which the Brier score is below the baseline's."""

    flights: int
    late_share: float
    auc: float
    pr_auc: float
    brier: float
    ece: float
    skill: float


class OfModel(Measures):
    """Those of a model, and of its quantiles: their loss in minutes, and the share between the outer two."""

    pinball: float
    coverage: float


class Bin(Printed):
    """Flights of about one probability: how many, its mean, and the share that came late."""

    flights: int
    probability: float
    late_share: float


class Judged(Printed):
    """A month that was forecast: the measures of each model, the bins of the served one.

    `parts`: by `origin_id` and `airline_id` those of what was served, of each airport and airline.
    `renewed`: by horizon, those of a model's forecasts as they were corrected on the day, where that was asked for.
    """

    month: str
    served: str
    scores: dict[str, OfModel]
    cancelled: Measures
    bins: list[Bin]
    parts: dict[str, dict[str, Measures]]
    renewed: dict[str, Measures]


class Backtest(Printed):
    """Each month that could be judged."""

    months: list[Judged]


class InService(Printed):
    """What was in service before, and its Brier score on the training's last month."""

    training_id: str
    model: str
    brier: float


class Training(Judged):
    """What was fitted. `promoted`: it was taken into service. `in_service` is absent where nothing was."""

    training_id: str
    promoted: bool
    in_service: InService | UnsetType = UNSET


class Scores(Printed):
    """What was forecast up to `day`, and how good that was, unless none of the flights has `arrived`."""

    day: str
    flights: int
    model: str
    training_id: str
    flights_by_model: dict[str, int]
    days_by_baseline: list[str]
    is_on_boards: bool
    is_drifting: bool
    is_live: bool
    arrived: int
    late: int | UnsetType = UNSET
    expected_late: float | UnsetType = UNSET
    brier: float | UnsetType = UNSET
    baseline_brier: float | UnsetType = UNSET


def _answer(name: str, file: str) -> Any:
    """A row of the answer to a question; what a flight came to is None before."""
    table = FORECAST_MODELS if name == "Model" else DELAY_FORECASTS
    came = {one: kind | None for one, kind in columns(FLIGHTS).items()}
    known = came | columns(table) | {"is_kept": bool}
    return struct(name, {one: known[one] for one in selected(table.hql(file))})


MODEL = _answer("Model", "list")
FORECAST = _answer("Forecast", "day")


class Hours(Printed):
    """Hours of airports that are there, and lines that were refused."""

    hours: int
    quarantined: int


class Weather(Printed):
    """How many files and months had which outcome."""

    files: dict[str, int]
    months: dict[str, int]
    rows: Hours


class WeatherForecasts(Printed):
    """How many airports were fetched, and the hours that each month has then."""

    airports: int
    hours: dict[str, int]
