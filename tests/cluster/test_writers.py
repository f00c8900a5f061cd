"""Writers side by side, and killed at each step of a publication: what readers see is what an undisturbed load leaves.

`make kill-test` runs them, which takes two hours on two slow cores.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from aero import connections, lease, metastore
from aero.datasets import BATCH_VIEWS, FLIGHTS, FLIGHTS_QUARANTINE, FLIGHTS_REPORTING
from aero.month import Month
from aero.settings import load_settings
from bench.chaos import contents
from tests import real_months
from tests.cluster.months import in_ledger
from tests.command import AERO, aero
from tests.printed import printed

pytestmark = [pytest.mark.cluster, pytest.mark.kills]

FIRST, SECOND = Month(2019, 1), Month(2019, 2)  # No other test loads this year.
YEAR = FIRST.year
STEP = 30  # Every thirtieth of the real rows of a month: 900.
PATIENCE = 600
KILLED = 128 + signal.SIGKILL  # The pipeline is a process of the command.
SEEN = (FLIGHTS, FLIGHTS_QUARANTINE, *BATCH_VIEWS)
KNOWN = "state message is_served rows_in rows_clean rows_quarantined served_rows".split()
STEPS = [
    "file fetched",
    "raw version landed",
    "landing in ledger",
    "flights_reporting switched",
    "flights_reporting recorded",
    "months cleaned",
    "checks written",
    "flights_quarantine switched",
    "flights_quarantine recorded",
    "flights switched",
    "flights recorded",
    "publication in ledger",
    "views built",
    "flight_statistics_daily switched",
    "flight_statistics_daily recorded",
    "route_delays_monthly switched",
    "dashboards refreshed",
]
BEFORE_THE_LEDGER = STEPS[:2]  # A rebuild finds no month then.


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two months of real rows, in which one line is to be refused."""
    folder = tmp_path_factory.mktemp("source")
    for month in (FIRST, SECOND):
        rows = list(real_months.rows(*month))[::STEP]
        rows[0] = rows[0] | {"Origin": ""}
        (folder / f"{month}.csv").write_bytes(real_months.csv_bytes(rows))
    return folder


def load(folder, first=FIRST, last=SECOND):
    """The command that loads these months."""
    return ["load", "--from", str(first), "--to", str(last), "--source", str(folder)]


def freshness() -> dict:
    """The states of the views. The command ends with 3 where any table is stale, as flights of 2019 alone are."""
    views = {view.name for view in BATCH_VIEWS}
    output = subprocess.run([AERO, "freshness", "--json"], stdout=subprocess.PIPE, timeout=PATIENCE).stdout
    return {row["table_name"]: row["state"] for row in printed("freshness", output) if row["table_name"] in views}


def world() -> dict:
    """What readers see, what the ledger knows, and how fresh the tables are."""
    entries = {str(month): in_ledger(month) for month in (FIRST, SECOND)}
    return {
        "contents": contents.of_tables(SEEN, f"year = {YEAR}"),
        "ledger": {month: {name: entry[name] for name in KNOWN} for month, entry in entries.items()},
        "freshness": freshness(),
    }


def folders() -> dict:
    """The folders that readers see of the year."""
    return {
        table.name: {at: path for at, path in metastore.locations(table).items() if at[0] == YEAR} for table in SEEN
    }


def forget() -> None:
    """Take the year away, as if it had never been loaded."""
    client = connections.webhdfs()
    with connections.hive() as hive:
        cursor = hive.cursor()
        for table in (FLIGHTS_REPORTING, *SEEN):
            cursor.execute(f"ALTER TABLE {table.name} DROP IF EXISTS PARTITION (year={YEAR})")
            client.delete(table.partition_path(YEAR), recursive=True)
    in_ledger(FIRST)


@pytest.fixture(scope="module")
def undisturbed(cluster, folder):
    """The world, and the folders that readers see, after a load of both months with nobody beside it."""
    aero(*load(folder))
    return world(), folders()


@pytest.fixture
def nothing(undisturbed):
    forget()


def started(command: list[str], **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [AERO, *command], env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def ended(process: subprocess.Popen, may_fail: bool = False) -> None:
    output, _ = process.communicate(timeout=PATIENCE)
    assert may_fail or process.returncode == 0, output.decode()


def until_somebody_writes() -> None:
    deadline = time.monotonic() + PATIENCE
    while not lease.holders(load_settings()):
        assert time.monotonic() < deadline, "nobody took the lease"
        time.sleep(0.2)


def test_two_loads_at_once_of_two_months_of_a_year_leave_what_one_leaves(nothing, undisturbed, folder):
    for process in [started(load(folder, FIRST, FIRST)), started(load(folder, SECOND, SECOND))]:
        ended(process)
    assert (world(), folders()) == undisturbed


def test_killed_between_the_flights_and_their_row_of_the_history_and_run_again(nothing, undisturbed, folder):
    aero(*load(folder), fails=True, AERO_STOP_AT="flights switched")
    aero(*load(folder))
    assert (world(), folders()) == undisturbed


def beside(name: str, folder: Path) -> list[str]:
    """The command of the other writer."""
    return {
        "load": load(folder),
        "rebuild": ["rebuild", "--from", str(FIRST), "--to", str(SECOND)],
        "scheduler": ["increment", str(SECOND), "--source", str(folder)],  # As it loads a month.
        "clean-slate": ["clean-slate", "--layer", "batch", "--delete", "--confirm", "batch"],
    }[name]


@pytest.mark.parametrize("step", [None, *STEPS])
@pytest.mark.parametrize("other", ["load", "rebuild", "scheduler", "clean-slate"])
def test_a_load_killed_at_any_step_beside_another_writer_and_run_again(nothing, undisturbed, folder, other, step):
    load_ = started(load(folder), **({"AERO_STOP_AT": step} if step else {}))
    until_somebody_writes()
    ended(started(beside(other, folder)), may_fail=other == "rebuild" and step in BEFORE_THE_LEDGER)
    ended(load_, may_fail=bool(step))
    assert load_.returncode == (KILLED if step else 0)
    if other != "load":  # It did all that the killed one was to do.
        aero(*load(folder))
    assert world() == undisturbed[0]


@pytest.mark.parametrize("step", ["months cleaned", "flights switched", "flights recorded", "views built"])
def test_a_rebuild_killed_beside_a_load_and_run_again(undisturbed, folder, step):
    killed = started(beside("rebuild", folder), AERO_STOP_AT=step)
    until_somebody_writes()
    ended(started(load(folder)))
    ended(killed, may_fail=True)
    assert killed.returncode == KILLED
    aero(*beside("rebuild", folder))
    assert world() == undisturbed[0]
