"""Times of the data are UTC in every client, whatever the zone of who asks: the hour that New York's clocks left out in
the spring of 2013 too, in which flights of the evening of March 9 departed.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.command import AERO
from tests.hive.doors import server as servers

DEPARTED = "2013-03-10 02:12:00"
QUESTION = "SELECT departure_at FROM aero_times"
ZONES = ["America/New_York", "Asia/Tokyo", "UTC"]
PYHIVE = """
import sys
from sqlalchemy import create_engine, text
engine = create_engine(sys.argv[1], connect_args={"auth": "CUSTOM"})
print(engine.connect().execute(text(sys.argv[2])).scalar())
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = servers.start(tmp_path_factory.mktemp("zones"), {"TZ": "America/New_York"})
    try:
        as_orc = f"CREATE TABLE aero_times STORED AS ORC AS SELECT CAST('{DEPARTED}' AS TIMESTAMP) AS departure_at"
        started.ask("otto", as_orc)
        yield started
    finally:
        started.stop()
        servers.remove(started.settings.home)


@pytest.fixture(params=ZONES)
def run(request, server):
    """A function that runs a command as somebody in this zone would; its standard output."""
    home = server.settings.home
    own = {"AERO_HOME": home, "AERO_SECRETS_DIR": home / "secrets", "HIVESERVER2_PORT": server.port}
    environment = os.environ | {name: str(value) for name, value in own.items()} | {"TZ": request.param}

    def output(*command) -> str:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return output


def test_aero_sql(run):
    assert json.loads(run(AERO, "sql", "-e", QUESTION, "--format", "json")) == [{"departure_at": DEPARTED}]


def test_aero_beeline(run):
    shown = run(AERO, "beeline", "--silent=true", "--showHeader=false", "--outputformat=csv2", "-e", QUESTION)
    assert shown.splitlines()[-1].endswith(f"> {DEPARTED}.0")  # It comes after beeline's prompt.


def test_any_client_of_hive_in_python(run, server):
    address = f"hive://otto:{servers.PASSWORDS['otto']}@localhost:{server.port}/default"
    assert run(sys.executable, "-c", PYHIVE, address, QUESTION).strip() == DEPARTED
