"""What the environment says wrong is named with its variable, and never reaches a person as a traceback."""

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from aero.cli import main
from aero.errors import AeroError
from aero.settings import PORTS, load_settings

NUMBERS = {"AERO_KEEP_LOADS": "keep_loads", "AERO_AUDIT_DAYS": "audit_days", "AERO_HDFS_SECONDS": "hdfs_seconds"}
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@pytest.mark.parametrize("variable", NUMBERS)
@given(text=TEXTS)
@example(text="0")
@example(text="-1")
@example(text="nan")
@example(text="1e999")
@example(text="²")
def test_a_number_is_above_0_or_named(variable, text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, text)
        try:
            assert 0 < getattr(load_settings(), NUMBERS[variable]) < 10**400
        except AeroError as error:
            assert variable in error.problem and error.fix


@pytest.mark.parametrize("variable", ["AERO_PORT_OFFSET", "KAFKA_PORT"])
@given(text=TEXTS | st.integers().map(str))
@example(text="tcp://10.0.0.1:9092")
@example(text="56443")
@example(text="-2181")
def test_a_port_is_one_or_named(variable, text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, text)
        try:
            settings = load_settings()
        except AeroError as error:
            assert error.problem.startswith(f"{variable} is ") and "would be no port" in error.problem
        else:
            assert all(0 < settings.port(name.removesuffix("_PORT")) < 65_536 for name in PORTS)


def test_an_offset_moves_every_port_that_has_none_of_its_own(monkeypatch):
    monkeypatch.setenv("AERO_PORT_OFFSET", "1000")
    monkeypatch.setenv("KAFKA_PORT", "7")
    ports = {name: load_settings().port(name.removesuffix("_PORT")) for name in PORTS}
    assert ports == {name: port + 1000 for name, port in PORTS.items()} | {"KAFKA_PORT": 7}


@pytest.mark.parametrize("command", ["status", "board JFK --once", "schedule show", "user list", "logs kafka"])
def test_a_command_says_so_too(command):
    result = CliRunner().invoke(main, command.split(), env={"KAFKA_PORT": "tcp://10.0.0.1:9092"})
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    assert "Error: KAFKA_PORT is 'tcp://10.0.0.1:9092'" in result.output
