"""Columns of flights as Arrow arrays: nullable, of one length, in a dict by name.

Texts are dictionary arrays, so that what is done to a text is done to each distinct one once: 480,000 flights have
1,440 clocks and 300 airports.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Columns = dict[str, pa.Array]
TEXT = pa.dictionary(pa.int32(), pa.string())


def each(texts: pa.DictionaryArray, convert: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """What `convert` makes of each text, as an array of `kind`, dictionary or other; NULL where it makes None."""
    values = [convert(text) for text in texts.dictionary.to_pylist()]
    if kind != TEXT:
        return pa.array(values, kind).take(texts.indices)
    places = {value: place for place, value in enumerate(dict.fromkeys(value for value in values if value is not None))}
    moved = pa.array([None if value is None else places[value] for value in values], pa.int32())
    return pa.DictionaryArray.from_arrays(moved.take(texts.indices), pa.array(list(places), pa.string()))


def no_texts(count: int) -> pa.DictionaryArray:
    """Nothing, `count` times."""
    return pa.DictionaryArray.from_arrays(pa.nulls(count, pa.int32()), pa.array([], pa.string()))


def holds(condition: pa.BooleanArray) -> np.ndarray:
    """Where a condition is true: neither false nor NULL."""
    return pc.fill_null(condition, False).to_numpy(zero_copy_only=False)


def are_known(column: pa.Array) -> np.ndarray:
    """Where a column is not NULL."""
    return column.is_valid().to_numpy(zero_copy_only=False)


def taken(columns: Columns, rows: np.ndarray | pa.Array) -> Columns:
    """Some rows of all columns."""
    places = pa.array(rows)
    return {name: column.take(places) for name, column in columns.items()}


def filled(values: pa.Array, columns: Columns, compute: Callable[[Columns], pa.Array]) -> pa.Array:
    """`values`, and where they are NULL what `compute` makes of these rows of `columns`, which is few of them."""
    rows = np.flatnonzero(~are_known(values))
    return replaced(values, rows, compute(taken(columns, rows))) if len(rows) else values


def replaced(values: pa.Array, rows: np.ndarray, others: pa.Array) -> pa.Array:
    """`values` with `others` at the places of `rows`."""
    places = np.arange(len(values))
    places[rows] = len(values) + np.arange(len(rows))
    return pa.concat_arrays([values, others.cast(values.type)]).take(pa.array(places))


def ranks(column: pa.Array) -> np.ndarray:
    """Whole numbers that are in the order of the values, the same for the same value; -1 for NULL."""
    if not pa.types.is_dictionary(column.type):
        return pc.fill_null(column.cast(pa.int64()), -1).to_numpy()
    rank = pc.rank(column.dictionary, sort_keys="ascending", tiebreaker="dense").cast(pa.int64())
    return pc.fill_null(rank.take(column.indices), -1).to_numpy()
