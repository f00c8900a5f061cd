"""The manual page, as `aero man` prints it and man shows it."""

import os
import re
import shutil
import subprocess

import click
import pytest
from click.testing import CliRunner

from aero.cli import main, man


@pytest.fixture(scope="module")
def page():
    shown = CliRunner().invoke(main, ["man"])
    assert shown.exit_code == 0, shown.output
    return shown.output


def _commands(group, path):
    for name in group.commands:
        command = group.commands[name]
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")


def test_every_command_and_option_is_in_the_page(page):
    sections = dict(re.findall(r"^\.SS (.+)\n((?:(?!^\.S[SH] ).*\n)*)", page, re.MULTILINE))
    commands = dict(_commands(main, "aero"))
    assert sections.keys() == {path.replace("-", "\\-") for path in commands} and len(commands) > 60
    for path, command in commands.items():
        named = sections[path.replace("-", "\\-")].replace("\\-", "-")
        options = {name for one in command.params if isinstance(one, click.Option) for name in one.opts}
        assert options <= set(re.findall(r"-[\w-]+", named)), path


def test_words_of_a_command_are_no_words_of_man():
    command = click.Command(
        "sharp", help=".hql files\n\n\b\nsharp '\\n'\n'quoted'", params=[click.Option(["--cut/--keep"])]
    )
    assert list(man._help(command)) == [
        "\\&.hql files",
        ".PP",
        ".RS 4",
        ".nf",
        "sharp '\\en'",
        "\\&'quoted'",
        ".fi",
        ".RE",
    ]


def test_a_line_begins_with_a_word_of_man_s_or_with_text(page):
    known = (".TH ", ".SH ", ".SS ", ".PP", ".TP", ".B ", ".RS 4", ".RE", ".nf", ".fi")
    assert [line for line in page.splitlines() if line.startswith((".", "'")) and not line.startswith(known)] == []


@pytest.mark.skipif(not (shutil.which("man") and shutil.which("groff")), reason="man or groff is not there")
def test_man_shows_the_page_without_a_warning(page, tmp_path):
    file = tmp_path / "aero.1"
    file.write_text(page)
    shown = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", str(file)], capture_output=True, text=True,
        env=os.environ | {"MANPAGER": "cat", "MANWIDTH": "100"},
    )  # fmt: skip
    assert (shown.returncode, shown.stderr) == (0, "") and "aero clean-slate" in shown.stdout
