"""Of what the tables of the forecast are made, column by column. Tests hold it to what jobs/ read.

A model takes features of a flight, and these are made of flights that ended before it (jobs/forecast_features.py). No
SQL says which: a probability is made of the model, and of all columns that features take.
"""

from aero.datasets import DELAY_FORECASTS, FLIGHTS, FORECAST_MODELS, FORECAST_PROMOTIONS, FORECAST_TRACK

# Instead of a column: how many rows there are.
ROWS = "*"
# The columns of the master data that the models' features and the outcomes they are fitted to are made of.
KEY = ("flight_date", "airline_id", "flight_number", "origin_id", "destination_id", "scheduled_departure_local")
OUTCOME = (
    "departure_at", "arrival_at", "arrival_delay_minutes", "diversion_arrival_delay_minutes", "is_cancelled",
)  # fmt: skip
FEATURES = (*KEY, "distance_miles", "scheduled_departure_at", "scheduled_arrival_at", *OUTCOME)
# What a model corrects its forecast by on the day itself takes these too.
LATER = ("tail_number", "departure_delay_minutes")
MODEL = "parameters"
BY_MODEL = "a model of features of the flight, and of flights that ended before it"

Sources = tuple[tuple[str, str], ...]
Made = dict[str, tuple[Sources, str]]


def _flights(*columns: str) -> Sources:
    return tuple((FLIGHTS.name, one) for one in columns)


def _models(*columns: str) -> Sources:
    return tuple((FORECAST_MODELS.name, one) for one in columns)


def _forecasts(*columns: str) -> Sources:
    return tuple((DELAY_FORECASTS.name, one) for one in columns)


_SAID = (*_models(MODEL), *_flights(*FEATURES))
_OF_DELAYS = (*_models(MODEL), *_forecasts("late_probability"))
_JUDGED = "judged on the last month by models of the months before"

_DELAY_FORECASTS: Made = {
    **{one: (_flights(one), "") for one in (*KEY, "scheduled_departure_at", *DELAY_FORECASTS.partitions)},
    "as_of_at": (_flights("scheduled_departure_at"), "24 hours before, or when it was forecast if that is earlier"),
    "late_probability": (_SAID, BY_MODEL),
    "baseline_probability": (
        (*_models(MODEL), *_flights("airline_id", "scheduled_departure_local")), "the model airline_hour",
    ),
    "cancelled_probability": (_SAID, BY_MODEL),
    **{f"delay_p{one}_minutes": (_OF_DELAYS, "delays of flights that were forecast alike") for one in (10, 50, 90)},
    "reasons": (_SAID, "the features that moved the odds most"),
    "model_name": (_models("model_name"), ""),
    "training_id": (_models("training_id"), ""),
    ROWS: (_flights(ROWS), "scheduled flights of the days that were scored"),
}  # fmt: skip
_MODELS: Made = {
    **{one: (_flights(ROWS), "said of the training") for one in ("training_id", "model_name", "trained_at", ROWS)},
    **{one: (_flights("year", "month"), "") for one in ("first_month", "last_month")},
    "known_until_at": (_flights("scheduled_arrival_at", *OUTCOME), "the newest outcome that was known"),
    **{one: (_flights(*OUTCOME), _JUDGED) for one in ("judged_flights", "late_share")},
    **{
        one: (_flights(*FEATURES), _JUDGED)
        for one in ("brier_score", "brier_skill", "auc", "pr_auc", "calibration_error")
    },
    "is_served": (_models("brier_score"), "the least of the training"),
    MODEL: (_flights(*FEATURES, *LATER), "fitted"),
}
_PROMOTIONS: Made = {
    **{one: (_models(one), "") for one in ("training_id", "model_name", "last_month")},
    "from_month": (_models("last_month"), "the month after it, or what somebody said"),
    "because": (_models("brier_score"), "the scores of both, or what somebody said"),
    **dict.fromkeys(("promoted_at", "promoted_by"), ((), "said of the promotion")),
    ROWS: (_models(ROWS), "taken into service"),
}
# The others of its columns are those of hive/aero_ml/delay_forecasts/by_day.hql.
_TRACK: Made = {
    "is_drifting": (
        tuple((FORECAST_TRACK.name, one) for one in (
            "arrived_flights", "late_flights", "expected_late_flights", "squared_error", "baseline_squared_error",
        )), "the seven days up to this one",
    ),
    "judged_at": ((), "when it was judged"),
    ROWS: (_forecasts(ROWS), "days that were forecast and of which flights have arrived"),
}  # fmt: skip
TABLES = {
    DELAY_FORECASTS.name: _DELAY_FORECASTS,
    FORECAST_MODELS.name: _MODELS,
    FORECAST_PROMOTIONS.name: _PROMOTIONS,
    FORECAST_TRACK.name: _TRACK,
}
