"""What a source, a file or another person wrote is text in a terminal: it is shown, and does nothing."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from rich.live import Live
from rich.table import Table
from rich.text import Text

from aero.cli import explain, sql
from aero.cli.board import _legs
from aero.cli.live import _print_status
from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.live import board
from aero.plain import echo, plain
from aero.run_reports import Landing, LandingOutcome
from aero.screen import Console
from luigi_tasks.landing.progress import LandingProgress

# Markup that closes nothing, clears the screen, sets a title, deletes a line, and turns the direction. What rings or
# goes back rich leaves out by itself.
ODD = "[/x]\x1b[2J\x1b]0;title\x1b\\\x9b2KABC\u202e[red]"
SHOWN = "[/x][2J]0;title\\2KABC[red]"
RICHS = re.compile(r"from rich\.console import .*\bConsole\b|from rich import (console|print)")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def printed(show, **options):
    file = io.StringIO()
    show(Console(file=file, width=200, highlight=False, **options))
    return file.getvalue()


def in_table(console):
    table = Table()
    table.add_column(Text(ODD))
    table.add_row(Text(ODD))
    console.print(table)


def in_live(console):
    with Live(Text(ODD), console=console, auto_refresh=False):
        pass


@pytest.mark.parametrize(
    "show",
    [
        lambda console: console.print(ODD, markup=False),
        lambda console: console.print(Text(ODD)),
        lambda console: console.rule(Text(ODD)),
        in_table,
        in_live,
    ],
    ids=["plain", "text", "rule", "table", "live"],
)
@pytest.mark.parametrize("is_terminal", [False, True])
def test_a_console_shows_what_is_odd_and_does_nothing_that_it_says(show, is_terminal):
    text = ESCAPES.sub("", printed(show, force_terminal=is_terminal))
    assert SHOWN in text
    assert plain(text.replace("\r", "")) == text.replace("\r", "")


def test_colours_of_our_own_are_kept():
    assert printed(lambda console: console.print("[green]ready[/]"), force_terminal=True).startswith("\x1b[32mready")


def test_lines_and_tabulators_are_no_commands():
    assert plain("a\n\tb é 日本") == "a\n\tb é 日本"
    assert plain(f"{ODD}\r\a\b") == SHOWN


def test_an_error_and_a_line_are_shown_as_they_are(capsys):
    assert AeroError(f"{ODD}: damaged").format_message() == f"{SHOWN}: damaged"
    echo(ODD)
    assert capsys.readouterr().out == f"{SHOWN}\n"


def test_a_board_shows_a_gate_of_any_name():
    at = datetime(2013, 7, 10, 22, 30, tzinfo=UTC)
    zone = board.zone_of("JFK")
    lines = [board.Line(at, at + timedelta(minutes=5), ODD, ODD, ODD, "delayed", "late 62 %")]
    shown = board.Board("JFK", zone, at, lines, lines)
    assert printed(lambda console: console.print(board.rendered(shown))).count(SHOWN) == 6


def test_a_flight_shows_a_tail_number_of_any_name():
    leg = {"flight_date": ODD, "origin_id": ODD, "destination_id": ODD, "status": ODD, "tail_number": ODD}
    assert printed(lambda console: console.print(_legs([leg]))).count(SHOWN) == 5


def test_the_live_status_shows_a_fault_of_any_words():
    process = {"state": "failed", "running": False, "problem": ODD}
    batch = dict.fromkeys("batch_id batch_milliseconds rows_in kafka_lag".split(), 1) | {"started_at": ODD[:19]}
    batch |= {f"rows_{name}": 0 for name in ("processed", "rejected", "late", "missing")}
    facts = {"processes": {"opensky": process}, "batch": batch, "clock": None, "states": {ODD: 1}, "replay": None}
    text = printed(lambda console: _print_status(facts, console))
    assert text.count(SHOWN) == 2 and plain(ODD[:19]) in text


def test_a_landing_shows_a_message_of_any_words():
    file = io.StringIO()
    progress = LandingProgress(Console(file=file, width=200, soft_wrap=True))
    progress.tell(Landing(2013, 1, LandingOutcome.FAILED, ODD))
    progress.say(ODD)
    assert file.getvalue().count(SHOWN) == 2


@pytest.mark.parametrize("width", [10, 200])
def test_an_answer_of_sql_shows_columns_and_cells_of_any_text(monkeypatch, width):
    file = io.StringIO()
    monkeypatch.setattr(sql, "Console", lambda **options: Console(file=file, width=width, soft_wrap=True))
    sql._print_table([ODD], [(ODD,), (None,)])
    assert file.getvalue().count(SHOWN) >= 2


def test_an_explanation_shows_a_flight_of_any_name(monkeypatch):
    file = io.StringIO()
    monkeypatch.setattr(explain, "Console", lambda **options: Console(file=file, width=300, soft_wrap=True))
    manifest = dict.fromkeys(("source", "url", "sha256", "landed_at"), ODD) | {"size": 1}
    flight = dict.fromkeys((*explain.SHOWN, "load_id"), ODD)
    view = {"flights": 1, "view_name": "x", "counted_in": ODD}
    explain._print(
        {"raw": {"path": ODD, "number": 1, "text": ODD, "manifest": manifest}, "flight": flight, "views": [view]}
    )
    assert file.getvalue().count(SHOWN) >= 20


def test_a_log_is_shown_without_its_commands_to_the_terminal(tmp_path, monkeypatch):
    from aero.cli import logs

    (tmp_path / "log").write_bytes(f"first\nlast {ODD}\n".encode() + b"\xff\n")
    monkeypatch.setattr(logs.services, "log_file", lambda *_: tmp_path / "log")
    result = CliRunner().invoke(logs.logs, ["kafka", "-n", "2"])
    assert result.output == f"last {SHOWN}\n�\n"


def test_every_console_is_this_one():
    folders = (REPOSITORY / folder for folder in ("aero", "luigi_tasks"))
    files = {path.name for folder in folders for path in folder.rglob("*.py") if RICHS.search(path.read_text())}
    assert files == {"screen.py"}
