"""Names of tables in a statement, as Hive and Spark read it: not those in its strings and comments."""

import re
from collections.abc import Mapping

_GAP = r"(?:\s|--[^\n]*|/\*.*?\*/)*"
_NAME = r"(?:`[^`]+`|\w+)"
_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/"
    r"|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
    rf"|(?P<database>{_NAME})(?={_GAP}\.{_GAP}(?P<table>{_NAME}))"
    rf"|(?P<word>{_NAME})",
    re.DOTALL,
)


def tables(statement: str) -> set[str]:
    """Every `database.table` of a statement in small letters, and whatever else has a point in it."""
    return {_name(token) for token in _TOKEN.finditer(statement)}


def words(statement: str) -> list[str]:
    """The words of a statement that are in no quotes, in capitals."""
    found = [token["database"] or token["word"] or "`" for token in _TOKEN.finditer(statement)]
    return [word.upper() for word in found if not word.startswith("`")]


def moved(statement: str, databases: Mapping[str, str]) -> str:
    """The statement with other databases for tables, by their names: {"aero_clean.flights": "elsewhere"}."""

    def other(token: re.Match[str]) -> str:
        database = databases.get(_name(token))
        if database is None:
            return token[0]
        return database if token["database"] else f"{database}.{_name(token).partition('.')[2]}"

    return _TOKEN.sub(other, statement)


def _name(token: re.Match[str]) -> str:
    parts = (token["database"], token["table"]) if token["database"] else (token["word"],)
    return ".".join((part or "").strip("`") for part in parts).lower()
