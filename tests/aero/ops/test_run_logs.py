"""`aero logs --run`: what Luigi, Spark's driver, YARN and the containers wrote of a run, in one format and order."""

import os
from dataclasses import replace

import pytest
from click.testing import CliRunner

from aero import pipeline, run_log
from aero.cli import logs, main
from aero.cluster import probes, services
from aero.errors import AeroError
from aero.ops import run_logs
from aero.settings import load_settings
from tests.printed import printed

RUN, OTHER = "20261129T044658.514220Z", "20261128T010000.000000Z"
APPLICATION = "application_1795874731969_0004"
OWN = f"""\
2026-11-29T04:46:58.600Z {RUN} - aero INFO run begins: LoadFlights: a load of 2013-01 to 2013-02
2026-11-29T04:47:00.000Z {RUN} 2013-02 landing INFO landed
2026-11-29T04:47:14.000Z {RUN} - spark INFO application: {APPLICATION}
2026-11-29T04:47:40.000Z {RUN} 2013-02 luigi INFO CleanFlights failed rows_as_landed: 24950 of 24951
2026-11-29T04:47:50.000Z {RUN} - aero ERROR run ended: failed with 1 after 51.4 s
"""
DRIVER = """\
WARNING: Using incubator modules: jdk.incubator.vector
2026-11-29 04:47:20 WARN TaskSetManager: Lost task 0.0
java.lang.OutOfMemoryError: Java heap space
"""
CONTAINER = "2026-11-29 04:47:18 ERROR Executor: 2013-02 broke\n"
APP = {
    "id": APPLICATION, "name": f"aero-application {RUN}", "startedTime": 1795927628000, "finishedTime": 1795927668000,
    "finalStatus": "FAILED", "diagnostics": "Container killed\n on request", "memorySeconds": 90000, "vcoreSeconds": 60,
}  # fmt: skip


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """A data root with two runs, of which the newer one had an application; a ResourceManager that is away."""
    known = replace(load_settings(), home=tmp_path)
    for run, text in ((RUN, OWN), (OTHER, OWN.splitlines()[0].replace(RUN, OTHER))):
        run_log.folder(known, run).mkdir(parents=True)
        (run_log.folder(known, run) / "run.log").write_text(text)
    (run_log.folder(known, RUN) / "spark-1.log").write_text(DRIVER)
    container = tmp_path / "logs" / "yarn" / APPLICATION / "container_1795874731969_0004_01_000002"
    container.mkdir(parents=True)
    (container / "stderr").write_text(CONTAINER)
    (container / "launch_container.sh").write_text("export SECRET=x\n")
    monkeypatch.setattr(probes, "json_page", lambda *_: None)
    monkeypatch.setattr(logs, "load_settings", lambda: known)
    return known


def told(settings, run=RUN, **how):
    return [(one.at[11:19], one.month, one.part, one.level, one.words) for one in run_logs.lines(settings, run, **how)]


def test_all_that_wrote_of_a_run_is_in_the_order_of_time(settings):
    assert told(settings) == [
        ("04:46:58", "-", "aero", "INFO", "run begins: LoadFlights: a load of 2013-01 to 2013-02"),
        ("04:47:00", "2013-02", "landing", "INFO", "landed"),
        ("04:47:14", "-", "spark", "INFO", f"application: {APPLICATION}"),
        ("04:47:18", "-", "container-000002", "ERROR", "Executor: 2013-02 broke"),
        ("04:47:20", "-", "spark-driver", "INFO", "WARNING: Using incubator modules: jdk.incubator.vector"),
        ("04:47:20", "-", "spark-driver", "WARN", "TaskSetManager: Lost task 0.0"),
        ("04:47:20", "-", "spark-driver", "WARN", "java.lang.OutOfMemoryError: Java heap space"),
        ("04:47:40", "2013-02", "luigi", "INFO", "CleanFlights failed rows_as_landed: 24950 of 24951"),
        ("04:47:50", "-", "aero", "ERROR", "run ended: failed with 1 after 51.4 s"),
    ]
    assert len(told(settings, month="2013-02")) == 2


