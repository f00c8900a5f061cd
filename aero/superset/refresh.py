"""After a load: answers remembered from before are void, and those that the dashboards open with are warm again, unless
AERO_WARM_DASHBOARDS is `no`: a machine whose processors have better things to do.

Only what Superset's own database holds is asked: a chart by its number, a filter's values by its column. No request of
a client is kept, and the questions are asked as an account that may only read.
"""

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from aero.errors import AeroError
from aero.settings import Settings
from aero.superset import credentials
from aero.superset.client import Superset

# Of the assets: the database whose answers live until a load ends.
HISTORY = "AERO history (Spark)"
# The answers of a dataset that forgets sooner than this are not worth asking for, in seconds.
WORTH_WARMING = 3600
AT_A_TIME = 4
log = logging.getLogger("superset")


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: how many datasets it voided, questions it asked, and of these how many were refused."""

    datasets: int
    asked: int
    refused: int


def refresh_or_say(settings: Settings, say: Callable[[str], object]) -> bool:
    """As `refresh`. Where Superset refuses, `say` hears of it, and it is False: what changed is whole without it."""
    try:
        refresh(settings)
    except AeroError as error:
        say(f"The dashboards may show what was before: {error}")
        return False
    return True


def refresh(settings: Settings) -> Refreshed | None:
    """Void what is remembered of the history, and warm it. None where Superset does not run: it voids at its start.

    Raises AeroError where it runs and refuses to void; a question that is refused is logged only.
    """
    superset = Superset(settings)
    if not superset.is_answering():
        return None
    history = void(superset)
    lasting = {number for number, seconds in history.items() if seconds is None or seconds >= WORTH_WARMING}
    if os.environ.get("AERO_WARM_DASHBOARDS") == "no":
        return Refreshed(len(history), asked=0, refused=0)
    asked, refused = _warm(Superset(settings, credentials.READER), lasting)
    return Refreshed(len(history), asked, refused)


def void(superset: Superset) -> dict[int, int | None]:
    """Have what is remembered of the history's datasets never be given again. Returns for how many seconds each dataset
    remembers, by its number; None where that is its database's to say."""
    history = [one["id"] for one in superset.datasets() if one["database"]["database_name"] == HISTORY]
    return {number: superset.touch_dataset(number) for number in history}


def _warm(superset: Superset, datasets: set[int]) -> tuple[int, int]:
    """Ask what charts and filters of these datasets ask before anyone has chosen anything. Returns how many questions
    that were, and how many of them were refused."""
    try:
        charts = [one["id"] for one in superset.charts() if one.get("datasource_id") in datasets]
        columns = [question for metadata in superset.dashboards() for question in filter_questions(metadata)]
    except AeroError as error:
        log.warning("The dashboards' first answers are not warm: %s", error)
        return 0, 0
    columns = [body for body in columns if body["datasource"]["id"] in datasets]
    questions = [partial(superset.chart_answer, number) for number in charts]
    questions += [partial(superset.chart_data, body) for body in columns]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        answers = list(pool.map(_is_answered, questions))
    return len(answers), answers.count(False)


def _is_answered(question: Callable[[], Any]) -> bool:
    try:
        question()
    except AeroError as error:
        log.warning("A dashboard's answer is not warm: %s", error)
        return False
    return True


def filter_questions(metadata: dict[str, Any]) -> list[dict[str, Any]]:
    """What the filters of a dashboard with this metadata ask for the values to choose from, as the page asks it: the
    answer is remembered under a key that is made of the question."""
    bodies = []
    for one in metadata.get("native_filter_configuration") or ():
        target: dict[str, Any] = next(iter(one.get("targets") or ()), {})
        dataset, name = target.get("datasetId"), target.get("column", {}).get("name")
        if one.get("filterType") != "filter_select" or not dataset or not name:
            continue
        ascending = one.get("controlValues", {}).get("sortAscending", True)
        query = {
            "columns": [name],
            "metrics": [],
            "filters": [],
            "extras": {"having": "", "where": ""},
            "orderby": [[name, ascending]],
            "row_limit": 1000,
        }
        bodies.append({"datasource": {"id": dataset, "type": "table"}, "queries": [query]})
    return bodies
