"""Whatever is typed behind a command, it is taken or refused in a sentence: never a traceback."""

import os
from datetime import datetime

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aero.cli import main
from aero.errors import AeroError
from aero.ops import as_of

ODD = [
    "", "-1", "0", "1e999", "nan", "inf%", "-5%", "2013-13", "0000-00", "9999-12", "2013-02-30", "0001-01-01",
    "9999-12-31", "0001-01-01 00:00 +14:00", "9999-12-31 23:59 -12:00", "2013-02-01 Europe/Nowhere", "2013-02-01 ../x",
    "999999d", "1h", "--", "-", "=", "a=b=c", "²", "٣", "é" * 300, "\udce9", "a\nb", "[/b]", "'; drop table x; --",
]  # fmt: skip
TEXTS = st.sampled_from(ODD) | st.text(st.characters(exclude_characters="\0"), max_size=30)


def _leaves(command=main, name="aero"):
    """Every command that is no group, by its words."""
    if not isinstance(command, click.Group):
        return {name: command}
    with click.Context(command) as context:
        below = [(one, command.get_command(context, one)) for one in command.list_commands(context)]
    return {words: leaf for one, found in below for words, leaf in _leaves(found, f"{name} {one}").items()}


COMMANDS = _leaves()


@pytest.fixture(scope="module", autouse=True)
def _environment():
    """Some options set variables for the process; it is the tests' process here."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def _refused_or_taken(command, words):
    try:
        command.make_context("aero", words)
    except (AeroError, click.ClickException) as refused:
        assert refused.format_message()
    except click.exceptions.Exit as ended:  # --help, --version
        assert ended.exit_code == 0


def test_the_commands_are_known():
    assert {"aero load", "aero live start", "aero user add", "aero schedule set"} <= COMMANDS.keys()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_odd_value_of_each_option_and_argument_is_taken_or_refused(name):
    command = COMMANDS[name]
    for parameter in command.params:
        for odd in ODD:
            if isinstance(parameter, click.Option):
                _refused_or_taken(command, [parameter.opts[0], odd])
                _refused_or_taken(command, [f"{parameter.opts[0]}={odd}"])
            else:
                _refused_or_taken(command, ["--", odd])


@given(st.data())
def test_any_words_are_taken_or_refused(data):
    command = COMMANDS[data.draw(st.sampled_from(sorted(COMMANDS)))]
    options = [word for one in command.params if isinstance(one, click.Option) for word in one.opts]
    words = data.draw(st.lists(TEXTS | st.sampled_from(options or [""]), max_size=6))
    _refused_or_taken(command, words)


@given(TEXTS | st.datetimes().map(str) | st.builds("{0:%Y-%m-%d} {1}".format, st.datetimes(), TEXTS))
@example("0001-01-01 00:00 +14:00")
@example("9999-12-31 23:59 -12:00")
@example("2013-02-01 Etc")
def test_a_time_as_of_which_is_asked_is_one_or_a_value_error(text):
    try:
        assert isinstance(as_of.instant(text), datetime)
    except ValueError as refused:
        assert str(refused)
