"""The `.hql` files: each opens with what it is for, its parameters and a usage line that can be pasted.

    -- Statistics of one month's flights by day.            purpose, one or more lines
    -- Grain: …                                             optional, and whatever else is worth saying
    -- Parameters: year (of the flights), month (1 to 12).  or `none.`
    -- Usage: aero sql hive/…/load.hql --set year=2013 --set month=1

A parameter stands in the statements as `${year}`, which beeline fills in too (`--hivevar year=2013`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlparse
from sqlparse import lexer
from sqlparse import tokens as T

from aero.errors import AeroError

if TYPE_CHECKING:
    from _typeshed.dbapi import DBAPICursor

_HEADER_END = re.compile(r"^(Grain|Parameters|Usage):", re.MULTILINE)
_HEADER_PARAMETERS = re.compile(r"^Parameters:(.*?)^Usage: *(.+)", re.MULTILINE | re.DOTALL)
_DECLARED = re.compile(r"(\w+) \(([^)]+)\)")
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_NOT_PLAIN = re.compile(r"['\"`;\\\n]|--|/\*")
_CREATE_TABLE = re.compile(r"CREATE\b[^(]*\bTABLE\b", re.IGNORECASE)
_COLUMN = re.compile(r"(?P<name>\w+)\s+(?P<type>.+?)(?:\s+COMMENT\s+'(?P<comment>.*)')?", re.DOTALL)


@dataclass(frozen=True)
class Hql:
    """One `.hql` file. `parameters` are names and their meaning; `text` is the whole file as it stands."""

    path: Path
    purpose: str
    parameters: dict[str, str]
    usage: str
    text: str


@dataclass(frozen=True)
class Column:
    """A column that a `create.hql` declares; `comment` is empty where it has none."""

    name: str
    type: str
    comment: str


def read(path: Path | str) -> Hql:
    """The file with its header taken apart. AeroError if it is absent, lacks a part of the header, or uses a parameter
    that the header does not declare (or the other way round)."""
    path = Path(path)
    if not path.is_file():
        raise AeroError(f"{path}: there is no such file", "Name an .hql file; those of the project are under hive/.")
    text = _text(path)
    header = _header(text)
    opening, declared = _HEADER_END.split(header)[0], _HEADER_PARAMETERS.search(header)
    if not opening.strip() or declared is None:
        raise AeroError(
            f"{path}: it must open with its purpose, parameters and usage",
            "Write three comment lines: `-- what it is for`, `-- Parameters: …` and `-- Usage: aero sql …`.",
        )
    parameters = dict(_DECLARED.findall(declared[1]))
    used = {name for statement in split(text) for name in _PLACEHOLDER.findall(statement)}
    for name in sorted(used ^ set(parameters)):
        fault = "declared but not used" if name in parameters else "used but not declared"
        raise AeroError(f"{path}: parameter `{name}` is {fault}", "List it as `name (meaning)` after `-- Parameters:`.")
    return Hql(path, " ".join(opening.split()), parameters, " ".join(declared[2].split()), text)


def read_plain(path: Path) -> Hql:
    """A file that is not the project's and owes it no header: its parameters are those that it uses. Raises AeroError
    where it is no text."""
    text = _text(path)
    used = {name for statement in split(text) for name in _PLACEHOLDER.findall(statement)}
    usage = " ".join([f"aero sql {path}", *(f"--set {name}=…" for name in sorted(used))])
    return Hql(path, "", dict.fromkeys(sorted(used), "used in a statement"), usage, text)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AeroError(f"{path}: it cannot be read as text in UTF-8: {error}", "Is it a file of SQL?") from None


def statements(path: Path | str, parameters: Mapping[str, object] | None = None) -> list[str]:
    """The statements of a file with a header, as `filled` has them."""
    return filled(read(path), parameters)


def filled(file: Hql, parameters: Mapping[str, object] | None = None) -> list[str]:
    """The file's statements in order, parameters filled in, without the `;` and the comments before each.

    AeroError names a parameter that is missing, unknown, or not plain: a value may hold no quote, semicolon,
    backslash, line break or comment, so it can never end the place it is put into.
    """
    values = {name: str(value) for name, value in (parameters or {}).items()}
    for name in values:
        if name not in file.parameters:
            known = ", ".join(file.parameters) or "none"
            raise AeroError(f"{file.path}: there is no parameter `{name}`", f"Its parameters: {known}.")
        must_be_plain(values[name], f"{file.path}: parameter `{name}`")
    for name, meaning in file.parameters.items():
        if name not in values:
            raise AeroError(f"{file.path}: parameter `{name}` ({meaning}) is missing", f"Usage: {file.usage}")
    return [_PLACEHOLDER.sub(lambda match: values[match[1]], statement) for statement in split(file.text)]


def must_be_plain(value: str, what: str) -> None:
    """AeroError, saying `what` it is, for a value that could end the place that it is put into."""
    if _NOT_PLAIN.search(value):
        raise AeroError(f"{what} is {value!r}", "Leave out quotes, semicolons, backslashes, line breaks and comments.")


def split(text: str) -> list[str]:
    """Statements of a text, without their semicolon and the comments around them; comments alone are no statement."""
    pieces = map(_trimmed, sqlparse.split(text))
    return [piece for piece in pieces if piece]


def columns(path: Path | str) -> list[Column]:
    """Columns of the table that a `create.hql` makes, in order, its partition columns last, as they are written.

    AeroError if it does not create one table.
    """
    creates = [statement for statement in split(read(path).text) if _CREATE_TABLE.match(statement)]
    if len(creates) != 1:
        raise AeroError(f"{path}: it does not create one table", "Write one CREATE TABLE … (columns) in it.")
    lists = re.finditer(r"(?:\A[^(]*|\bPARTITIONED BY )(?=\()", creates[0])
    parts = (part for found in lists for part in _bracketed(creates[0][found.end() :]))
    return [_column(path, part) for part in parts]


def _column(path: Path | str, text: str) -> Column:
    match = _COLUMN.fullmatch(text)
    if match is None:
        raise AeroError(f"{path}: `{text}` is not a column", "Write `name TYPE COMMENT 'text'`.")
    return Column(match["name"], match["type"], (match["comment"] or "").replace("''", "'"))


def run(cursor: DBAPICursor, path: Path | str, parameters: Mapping[str, object] | None = None) -> None:
    """Run the file's statements, in order, on a DB-API cursor."""
    for statement in statements(path, parameters):
        cursor.execute(statement)


