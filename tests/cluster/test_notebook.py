"""The notebooks of `aero notebook`, run from the first cell to the last by its JupyterLab's kernel, on the services."""

import json
import re
import subprocess

import pytest

from aero.cluster import jupyter
from aero.notebook import NAME, PASSWORD
from aero.screen import Console
from aero.settings import load_settings
from tests import snippets
from tests.cluster import live_tables as live
from tests.command import aero, sql

pytestmark = [pytest.mark.cluster, pytest.mark.long]
LIVE_DAY = "2013-07-10"
# What each prints, and the question that has the same numbers.
FIRST_LOOK = (
    r"([\d,]+) flights in 2013, ([\d,]+) of them cancelled\.\n([\d,]+) departed: (-?[\d.]+) minutes late",
    """SELECT COUNT(*), SUM(CAST(is_cancelled AS INT)), COUNT(departure_delay_minutes),
        ROUND(AVG(departure_delay_minutes), 2) FROM aero_clean.flights WHERE year = 2013""",
)
AIRPORT_YEAR = (
    r"([\d,]+) departures from JFK in 2013, ([\d,]+) of them cancelled",
    """SELECT COUNT(*), SUM(CAST(is_cancelled AS INT)) FROM aero_clean.flights
        WHERE year = 2013 AND origin_id = 'JFK'""",
)
LIVE_AND_HISTORY = (
    r"([\d,]+) live flights, ([\d,]+) of them departed, (-?[\d.]+) minutes late",
    f"""SELECT COUNT(*), COUNT(departure_delay_minutes), ROUND(AVG(departure_delay_minutes), 2)
        FROM aero_live.flight_state WHERE flight_date = DATE '{LIVE_DAY}'""",
)


@pytest.fixture(scope="module")
def folder(year_2013, tmp_path_factory):
    """The notebooks, copied; the day is played that one of them is about."""
    jupyter.VENV.install(load_settings(), Console(quiet=True))
    live.played("--day", LIVE_DAY)
    aero("live", "stop")
    folder = tmp_path_factory.mktemp("notebooks")
    jupyter.copy(folder)
    return folder


def _ran(folder, name, **variables):
    """What a notebook printed, its tables and the number of its pictures, after it was run as a whole."""
    settings = load_settings()
    ran = subprocess.run(
        [f"{jupyter.VENV.folder(settings)}/bin/python", "-m", "nbconvert", "--execute", "--to", "notebook",
         "--stdout", name],
        cwd=folder, env=jupyter.environment(settings) | variables, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    cells = [cell for cell in json.loads(ran.stdout)["cells"] if cell["cell_type"] == "code"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [one for one in outputs if one.get("name") == "stderr"] == []
    shown = ["".join(one.get("text") or one["data"].get("text/plain", "")) for one in outputs]
    return "\n".join(shown), sum("image/png" in one.get("data", {}) for one in outputs)


@pytest.mark.parametrize(
    ("name", "checked", "pictures"),
    [("first_look", FIRST_LOOK, 1), ("airport_year", AIRPORT_YEAR, 3), ("live_and_history", LIVE_AND_HISTORY, 1)],
    ids=["first_look", "airport_year", "live_and_history"],
)
def test_a_notebook_runs_to_its_end_and_says_what_sql_says(folder, name, checked, pictures):
    words, question = checked
    shown, drawn = _ran(folder, f"{name}.ipynb")
    [numbers] = re.findall(words, shown)
    [row] = sql(question)
    assert [float(number.replace(",", "")) for number in numbers] == list(row.values())
    assert drawn == pictures


def test_the_snippet_of_the_page_counts_what_sql_counts(folder):
    [[(_, snippet)]] = snippets.of("notebooks.md").values()
    cell = {"cell_type": "code", "source": snippet, "metadata": {}, "outputs": [], "execution_count": None}
    metadata = {"kernelspec": {"name": "python3", "display_name": "AERO", "language": "python"}}
    book = {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    (folder / "snippet.ipynb").write_text(json.dumps(book))
    shown = re.findall(r"([A-Z]{3}) +(\d+)", _ran(folder, "snippet.ipynb")[0])
    expected = sql("SELECT origin_id, COUNT(*) AS flights FROM aero_clean.flights WHERE year = 2013 GROUP BY origin_id")
    assert {airport: int(flights) for airport, flights in shown} == {
        row["origin_id"]: row["flights"] for row in expected
    }


def test_a_reader_s_notebook_asks_with_the_rights_of_a_reader(folder):
    password = aero("user", "add", "nora", "--role", "reader", "--generate").out.strip()
    try:
        person = {NAME: "nora", PASSWORD: password}
        assert re.search(FIRST_LOOK[0], _ran(folder, "first_look.ipynb", **person)[0])
        book = (
            (folder / "first_look.ipynb")
            .read_text()
            .replace("SHOW TABLES IN aero_batch", "SELECT * FROM aero_ops.audit")
        )
        (folder / "refused.ipynb").write_text(book)
        with pytest.raises(AssertionError, match="nora"):
            _ran(folder, "refused.ipynb", **person)
    finally:
        aero("user", "rm", "nora", "--yes")
