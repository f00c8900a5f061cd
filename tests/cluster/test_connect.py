"""The snippets of docs/connect/servers.md, as they stand there, on the running services."""

import re
import shutil
import stat

import pytest

from aero.settings import load_settings
from tests import snippets
from tests.cluster import live_tables as live
from tests.command import aero, sql

pytestmark = [pytest.mark.cluster, pytest.mark.long]
SNIPPETS = snippets.of("servers.md")
FIRST = "A name and a password"
# What each tool has to show: flights of airlines in 2013, or of airports in February.
AIRLINES = (
    "SELECT airline_id AS code, COUNT(*) AS flights FROM aero_clean.flights WHERE year = 2013 GROUP BY airline_id"
)
AIRPORTS = """
    SELECT origin_id AS code, COUNT(*) AS flights FROM aero_clean.flights WHERE year = 2013 AND month = 2
    GROUP BY origin_id
"""
OF_AIRLINES = ("beeline", "JDBC: DBeaver, or a Java program", "PyHive", "SQLAlchemy", "pandas", "R")
OF_AIRPORTS = ("DuckDB and Polars on a month's ORC", "PySpark")
OF_EVENTS = ("Kafka's console", "kcat")
OF_PAGES = {"curl on WebHDFS": {"month=01", "month=12"}, "curl on Superset": {"History", "Live"}}
# What Debian's packages bring, and .ci/run installs.
PROGRAMS = {"kcat": "kcat", "R": "Rscript"}


@pytest.fixture(scope="module")
def folder(year_2013, tmp_path_factory):
    """Where the passwords of the page's people are."""
    folder = tmp_path_factory.mktemp("connect")
    ran = _run(folder, FIRST)
    assert ran.returncode == 0, ran.stderr
    yield folder
    for name in ("ada", "otto"):
        aero("user", "rm", name, "--yes")


@pytest.fixture(scope="module")
def _live_day(folder):
    live.played("--day", "2013-07-10")
    aero("live", "stop")


def _run(folder, tool):
    blocks = SNIPPETS[tool]
    return snippets.run(folder, [(kind, snippets.at_ports_of(load_settings(), text)) for kind, text in blocks])


def _shown(folder, tool):
    """What the snippets of a tool print."""
    if tool in PROGRAMS and not shutil.which(PROGRAMS[tool]):
        pytest.skip(f"{PROGRAMS[tool]} is not installed")
    ran = _run(folder, tool)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def _counted(text, codes):
    """The number behind each code, wherever in its line it stands."""
    found = re.findall(rf"^\W*(?:\d+\s+)?({'|'.join(codes)})\b\W+(\d+)\W*$", text, re.MULTILINE)
    return {code: int(number) for code, number in found}


@pytest.mark.parametrize(
    ("question", "tool"),
    [*((AIRLINES, tool) for tool in OF_AIRLINES), *((AIRPORTS, tool) for tool in OF_AIRPORTS)],
    ids=[*OF_AIRLINES, *OF_AIRPORTS],
)
def test_a_tool_counts_what_sql_counts(folder, question, tool):
    expected = {row["code"]: row["flights"] for row in sql(question)}
    assert len(expected) in (16, 3) and _counted(_shown(folder, tool), expected) == expected


def test_polars_has_the_delays_that_sql_has(folder):
    shown = _shown(folder, "DuckDB and Polars on a month's ORC")
    for row in sql(AIRPORTS.replace("COUNT(*)", "AVG(arrival_delay_minutes)")):
        [delay] = re.findall(rf"{row['code']}\W+?(-?\d+\.\d+)\W*$", shown, re.MULTILINE)
        assert float(delay) == pytest.approx(row["flights"], abs=1e-5)


@pytest.mark.usefixtures("_live_day")
@pytest.mark.parametrize("tool", OF_EVENTS)
def test_a_consumer_shows_an_event(folder, tool):
    assert re.search(r'^\{.*"flight_id": ?"[A-Z0-9]+-2013\d{4}-', _shown(folder, tool), re.MULTILINE)


@pytest.mark.parametrize(("tool", "shown"), OF_PAGES.items(), ids=list(OF_PAGES))
def test_curl_is_answered(folder, tool, shown):
    assert shown <= set(re.split(r'[\n"]', _shown(folder, tool)))


def test_passwords_are_for_their_owner_alone(folder):
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.glob("*.password")} == {0o600}
    assert len(list(folder.glob("*.password"))) == 2


def test_every_snippet_of_the_page_is_run():
    assert set(SNIPPETS) == {FIRST, *OF_AIRLINES, *OF_AIRPORTS, *OF_EVENTS, *OF_PAGES}
