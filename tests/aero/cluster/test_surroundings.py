"""What a service finds around it: its own folders, and nothing of the shell that started it but what it needs."""

import os
import re
import stat
import subprocess
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from aero.cluster import services, spark, supervision, surroundings
from aero.cluster.java_runtime import HADOOP
from aero.datasets import REPOSITORY
from aero.settings import load_settings
from tests.waiting import until


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLOUD_TOKEN", "of something else")
    monkeypatch.setenv("TZ", "America/New_York")
    monkeypatch.setenv("OPENSKY_CLIENT_SECRET", "of one source")
    monkeypatch.setenv("HDFS_CHECKPOINT_SECONDS", "30")
    before = os.umask(surroundings.UMASK)  # As `aero` sets it.
    yield load_settings()
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _environment(pid: int) -> dict[str, str]:
    """The variables of a process; none before it has become its program."""
    variables = psutil.Process(pid).environ() if pid else {}
    return variables if "AERO_PEOPLE" in variables else {}


def test_a_service_sees_nothing_of_the_shell_but_what_it_declares(settings):
    surroundings.prepare(settings, Console(quiet=True), anew=True)
    supervisor, seen = supervision.Supervisor(settings), {}
    supervisor.start()
    try:
        supervisor.start_process("scheduler")  # It waits for the others.
        until(lambda: seen.update(_environment(supervisor.process("scheduler").pid)) or seen)
        until(lambda: (settings.home / "logs" / "scheduler.log").is_file())
    finally:
        supervisor.shutdown()
    assert not {"CLOUD_TOKEN", "OPENSKY_CLIENT_SECRET"} & set(seen)
    assert seen["PATH"] == os.environ["PATH"] and seen["HDFS_CHECKPOINT_SECONDS"] == "30"
    assert seen["TMPDIR"] == str(settings.home / "tmp") and seen["TZ"] == "UTC"
    open_to_others = [path for path in settings.home.rglob("*") if not path.is_symlink() and _mode(path) & 0o077]
    assert (settings.home / "run" / "supervisord.conf").is_file() and not open_to_others


def test_so_does_an_application_of_spark(settings):
    _, variables = spark.application(settings, "application")
    assert not {"CLOUD_TOKEN", "OPENSKY_CLIENT_SECRET"} & set(variables)
    assert {"PATH", "HADOOP_CONF_DIR", "SPARK_HOME"} <= set(variables) and variables["TZ"] == "UTC"


def test_every_variable_that_a_service_reads_reaches_it(settings, monkeypatch):
    """By its name in the code: else who sets it finds that nothing changes."""
    code = [file.read_text() for name in ("aero", "superset", "jobs") for file in (REPOSITORY / name).rglob("*.py")]
    read = {name for text in code for name in re.findall(r'os\.environ(?:\.get\(|\[)"([A-Z]\w+)"', text)}
    given = {"OPENSKY_CLIENT_ID", "OPENSKY_CLIENT_SECRET", "SUPERSET_ADMIN", "SUPERSET_READER", "COMPOSE_PROJECT_NAME"}
    for name in read:
        monkeypatch.setenv(name, "1")
    assert len(read) > 20 and read - {*surroundings.variables(), *services.environment(settings)} == given


def test_folders_that_were_open_are_closed_and_old_temporary_files_go(settings, capsys):
    settings.home.mkdir()
    settings.home.chmod(0o755)
    settings.temporary.mkdir()
    (settings.temporary / "old").touch()
    surroundings.prepare(settings, Console(width=300), anew=False)
    assert _mode(settings.home) == 0o700 and (settings.temporary / "old").exists()
    assert f"closed   {settings.home} to other users" in capsys.readouterr().out
    surroundings.prepare(settings, Console(width=300), anew=True)
    assert _mode(settings.temporary) == 0o700 and not (settings.temporary / "old").exists()
    assert "closed" not in capsys.readouterr().out


@pytest.mark.parametrize(("user", "is_warned"), [(0, True), (1000, False)])
def test_root_is_told_to_take_another_account(settings, capsys, monkeypatch, user, is_warned):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    surroundings.prepare(settings, Console(width=300), anew=True)
    assert ("You are root" in capsys.readouterr().out) == is_warned


def test_java_leaves_nothing_in_tmp(settings, tmp_path):
    source = tmp_path / "Temporary.java"
    source.write_text(
        "public class Temporary { public static void main(String[] none) throws Exception {"
        ' System.out.println(java.io.File.createTempFile("old", "new") + " " + ProcessHandle.current().pid()); } }'
    )
    surroundings.prepare(settings, Console(quiet=True), anew=True)
    variables = services.environment(settings)
    done = subprocess.run([*HADOOP.command(variables), str(source)], env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    file, pid = done.stdout.split()
    assert Path(file).parent == settings.temporary
    assert not list(Path("/tmp").glob(f"hsperfdata_*/{pid}"))
