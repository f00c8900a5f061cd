"""The one error that a user is meant to read: what is wrong, and what to do."""

from typing import Self

import click

from aero.plain import plain


class AeroError(click.ClickException):
    """Something the user can mend: printed without a traceback, exit code 1.

    `problem` names the file, row, field, setting or service; `fix` says what to type or change.
    """

    def __init__(self, problem: str, fix: str = ""):
        super().__init__(problem)
        self.problem = problem
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.problem}\n  {self.fix}" if self.fix else self.problem

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self.problem, self.fix)

    def format_message(self) -> str:
        return plain(str(self))


class Away(AeroError):
    """A server does not answer: waiting may mend it."""


def reason(error: BaseException) -> str:
    """The innermost error's words, such as `Connection refused`, of what requests and urllib3 wrapped."""
    inner = innermost(error)
    return str(inner) or type(inner).__name__


def innermost(error: BaseException) -> BaseException:
    """The error that came first, of those that were raised one while the other was handled."""
    while error.__context__ is not None:
        error = error.__context__
    return error
