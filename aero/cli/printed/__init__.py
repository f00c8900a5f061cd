"""What commands print with --json, as msgspec knows types: aero/cli/schemas.py has them by command."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import sqlglot
from sqlglot.expressions import Select

from aero import hql
from aero.datasets import Dataset

# A column's type in Hive, and of its value in an answer, as which HiveServer2 gives all others: texts of JSON.
_TYPES: Mapping[str, type] = {
    "INT": int, "BIGINT": int, "DOUBLE": float, "BOOLEAN": bool, "DATE": date, "TIMESTAMP": datetime,
}  # fmt: skip
_PLACEHOLDER = re.compile(r"\$\{\w+\}")


class Printed(msgspec.Struct, forbid_unknown_fields=True):
    """What a command puts together, and no dataclass has. Instants are texts, UTC."""


def struct(name: str, fields: Mapping[str, Any]) -> type[msgspec.Struct]:
    """A type with these fields, a type each, and no other; a field is optional where its type has UnsetType."""
    is_optional = {one: msgspec.UnsetType in getattr(kind, "__args__", ()) for one, kind in fields.items()}
    typed = [(one, kind, msgspec.UNSET) if is_optional[one] else (one, kind) for one, kind in fields.items()]
    return msgspec.defstruct(name, typed, forbid_unknown_fields=True, kw_only=True)


def like(source: type, **others: Any) -> type[msgspec.Struct]:
    """The fields of a dataclass, a named tuple or a typed dictionary, those of `others` as these say."""
    return struct(source.__name__, get_type_hints(source) | others)


def columns(table: Dataset) -> dict[str, Any]:
    """The type of each column of a table, as its `create.hql` declares it; None too, unless it is never NULL."""
    kinds = {one.name: (_TYPES.get(one.type, str), one.comment) for one in hql.columns(table.hql("create"))}
    return {name: kind if "never NULL" in comment else kind | None for name, (kind, comment) in kinds.items()}


def selected(file: Path) -> list[str]:
    """The names of the columns that the question of an `.hql` file answers with."""
    question = sqlglot.parse_one(_PLACEHOLDER.sub("1", hql.read(file).text), read="hive").find(Select)
    return question.named_selects if question else []
