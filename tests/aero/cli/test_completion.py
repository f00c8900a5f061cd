"""The Tab key: a shell that has read what `aero completion` prints is told commands, options and values."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from aero.cli import main
from tests.command import AERO

# What bash does at the Tab key, in words that end with the one that is completed.
TAB = """
source <("{aero}" completion bash)
COMP_WORDS=({words} "{last}")
COMP_CWORD={number}
_aero_completion aero
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("words", "last", "completed"),
    [
        ("aero", "stat", ["status"]),
        ("aero status", "--w", ["--writers", "--within", "--watch"]),
        ("aero export --format", "p", ["parquet"]),
        ("aero alerts", "si", ["silence"]),
        ("aero --profile compose", "dow", ["down"]),
    ],
)
def test_bash_completes_commands_options_and_values(words, last, completed):
    script = TAB.format(aero=AERO, words=words, last=last, number=len(words.split()))
    path = os.pathsep.join([str(Path(AERO).parent), os.environ["PATH"]])
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=os.environ | {"PATH": path})
    assert ran.stdout.split() == completed, ran.stderr


# The same in zsh, whose function is called with what it would show put aside, and in fish, which can be asked.
ZSH = """
compdef() {{ : }}
compadd() {{ print -l -- "${{completions[@]}}" }}
_describe() {{ print -l -- "${{completions_with_descriptions[@]%%:*}}" }}
path=("{folder}" $path)
eval "$(aero completion zsh)"
words=({words} "{last}")
CURRENT={number}
_aero_completion
"""
FISH = """
set -p PATH "{folder}"
aero completion fish | source
complete --do-complete "{words} {last}" | string split -f 1 \\t
"""


@pytest.mark.parametrize(("shell", "script", "ahead"), [("zsh", ZSH, 1), ("fish", FISH, 0)])
@pytest.mark.parametrize(
    ("words", "last", "completed"),
    [
        ("aero", "stat", ["status"]),
        ("aero export --format", "p", ["parquet"]),
        ("aero alerts", "si", ["silence"]),
    ],
)
def test_so_do_other_shells(shell, script, ahead, words, last, completed):
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell}")
    asked = script.format(folder=Path(AERO).parent, words=words, last=last, number=len(words.split()) + ahead)
    ran = subprocess.run([shell, "-c", asked], capture_output=True, text=True)
    assert ran.stdout.split() == completed, ran.stderr


@pytest.mark.parametrize(("shell", "words"), [("zsh", "compdef _aero_completion aero"), ("fish", "complete ")])
def test_other_shells_have_theirs(shell, words):
    shown = CliRunner().invoke(main, ["completion", shell])
    assert shown.exit_code == 0 and words in shown.output and "_AERO_COMPLETE" in shown.output
