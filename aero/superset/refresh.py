"""After a load: the answers remembered from before are void, and those that are likely to be wanted are asked for again."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aero.errors import AeroError
from aero.settings import Settings
from aero.superset import questions
from aero.superset.client import Superset

# Of the assets: the database whose answers live until a load ends.
HISTORY = "AERO history (Spark)"
AT_A_TIME = 4


@dataclass(frozen=True)
class Refreshed:
    """What became of a refresh: how many datasets were voided, questions asked again, and of these refused."""

    datasets: int
    asked: int
    refused: int


def refresh(settings: Settings) -> Refreshed | None:
    """Void what is remembered of the history, and warm it. None where Superset does not run: it remembers by loads, and
    is refreshed when it starts. Raises AeroError where it runs and refuses.
    """
    superset = Superset(settings)
    if not superset.is_answering():
        return None
    history = void(superset)
    bodies = [body for body in questions.newest(settings) if body["datasource"]["id"] in history]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        answers = list(pool.map(lambda body: _answers(superset, body), bodies))
    return Refreshed(len(history), len(bodies), answers.count(False))


def void(superset: Superset) -> set[int]:
    """Have what is remembered of the history's datasets never be given again; their numbers."""
    history = {one["id"] for one in superset.datasets() if one["database"]["database_name"] == HISTORY}
    for number in history:
        superset.touch_dataset(number)
    return history


def _answers(superset: Superset, body: dict) -> bool:
    """Whether a question was answered; one of a chart that is no longer as it was is refused, and that is no harm."""
    try:
        superset.chart_data(body)
    except AeroError:
        return False
    return True
