"""A live source of a test's own, one entry of the registry, is known wherever a live source is asked for."""

import json
import subprocess
import sys

import pytest

from aero.datasets import REPOSITORY
from aero.live.sources import SOURCES

# Run in a Python of its own: the lists are made of the registry when their modules are imported.
BEGIN = """
import sys, json, types
from aero.live import sources
lighthouse = types.ModuleType("lighthouse")
lighthouse.run = lambda settings, stop: print("lighthouse runs", settings.home.name)
sys.modules["lighthouse"] = lighthouse
entry = sources.LiveSource("lighthouse", "Source of live events: a keeper", "lighthouse", key_variables=("LAMP_KEY",))
sources.SOURCES["lighthouse"] = entry
"""


@pytest.fixture
def python(tmp_path):
    """Runs a script that knows the source `lighthouse`; its output."""

    def run(script):
        command, variables = [sys.executable, "-c", BEGIN + script], {"AERO_HOME": str(tmp_path)}
        result = subprocess.run(command, cwd=REPOSITORY, env=variables, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


def test_it_is_a_service_on_demand(python):
    script = """
from aero.cluster import services
service = services.BY_NAME["lighthouse"]
print(json.dumps([service.what, service.main.split()[1:], service.on_demand]))
"""
    command = ["-m", "aero.live.sources.process", "lighthouse"]
    assert json.loads(python(script)) == ["Source of live events: a keeper", command, True]


def test_it_can_be_started(python):
    script = """
from aero.cli.live import start
print(json.dumps(next(option for option in start.params if option.name == "source").type.choices))
"""
    assert json.loads(python(script)) == [*SOURCES, "lighthouse"]


def test_its_key_is_handed_to_the_containers_and_it_is_not_one_that_always_runs(python):
    script = """
from aero.cluster import compose
print("LAMP_KEY" in compose._PASSED_ON, "lighthouse" in compose.ALWAYS)
"""
    assert python(script).split() == ["True", "False"]


def test_an_event_may_come_from_it(python):
    script = """
from aero.live.event import FIELDS
[field] = [field for field in FIELDS if field.name == "source"]
print(field.checked("lighthouse"), field.meaning)
"""
    assert python(script).split() == "lighthouse Who says so: replay, aviationstack, opensky, lighthouse".split()


def test_its_process_runs_it(python, tmp_path):
    script = """
from aero import settings
settings.START_SECONDS = 0
from aero.live.sources import process
sys.argv[1:] = ["lighthouse"]
process.main()
"""
    assert python(script) == f"lighthouse runs {tmp_path.name}\n"
    assert json.loads((tmp_path / "live" / "lighthouse.json").read_text())["state"] == "ended"


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_offers_what_the_others_ask_it_for(name):
    module = SOURCES[name].load()
    assert all(callable(getattr(module, function)) for function in ("config_of", "read_key", "run"))


def test_the_registry_imports_no_source_and_no_client():
    heavy = ["kafka", "happybase", "requests", "hdfs", "aero.live.sources.opensky", "aero.live.replay"]
    script = f"import sys, aero.live.sources, aero.live.event; print(sorted(set({heavy}) & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True)
    assert result.stdout == "[]\n", result.stderr
