"""The command over all its checks: one that hangs, one whose server goes away, and what people and scripts see."""

import threading

import hdfs
import pytest
from click.testing import CliRunner

from aero.cli import main
from aero.errors import AeroError
from aero.ops import doctor
from aero.ops.doctor import machine, mending
from aero.ops.doctor.finding import Finding
from tests.printed import printed

TROUBLE = Finding("lost-blocks", "HDFS has lost blocks.", ("hdfs:/aero/a",), "Put them back.")


@pytest.fixture
def examined(monkeypatch, tmp_path):
    """A function that runs `aero doctor` with these checks alone."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))

    def run(*checks, words=()):
        monkeypatch.setattr(doctor, "checks", lambda _: checks)
        return CliRunner().invoke(main, ["doctor", *words])

    return run


def test_what_is_found_is_shown_with_its_evidence_and_what_to_do(examined):
    shown = examined(lambda _: [TROUBLE], lambda _: [])
    assert shown.exit_code == 1
    assert shown.output == (
        "lost-blocks: HDFS has lost blocks.\n    hdfs:/aero/a\n  → Put them back.\n\n"
        "1 found by 2 checks. Nothing runs: aero up\n"
    )


def test_for_scripts_it_is_json(examined):
    shown = examined(lambda _: [TROUBLE], words=["--json"])
    assert printed("doctor", shown.output) == [
        {"name": "lost-blocks", "what": TROUBLE.what, "evidence": ["hdfs:/aero/a"], "do": "Put them back.", "about": ""}
    ]
    assert examined(lambda _: [], words=["--json"]).output == "[]\n"


def test_where_nothing_is_found_the_exit_code_is_0(examined):
    shown = examined(lambda _: [])
    assert (shown.exit_code, shown.output) == (0, "Nothing found by 1 checks. Nothing runs: aero up\n")


def test_a_check_that_hangs_keeps_no_other_waiting(examined):
    never = threading.Event()

    def lost_blocks(_):
        never.wait()

    shown = examined(lost_blocks, lambda _: [TROUBLE], words=["--within", "0.2"])
    never.set()
    assert shown.exit_code == 1 and "Lost blocks could not be looked at in 0.2 s." in shown.output
    assert TROUBLE.what in shown.output


@pytest.mark.parametrize("fault", [AeroError("HDFS is away.", "Start it."), hdfs.HdfsError("away"), OSError("away")])
def test_a_server_that_goes_away_meanwhile_is_named_and_no_traceback(examined, fault):
    def blocks(_):
        raise fault

    shown = examined(blocks, blocks)
    assert shown.exit_code == 1 and "away" in shown.output and "1 found by 2 checks" in shown.output


def test_what_is_safe_is_mended_and_looked_at_again_and_all_else_is_left(examined, tmp_path, monkeypatch):
    started, folder = [], tmp_path / "secrets"
    folder.mkdir()
    folder.chmod(0o755)
    monkeypatch.setattr(mending.Startup, "run", lambda self, names: started.extend(names))

    def ended(_):
        return [] if started else [Finding("ended", "kafka has ended.", (), "aero up", "kafka")]

    checks = (machine.privacy, ended, lambda _: [TROUBLE])
    monkeypatch.setenv("AERO_SECRETS_DIR", str(folder))
    tmp_path.chmod(0o700)
    assert "3 found by 3 checks" in examined(*checks).output and (started, _mode(folder)) == ([], 0o755)
    shown = examined(*checks, words=["--fix"])
    assert shown.exit_code == 1 and "1 found by 3 checks" in shown.output and TROUBLE.what in shown.output
    assert f"mended: closed {folder} to other users\nmended: started kafka\n" in shown.output
    assert (started, _mode(folder)) == (["kafka"], 0o700)
    assert "mended" not in examined(*checks, words=["--fix"]).output


def _mode(folder):
    return folder.stat().st_mode & 0o777


def test_every_check_is_one_of_the_command_s():
    from aero.ops.doctor import data, folders, machine, processes, servers
    from aero.settings import load_settings

    known = set(doctor.checks(load_settings()))
    written = {
        value
        for module in (data, folders, machine, processes, servers)
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__ and callable(value)
    }
    assert written == known
