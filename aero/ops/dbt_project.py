"""A project for dbt that starts from our tables: sources with their comments, and the tests that the comments claim.

A claim is one of three: a column that is `never NULL`, or of the key and silent of NULL; a column whose words say its
values (`1 to 12`, `reporting or marketing`); a grain that names the columns of which there is one row each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any

import yaml

from aero.datasets import FLIGHTS_REPORTING, LIVE_FLIGHTS_MOVING, REPOSITORY
from aero.errors import AeroError
from aero.files import replace_text
from aero.ops.catalog import Column, Table
from aero.settings import Settings

TEMPLATES = REPOSITORY / "dbt"
SOURCES = "models/aero_sources.yml"
# What `write` replaces, and what it leaves alone where it is there: that is the user's.
OURS = ("macros/aero.sql", "requirements.txt")
YOURS = ("dbt_project.yml", "profiles.yml", "models/late_airlines.sql")
_MARK = "Written by `aero tables --as-dbt`: do not edit."
_KEY = re.compile(r"\bKey: (?P<key>(?:[^.(]|\([^)]*\))+)\.")
_ONE_ROW = re.compile(r"one row an? (?P<key>[\w, ]+)\.")
_OR_ELSE = re.compile(r"(?P<column>\w+) \((?P<other>\w+) where that is NULL\)")
_RANGE = re.compile(r"(?P<least>-?\d+)(?: [A-Z]\w+)? to (?P<most>-?\d+)\b")
_WORD = r"[A-Za-z][\w-]*"
_WORDS = re.compile(rf"(?P<words>{_WORD}(?:, {_WORD})* or {_WORD})(?=[:;(]|$)")
_CODES = re.compile(r"[A-Z] [a-z ]+(?:, [A-Z] [a-z ]+)+")


def write(folder: Path, tables: Iterable[Table], settings: Settings) -> list[Path]:
    """The files that were written or replaced. Raises AeroError before any where one that is not ours is in the way."""
    texts = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in OURS} | {SOURCES: sources(tables)}
    for name in texts:
        path = folder / name
        if path.exists() and _MARK not in path.read_text(encoding="utf-8", errors="replace").partition("\n")[0]:
            raise AeroError(f"{path} is there, and this command did not write it.", "Choose another folder.")
    for name in YOURS:
        if not (folder / name).exists():
            text = (TEMPLATES / name).read_text(encoding="utf-8")
            texts[name] = Template(text).substitute(settings.environment) if name == "profiles.yml" else text
    for name, text in texts.items():
        replace_text(folder / name, text)
    return [folder / name for name in texts]


def sources(tables: Iterable[Table]) -> str:
    """The file of dbt that says what each table is, of those that an analyst may ask in Spark: it takes the header of a
    raw file for a line, and reads no JSON of Hive's."""
    databases: dict[str, list[dict[str, Any]]] = {}
    for table in tables:
        database = table.name.partition(".")[0]
        is_of_hive = database == FLIGHTS_REPORTING.database or table.name == LIVE_FLIGHTS_MOVING.name
        if table.role != "operator" and not is_of_hive:
            databases.setdefault(database, []).append(_source(table))
    found = [{"name": name, "schema": name, "tables": tables} for name, tables in databases.items()]
    text = yaml.safe_dump({"version": 2, "sources": found}, sort_keys=False, allow_unicode=True, width=120)
    return f"# {_MARK}\n{text}"


def key(table: Table) -> list[str]:
    """The expressions of which the table has one row each, as its grain says; none where it does not say."""
    said = _KEY.search(table.grain) or _ONE_ROW.match(table.grain)
    parts = re.split(r", | and ", said["key"]) if said else []
    names = {column.name for column in table.columns}
    if {name for part in parts for name in _OR_ELSE.sub(r"\1 \2", part).split(" ")} - names:
        return []
    # A month of the year is one of a year.
    year = ["year"] if "month" in parts and "year" in names and "year" not in parts else []
    return [*year, *(_OR_ELSE.sub(r"COALESCE(\1, \2)", part) for part in parts)]


def values(column: Column) -> dict[str, Any] | None:
    """The test of dbt that holds what the column's words say of its values; None where they do not."""
    number = _RANGE.match(column.what)
    if number and column.type != "STRING":
        return {"aero_between": {"arguments": {"least": int(number["least"]), "most": int(number["most"])}}}
    words, codes = _WORDS.match(column.what), _CODES.fullmatch(column.what)
    if column.type != "STRING" or not (words or codes):
        return None
    found = re.split(r", | or ", words["words"]) if words else [one[0] for one in column.what.split(", ")]
    return {"accepted_values": {"arguments": {"values": found}}}


def words(column: Column) -> str:
    """What it is and what NULL means, as its comment says."""
    return f"{column.what}; {column.null}" if column.null else column.what


def _source(table: Table) -> dict[str, Any]:
    says = f"{table.purpose} Grain: {table.grain} Written by {table.written_by}."
    source: dict[str, Any] = {"name": table.name.partition(".")[2], "description": says}
    rows = key(table)
    if rows:
        source["data_tests"] = [{"aero_one_row_each": {"arguments": {"key": rows}}}]
    return source | {"columns": [_column(column, column.name in rows) for column in table.columns]}


def _column(column: Column, is_of_key: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name, "description": words(column), "data_type": column.type.lower()}
    is_never_null = column.null.startswith("never NULL") or (is_of_key and not column.null)
    tests = [*(["not_null"] if is_never_null else []), *filter(None, [values(column)])]
    return found | ({"data_tests": tests} if tests else {})
