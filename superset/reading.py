"""PyHive as Superset uses it: its connections ask what reads, and nothing else.

The servers refuse the same, and more: they know who may read which table. Here it is refused before it leaves Superset,
in a sentence for who asked. What is asked is in the audit (audited.py).
"""

import re
from functools import lru_cache

import audited
import away
import sessions
import sqlglot
from pyhive import hive
from pyhive.hive import *  # noqa: F403  SQLAlchemy finds here what it finds in PyHive.
from sqlglot import exp
from TCLIService.ttypes import TOperationState

# Each runs code of the server's, or reads its files.
FUNCTIONS = set("reflect reflect2 java_method try_reflect in_file read_files".split())
# Spark reads a name of two parts as a kind of file and its place.
FILES = set("text csv json orc parquet avro binaryfile image libsvm xml jdbc kafka rate socket noop".split())
_WRITES = exp.DML, exp.DDL, exp.Into, exp.Command
_VARIABLE = re.compile(r"\$\{")
_NO_NAME = re.compile(r"`[^`]*[^`\w][^`]*`")
_EXPLAIN = re.compile(r"(?:\s*(?:EXTENDED|FORMATTED|CODEGEN|COST|CBO|JOINCOST|DEPENDENCY|LOGICAL|AST)\b)*\s+", re.I)


class Refused(hive.ProgrammingError):
    """A question that does more than read."""

    is_refusal = True


@lru_cache(maxsize=1000)
def refusal(sql: str) -> str | None:
    """Why this question is not asked; None where it only reads."""
    if _VARIABLE.search(sql):
        return "A question holds no ${variable}: write its value."
    # The servers differ in where a string or a comment ends, so both must read it as harmless.
    return next((why for dialect in ("spark", "hive") if (why := _refusal_in(dialect, sql))), None)


def _refusal_in(dialect: str, sql: str) -> str | None:
    try:
        if any("/*" in comment for token in sqlglot.tokenize(sql, dialect) for comment in token.comments):
            return "A comment holds no other comment."
        statements = [one for one in sqlglot.parse(sql, dialect=dialect) if one is not None]
    except (sqlglot.errors.SqlglotError, RecursionError):
        return "Superset asks questions only, and cannot read this as one: a SELECT, SHOW, DESCRIBE or EXPLAIN."
    if len(statements) != 1:
        return "One question at a time, please."
    return _refusal(statements[0])


def _refusal(statement: exp.Expression) -> str | None:
    if isinstance(statement, exp.Use):
        return None
    if isinstance(statement, exp.Command):
        word = statement.name.upper()
        if word == "EXPLAIN":
            return refusal(_EXPLAIN.sub("", " " + str(statement.expression.name), count=1))
        if word == "SHOW" and not _NO_NAME.search(str(statement.expression.name)):
            return None
        return _only_reads(word) if word != "SHOW" else "A table's name has letters, digits and _ only."
    if not isinstance(statement, exp.Query | exp.Describe):
        return _only_reads(statement.key.upper())
    return next((why for node in statement.walk() if (why := _refusal_of_part(node))), None)


def _refusal_of_part(node: exp.Expression) -> str | None:
    if isinstance(node, exp.QueryTransform):
        return "TRANSFORM runs a program on the server: nobody may."
    if isinstance(node, _WRITES) and not isinstance(node, exp.Query):
        return _only_reads(node.key.upper())
    if isinstance(node, exp.Func) and _name(node) in FUNCTIONS:
        return f"The function {_name(node)} runs code on the server or reads its files: nobody may."
    if isinstance(node, exp.Table):
        names = [part.name for part in node.parts if isinstance(part, exp.Identifier)]
        if (len(names) > 1 and names[0].lower() in FILES) or any(not re.fullmatch(r"\w+", name) for name in names):
            return f"{'.'.join(names)} is a file: Superset asks tables."
    return None


def _name(function: exp.Func) -> str:
    return (function.name if isinstance(function, exp.Anonymous) else function.sql_name()).lower()


def _only_reads(word: str) -> str:
    return f"Superset only reads, and {word} does more. Tables are changed by aero, and by analysts in aero beeline."


class Cursor(sessions.Cursor):
    """Asks the server what only reads."""

    def execute(self, operation: str, parameters=None, **words) -> None:
        """Raises Refused, with a sentence, for all else, and away.Away, with one, where a server is away."""
        sql = operation if parameters is None else operation % hive._escaper.escape_args(parameters)
        with audited.question(sql):
            if why := refusal(sql):
                raise Refused(why)
            with away.told(self._connection.port):
                super().execute(sql, **words)

    def poll(self, *arguments, **words):
        """As PyHive's. Raises away.Away where the server, or one that it asks, is away."""
        with away.told(self._connection.port):
            polled = super().poll(*arguments, **words)
        if polled.operationState == TOperationState.ERROR_STATE and (found := away.of_words(polled.errorMessage or "")):
            raise away.Away(found)
        return polled


class Connection(sessions.Connection):
    """A connection whose cursors only read."""

    cursor_class = Cursor


def connect(*arguments, **words) -> Connection:
    """A connection, as PyHive makes it."""
    return Connection(*arguments, **words)
