"""Who is asked. Each engine answers a statement with all its rows in Python."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from aero import connections
from bench.performance.answers import Answer
from bench.performance.questions import TABLES

SPARK, HIVE, DUCKDB, CHDB = "Spark Thrift Server", "HiveServer2 on Tez", "DuckDB", "chDB"
OURS, PEERS = (SPARK, HIVE), (DUCKDB, CHDB)
ENGINES = (*PEERS, *OURS)


class Engine(Protocol):
    """An engine with the same rows as the others. `tables`: how it calls those of TABLES."""

    name: str
    tables: dict[str, str]

    def ask(self, sql: str) -> Answer:
        """The whole answer."""

    def version(self) -> str:
        """What it calls itself."""

    def close(self) -> None:
        """Let go of it."""


class SqlServer:
    """One of the platform's two SQL servers, on the platform's own tables, by PyHive."""

    def __init__(self, name: str, connect: Callable[[], Any]):
        self.name = name
        self.tables = {name: dataset.name for name, dataset in TABLES.items()}
        self.connection = connect()

    def ask(self, sql: str) -> Answer:
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(sql)
            return Answer([column[0].split(".")[-1] for column in cursor.description], cursor.fetchall())

    def version(self) -> str:
        return str(self.ask("SELECT version()").rows[0][0]).split()[0]

    def close(self) -> None:
        with suppress(OSError):
            self.connection.close()


class DuckDb:
    """DuckDB on Parquet of the same rows (parquet.py), in this process, with all processors."""

    name = DUCKDB

    def __init__(self, folder: Path):
        import duckdb

        self.tables = {name: name for name in TABLES}
        self.connection = duckdb.connect()
        self.connection.execute("SET parquet_metadata_cache = true")
        for name in TABLES:
            files = f"'{folder / name}/**/*.parquet', hive_partitioning = true"
            self.connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({files})")

    def ask(self, sql: str) -> Answer:
        rows = self.connection.execute(sql).fetchall()
        return Answer([column[0] for column in self.connection.description], rows)

    def version(self) -> str:
        return str(self.ask("SELECT version()").rows[0][0])

    def close(self) -> None:
        self.connection.close()


class ChDb:
    """chDB, which is ClickHouse in this process, on the same Parquet, with all processors."""

    name = CHDB

    def __init__(self, folder: Path):
        from chdb.session import Session

        self.tables = {name: name for name in TABLES}
        self.session = Session()
        # As the SQL standard has it: whole numbers as numbers, and NULL where a join finds nothing.
        for setting in ("output_format_json_quote_64bit_integers = 0", "join_use_nulls = 1"):
            self.session.query(f"SET {setting}")
        for name in TABLES:
            files = f"'{folder / name}/**/*.parquet', 'Parquet'"
            self.session.query(f"CREATE VIEW {name} AS SELECT * FROM file({files})")

    def ask(self, sql: str) -> Answer:
        lines = str(self.session.query(sql, "JSONCompactEachRowWithNames")).strip().split("\n")
        columns, *rows = map(json.loads, lines)
        return Answer(columns, rows)

    def version(self) -> str:
        return str(self.ask("SELECT version()").rows[0][0])

    def close(self) -> None:
        self.session.close()


@contextmanager
def opened(names: tuple[str, ...], parquet: Path) -> Iterator[list[Engine]]:
    """The engines of these names, in the order of ENGINES. Raises AeroError where a server does not answer."""
    makers: dict[str, Callable[[], Engine]] = {
        DUCKDB: lambda: DuckDb(parquet),
        CHDB: lambda: ChDb(parquet),
        SPARK: lambda: SqlServer(SPARK, connections.spark),
        HIVE: lambda: SqlServer(HIVE, connections.hive),
    }
    with ExitStack() as stack:
        yield [stack.enter_context(closing(make())) for name, make in makers.items() if name in names]