def test_yarn_says_when_its_application_began_and_how_it_ended(settings, monkeypatch):
    asked = []
    pages = {f"/ws/v1/cluster/apps/{APPLICATION}": {"app": APP}}
    monkeypatch.setattr(probes, "json_page", lambda _, door, path: asked.append(path) or pages.get(path))
    yarn = [one for one in told(settings) if one[2] == "yarn"]
    assert yarn == [
        ("04:47:08", "-", "yarn", "INFO", f"{APPLICATION} aero-application {RUN} submitted"),
        (
            "04:47:48",
            "-",
            "yarn",
            "ERROR",
            f"{APPLICATION} ended FAILED Container killed on request; 90,000 MB s, 60 core s",
        ),
    ]
    assert asked[0] == f"/ws/v1/cluster/apps?applicationTags=aero-run-{RUN.lower()}"


def test_an_application_that_said_nothing_is_found_by_its_tag(settings, monkeypatch):
    tagged = {"apps": {"app": [{"id": APPLICATION}]}}
    monkeypatch.setattr(
        probes, "json_page", lambda _, door, path: tagged if "applicationTags" in path else {"app": APP}
    )
    assert {one[2] for one in told(settings, OTHER)} == {"aero", "yarn", "container-000002"}


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("", (RUN, None)), (OTHER, (OTHER, None)), ("20261128", (OTHER, None)), (f"{RUN}-2013-02", (RUN, "2013-02"))],
)
def test_a_run_is_the_last_or_that_of_the_id_or_an_increments(settings, asked, meant):
    assert run_logs.found(settings, asked) == meant


@pytest.mark.parametrize(("asked", "words"), [("2027", "No log of a run '2027'"), ("202611", "2 runs begin with")])
def test_an_id_of_no_run_or_of_more_is_refused(settings, asked, words):
    with pytest.raises(AeroError, match=words):
        run_logs.found(settings, asked)


def test_the_command_shows_the_last_run_and_which_there_are(settings):
    shown = CliRunner().invoke(main, ["logs", "--run", "-n", "1", "--json"])
    assert printed("logs --run", shown.output)["words"] == "run ended: failed with 1 after 51.4 s"
    shown = CliRunner().invoke(main, ["logs", "--runs"])
    assert shown.output.splitlines() == [
        f"{OTHER}  LoadFlights: a load of 2013-01 to 2013-02: no end said",
        f"{RUN}  LoadFlights: a load of 2013-01 to 2013-02: failed with 1 after 51.4 s",
    ]
    last = CliRunner().invoke(main, ["logs", "--runs", "-n", "1", "--json"])
    assert printed("logs --runs", last.output)["run"] == RUN
    file = services.log_file(settings, "kafka")
    file.write_text("began\n[ended]\n")
    line = CliRunner().invoke(main, ["logs", "kafka", "-n", "1", "--json"])
    assert printed("logs", line.output) == {"service": "kafka", "line": "[ended]"}
    assert "One of a service, --run and --runs" in CliRunner().invoke(main, ["logs"]).output


@pytest.mark.parametrize(
    ("line", "how", "level"),
    [
        ("exit 40", "failed with 40 after", "ERROR"),
        ("kill -9 $$", "ended by SIGKILL after", "ERROR"),
        ("exit 0", "done after", "INFO"),
    ],
)
def test_the_pipeline_says_how_its_run_ended_and_gives_it_its_id(settings, tmp_path, line, how, level):
    words = ["sh", "-c", f'echo "$AERO_RUN_ID" > {tmp_path}/id; {line}']
    pipeline._logged(settings, "20261130T000000.000000Z", "FindMonths: x", words, os.environ | {"AERO_RUN_ID": "mine"})
    first, last = told(settings, "20261130T000000.000000Z")
    assert first[4] == "run begins: FindMonths: x" and last[4].startswith(f"run ended: {how}") and last[3] == level
    assert (tmp_path / "id").read_text() == "mine\n"
