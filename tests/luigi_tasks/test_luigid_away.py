"""luigid ends in the middle of a run, and is started again: a real one, asked by Luigi's own workers."""

import os
import signal
import subprocess

import pytest

from aero import people, pipeline
from aero.cluster import provision, readiness, services
from aero.errors import AeroError
from aero.settings import load_settings
from luigi_tasks import __main__ as luigi_main
from tests.hadoop.servers import Servers
from tests.ports import free_port
from tests.waiting import until

pytestmark = pytest.mark.long

# Two tasks, each of which runs until its file `go` is there.
TASKS = """
import luigi, pathlib, time
class First(luigi.Task):
    folder = luigi.Parameter()
    def file(self, what): return pathlib.Path(self.folder, type(self).__name__ + what)
    def output(self): return luigi.LocalTarget(self.file(".done"))
    def run(self):
        with self.file(".runs").open("a") as runs: runs.write("once ")
        while not self.file(".go").exists(): time.sleep(0.1)
        self.file(".done").touch()
class Second(First):
    def requires(self): return First(folder=self.folder)
class Fails(luigi.Task):
    folder = luigi.Parameter()
    def run(self): raise ValueError("it fails")
class BehindOneThatFails(luigi.Task):
    folder = luigi.Parameter()
    def run(self): yield Fails(folder=self.folder)
"""


@pytest.fixture
def servers(tmp_path):
    started = Servers(tmp_path / "root")
    try:
        provision.luigi_history(started.settings, started.variables, [])
        _start_luigid(started)
        yield started
    finally:
        started.stop()


def _start_luigid(servers):
    servers.run("luigid", services.BY_NAME["luigid"].command(servers.variables))
    until(lambda: readiness.luigid(servers.settings) is None, seconds=60, may_be_away=False)


def _run(servers, folder, task):
    """A run of one of TASKS, as aero/pipeline.py starts those of the platform."""
    (folder / "tasks_of_a_test.py").write_text(TASKS)
    command = pipeline.command(servers.settings, task, {"folder": str(folder)})
    command[command.index("luigi_tasks.pipeline")] = "tasks_of_a_test"
    environment = {"PYTHONPATH": str(folder), "PATH": "/bin", **servers.variables}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def run(servers, tmp_path):
    """A run of First and Second."""
    process = _run(servers, tmp_path, "Second")
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_outlives_its_luigid(servers, run, tmp_path, ending):
    """It ended with 25 and no word, its first task done and its second never begun."""
    for task in ("First", "Second"):
        until((tmp_path / f"{task}.runs").exists, seconds=60)
        os.kill(servers.pid("luigid"), ending)
        servers.wait("luigid")
        (tmp_path / f"{task}.go").touch()
        until((tmp_path / f"{task}.done").exists, seconds=60)
        _start_luigid(servers)
    said, _ = run.communicate(timeout=120)
    assert run.returncode == 0, said
    assert [(tmp_path / f"{task}.runs").read_text() for task in ("First", "Second")] == ["once ", "once "]
    assert "luigid does not answer: this run waits for it." in said and "luigid answers again." in said
    assert "Traceback" not in said and "Warning: " not in said


def test_a_task_behind_one_that_failed_is_not_taken_for_a_forgotten_one(servers, tmp_path):
    """An increment whose load failed was told again five times, and ended with 25 and `luigid has forgotten`."""
    process = _run(servers, tmp_path, "BehindOneThatFails")
    said, _ = process.communicate(timeout=120)
    assert process.returncode == luigi_main.FAILED
    assert "it fails" in said and "forgotten" not in said


def test_one_that_stays_away_is_given_up_with_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    people.make_platform_accounts(load_settings())
    monkeypatch.setattr(luigi_main, "AWAY_SECONDS", 0.2)
    monkeypatch.setattr(luigi_main, "PAUSE_SECONDS", 0.1)
    with pytest.raises(AeroError, match=r"luigid has not answered for 0\.2 s: .*\n.*Then run the same again"):
        luigi_main.Fetcher().fetch(f"http://127.0.0.1:{free_port()}/api/ping", {}, 1)


def test_one_that_forgets_again_and_again_is_given_up_with_a_sentence(monkeypatch, caplog):
    def forgotten(_arguments):
        raise SystemExit(luigi_main.retcodes.retcode().not_run)

    monkeypatch.setattr(luigi_main, "luigi_run", forgotten)
    with pytest.raises(SystemExit) as end:
        luigi_main.main()
    assert end.value.code == luigi_main.retcodes.retcode().not_run
    assert "Run the same again: it goes on from what is there." in caplog.text