def rows(cursor: DBAPICursor) -> list[dict[str, Any]]:
    """What the cursor's last statement answers, a dict a row, by column."""
    names = [column[0].split(".")[-1] for column in cursor.description or ()]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


def _header(text: str) -> str:
    """The comment lines that the file opens with, without their dashes."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return "\n".join(lines)


def _trimmed(statement: str) -> str:
    """The statement without comments before and after it, nor its semicolon (sqlparse keeps `; -- so` with it)."""
    tokens = list(lexer.tokenize(statement))  # type: ignore[no-untyped-call]  # sqlparse has no types.
    for end in (0, -1):
        while tokens and _is_nothing(*tokens[end]):
            tokens.pop(end)
    return "".join(value for _, value in tokens)


def _is_nothing(kind: Any, value: str) -> bool:
    return kind in T.Comment or kind in T.Whitespace or (kind in T.Punctuation and value == ";")


def _bracketed(text: str) -> list[str]:
    """Parts between the first bracket of `text` and its partner, at commas that no quote or inner bracket holds."""
    depth, quoted, start, parts = 0, False, 1, []
    for position, character in enumerate(text):
        quoted ^= character == "'"
        if quoted:
            continue
        depth += (character in "(<") - (character in ")>")
        if (character == "," and depth == 1) or depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
        if depth == 0:
            break
    return parts
