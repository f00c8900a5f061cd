"""The audit's lines: whole whoever writes beside one, private, cut and rotated by size, and read back."""

import json
import stat
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from aero import audit
from aero.audit import Entry, Outcome
from aero.datasets import REPOSITORY
from aero.instants import utc_now

HOUR = timedelta(hours=1)


def write(home, what="select 1", door="hiveserver2", outcome=Outcome.ALLOWED):
    audit.write(home, door, "ann", "127.0.0.1", what, outcome, "because")


def test_a_line_has_the_fields_that_doors_in_java_write_too(tmp_path):
    write(tmp_path)
    [line] = (tmp_path / "logs/audit/hiveserver2.jsonl").read_text().splitlines()
    fields = json.loads(line)
    assert list(fields) == ["at", "door", "who", "from", "what", "outcome", "why"]
    assert fields["at"].endswith("Z") and fields["from"] == "127.0.0.1" and fields["outcome"] == "allowed"


def test_what_was_written_is_read_in_order_of_time_and_since_an_instant(tmp_path):
    for number in range(3):
        write(tmp_path, f"select {number}", door=["spark", "hiveserver2"][number % 2])
        time.sleep(0.002)  # Instants are written to the millisecond.
    found = audit.read(tmp_path, utc_now() - HOUR)
    assert [one.what for one in found] == ["select 0", "select 1", "select 2"]
    assert {one.door for one in found} == {"spark", "hiveserver2"}
    assert audit.read(tmp_path, utc_now() + HOUR) == []


def test_nobody_else_may_read_it(tmp_path):
    write(tmp_path)
    assert stat.S_IMODE((tmp_path / "logs/audit").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "logs/audit/hiveserver2.jsonl").stat().st_mode) == 0o600


def test_text_cannot_forge_a_line_nor_move_a_terminal(tmp_path):
    write(tmp_path, 'select 1\n{"at": "2026-01-01T00:00:00Z"}\x1b[2J')
    content = (tmp_path / "logs/audit/hiveserver2.jsonl").read_bytes()
    assert content.count(b"\n") == 1 and b"\x1b" not in content


def test_long_text_is_cut_and_says_so(tmp_path):
    write(tmp_path, "x" * 1_000_000)
    [entry] = audit.read(tmp_path, utc_now() - HOUR)
    assert len(entry.what) == audit.LONGEST and entry.what.endswith("…")


def test_a_full_file_is_put_aside_and_the_oldest_is_let_go(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "FILE_BYTES", 1000)
    for number in range(60):
        write(tmp_path, f"select {number}")
    names = sorted(path.name for path in (tmp_path / "logs/audit").glob("*.jsonl*"))
    assert names[1:] == [f"hiveserver2.jsonl.{number}" for number in range(1, audit.FILES_KEPT + 1)]
    found = [one.what for one in audit.read(tmp_path, utc_now() - HOUR)]
    # The newest are all there, in order, and the first are gone.
    assert found == [f"select {number}" for number in range(60 - len(found), 60)] and 20 < len(found) < 60


def test_processes_that_write_at_once_never_mix_lines_nor_lose_any(tmp_path):
    program = (
        "import sys; from pathlib import Path; from aero import audit; audit.FILE_BYTES = 100_000\n"
        "home, who = Path(sys.argv[1]), sys.argv[2]\n"
        "for n in range(200): audit.write(home, 'spark', who, '', 'x' * 300, audit.Outcome.ALLOWED)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    writers = [subprocess.Popen([*command, f"w{number}"], cwd=REPOSITORY) for number in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    lines = [line for path in audit.parts(tmp_path, "spark") for line in path.read_bytes().splitlines()]
    assert len([Entry.from_line(line) for line in lines]) == 800


@pytest.mark.parametrize("line", ["", "no json", "[]", "3", '{"at": "yesterday"}', '{"at": 3, "outcome": "allowed"}'])
def test_what_is_no_line_is_passed_over(tmp_path, line):
    write(tmp_path)
    with (tmp_path / "logs/audit/hiveserver2.jsonl").open("a") as file:
        file.write(f"{line}\n")
    write(tmp_path)
    assert len(audit.read(tmp_path, utc_now() - HOUR)) == 2


def test_a_data_root_without_an_audit_has_no_lines(tmp_path):
    assert audit.read(tmp_path, utc_now() - HOUR) == []
