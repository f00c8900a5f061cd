"""Files of columns (Parquet, ORC, Arrow), as pandas, DuckDB or Spark write them: their rows as a CSV has them."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

from aero.errors import AeroError

KINDS = ("parquet", "orc", "arrow")
ROWS_AT_ONCE = 10_000


@contextmanager
def opened(path: Path, kind: str, name: str) -> Iterator[tuple[tuple[str, ...], Iterator[tuple[bytes, list[str]]]]]:
    """Names of the columns, and the rows as a line of CSV and its fields. AeroError where the file is damaged."""
    import pyarrow  # It takes half a second.
    from pyarrow import ipc, orc, parquet

    try:
        if kind == "parquet":
            file = parquet.ParquetFile(path)
            names, batches = tuple(file.schema_arrow.names), file.iter_batches(ROWS_AT_ONCE)
        elif kind == "arrow":
            arrow = ipc.open_file(str(path))
            names = tuple(arrow.schema.names)
            batches = (arrow.get_batch(number) for number in range(arrow.num_record_batches))
        else:
            stripes = orc.ORCFile(path)
            names = tuple(stripes.schema.names)
            batches = (stripes.read_stripe(number) for number in range(stripes.nstripes))
        yield names, _rows(batches)
    except (pyarrow.ArrowException, OSError) as damage:
        raise AeroError(
            f"{name}: damaged: {str(damage).splitlines()[0]}", "It was cut or changed on its way: get the file again."
        ) from damage


def line(fields: tuple[str, ...] | list[str]) -> bytes:
    """Fields as a line of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(fields)
    return text.getvalue().encode()


def _rows(batches: Iterator[Any]) -> Iterator[tuple[bytes, list[str]]]:
    for batch in batches:
        columns = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
        for fields in zip(*columns, strict=True):
            yield line(list(fields)), [field.encode().decode("latin-1") for field in fields]


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "1.00" if value else "0.00"
        case datetime():
            # With a zone or without, it is what the clock shows.
            return value.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
        case date() | time():
            return value.isoformat()
        case float() if not isfinite(value):
            return ""
        case float() | Decimal() if value == int(value):
            return str(int(value))
        case bytes():
            return value.decode("utf-8", "replace")
    return str(value)
