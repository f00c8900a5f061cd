"""What each command that changes something leaves in the audit: who ran it, with which words, and how it ended."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from aero.settings import load_settings

# They only look, or ask a server that writes it down by itself.
LOOKING = frozenset({"audit", "beeline", "board", "checks", "completion", "coverage", "diff", "doctor", "explain",
                     "fetch", "flight", "freshness", "inspect", "lineage", "logs", "metrics", "months", "notebook",
                     "schema", "spark-history", "sql", "status", "superset", "versions"})  # fmt: skip
LOOKING_PARTS = frozenset(
    {
        ("alerts", "list"),
        ("alerts", "test"),
        ("forecast", "backtest"),
        ("forecast", "models"),
        ("forecast", "show"),
        ("forecast", "track"),
        ("report", "list"),
        ("schedule", "show"),
        ("user", "list"),
        ("wall", "list"),
        ("firewall",),
        ("firewall", "--print"),
    }
)


def is_looking(words: list[str]) -> bool:
    """Whether a command changes nothing, or not what an audit is for."""
    is_help = not words or {"-h", "--help", "--dry-run"} & set(words)
    return bool(is_help) or words[0] in LOOKING or tuple(words) in LOOKING_PARTS or tuple(words[:2]) in LOOKING_PARTS


@contextmanager
def written_down(words: list[str]) -> Iterator[None]:
    """Write down how a command ended, `words` being its name and arguments when it has ended. Nothing is written before
    there is a data root."""
    why = ""
    try:
        yield
    except BaseException as end:
        why = _reason(end)
        raise
    finally:
        home = load_settings().home
        if not is_looking(words) and home.is_dir():
            with suppress(OSError):  # A full disk must not keep a command from saying what it did.
                _write(home, words, why)


def _write(home: Path, words: list[str], why: str) -> None:
    """One line of the audit. What that takes is imported here: commands that only look are quicker without it."""
    import shlex

    from aero import audit

    outcome = audit.Outcome.FAILED if why else audit.Outcome.ALLOWED
    audit.write(home, "cli", _who(), "", f"aero {shlex.join(words)}", outcome, why)


def _reason(end: BaseException) -> str:
    """Why a command failed, by what it raised; nothing where it ended well."""
    if isinstance(end, click.ClickException):
        return end.format_message()
    if isinstance(end, SystemExit | click.exceptions.Exit):
        code = end.code if isinstance(end, SystemExit) else end.exit_code
        return f"it ended with {code}" if code else ""
    return repr(end)


def _who() -> str:
    """The user of the operating system."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "nobody"
