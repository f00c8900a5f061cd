"""What a worker of Spark does with the lines of a month: pieces of lines in, clean flights in their order and refused
lines out, all as Arrow arrays.

A month is taken apart, typed, judged and timed in pieces; then it is put in order whole, because only there is it known
which of two equal keys comes first. Until then it is kept as numbers and distinct texts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import flight_fields
import flight_measures
import flight_rules
import flight_times
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from arrow_columns import Columns, taken
from pyspark.accumulators import Accumulator, AccumulatorParam

from aero import bts
from aero.load_plan import RawMonth

# A piece takes a worker some 70 MB; each costs what it takes to look at the distinct texts of 110 columns.
LINES_A_PIECE, ROWS_A_BATCH = 30_000, 10_000
# How each column of aero_clean.flights that is not a number or a flag is written.
KINDS = {column.name: column.kind for column in bts.COLUMNS}


class OfEach(AccumulatorParam[dict[int, str]]):
    """What tasks tell of each slot. A task that is done again tells the same again."""

    def zero(self, value: dict[int, str]) -> dict[int, str]:
        """Nothing."""
        return {}

    def addInPlace(self, value1: dict[int, str], value2: dict[int, str]) -> dict[int, str]:
        """Both."""
        return value1 | value2


@dataclass(frozen=True)
class Cleaning:
    """How the lines of a batch's months are cleaned: `months` in the order of their slots, all with one header.

    `schema` is that of the rows that come out: the columns of aero_clean.flights, `line`, `slot` and `problem`.
    `profiles` is where, by slot, goes how the clean flights are distributed (JSON of aero.ops.profile.Profile).
    """

    months: Sequence[RawMonth]
    header: str
    zones: Mapping[str, str]
    schema: pa.Schema
    profiles: Accumulator[dict[int, str]] | None = None

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Of a partition, which has whole months: (line, source_line, slot) in, a row of `schema` for each out."""
        found: dict[int, Month] = {}
        for piece in pieces(batches):
            for slot in pc.unique(piece["slot"]).to_pylist():
                of_slot = piece.filter(pc.equal(piece["slot"], slot))
                found.setdefault(slot, Month(self, slot)).add(of_slot["line"], of_slot["source_line"])
        for slot in sorted(found):
            yield from found.pop(slot).rows()


def pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows of `batches` in batches of LINES_A_PIECE or a little more."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= LINES_A_PIECE:
            yield pa.concat_batches(waiting)
            waiting = []
    if waiting:
        yield pa.concat_batches(waiting)


@dataclass
class Month:
    """One month of a batch, as far as its lines have come."""

    cleaning: Cleaning
    slot: int
    flights: list[Columns] = field(default_factory=list)
    lines: list[pa.Buffer] = field(default_factory=list)
    """Of the rows of `flights`, packed: only those that repeat a key are wanted again."""
    refused: list[tuple[int, bytes, str, str]] = field(default_factory=list)
    """Source line, line, reason and detail."""

    @property
    def raw(self) -> RawMonth:
        return self.cleaning.months[self.slot]

    def add(self, lines: pa.StringArray, source_lines: pa.Int32Array) -> None:
        """Type, judge and time some lines."""
        header, layout = self.cleaning.header, bts.LAYOUTS[self.raw.layout]
        texts, has_wrong_count = flight_fields.fields(lines, header, layout)
        flights = flight_fields.typed_columns(texts, layout)
        raw_lines = lines.cast(pa.binary())
        read = flight_rules.Lines(raw_lines, texts, flights, has_wrong_count, header, layout, self.raw.when)
        flights |= {"source_line": source_lines}
        if problems := flight_rules.problems(read):
            self.refused += [
                (source_lines[row].as_py(), raw_lines[row].as_py(), *problem) for row, problem in problems.items()
            ]
            good = np.delete(np.arange(len(lines)), list(problems))
            flights, raw_lines = taken(flights, good), raw_lines.take(pa.array(good))
        scheduled = flight_rules.with_schedules(flights)
        timed = flight_times.with_instants(scheduled, self.cleaning.zones)
        self.flights.append({name: column for name, column in timed.items() if name in self.cleaning.schema.names})
        self.lines.append(_packed(raw_lines))

    def rows(self) -> Iterator[pa.RecordBatch]:
        """The clean flights in the order of the table's files, then the refused lines in the file's."""
        flights = _joined(self.flights)
        order, first_lines = flight_rules.in_order(flights)
        is_repeated = first_lines < flights["source_line"].to_numpy()[order]
        self._refuse_repeated(flights, order[is_repeated], first_lines[is_repeated])
        if is_repeated.any():
            order = order[~is_repeated]
            flights, order = taken(flights, order), np.arange(len(order))
        derived = flight_rules.with_derived(flights, flight_rules.causes_collected(flights, self.raw.when))
        if self.cleaning.profiles is not None:
            self.cleaning.profiles.add({self.slot: self._profile(derived)})
        for begin in range(0, len(order), ROWS_A_BATCH):
            yield self._batch(taken(derived, order[begin : begin + ROWS_A_BATCH]))
        if self.refused:
            yield self._batch(self._refused_columns())

    def _profile(self, flights: Columns) -> str:
        """What is measured on the clean flights, in JSON."""
        schema = self.cleaning.schema
        table = {
            name: _readable(column, schema.field(name)) for name, column in flights.items() if name in schema.names
        }
        return flight_measures.profile(pa.table(table), self.raw.when).to_json()

    def _refuse_repeated(self, flights: Columns, rows: np.ndarray, first_lines: np.ndarray) -> None:
        """Refuse rows that repeat the key of an earlier line."""
        if len(rows):
            lines = pa.chunked_array([_unpacked(lines) for lines in self.lines]).take(pa.array(rows)).to_pylist()
            numbers = flights["source_line"].take(pa.array(rows)).to_pylist()
            details = [f"has the key of line {first}" for first in first_lines]
            self.refused += zip(numbers, lines, ["duplicate_key"] * len(rows), details)
        self.lines.clear()

    def _batch(self, columns: Columns) -> pa.RecordBatch:
        """Some rows of the schema."""
        count = len(columns["source_line"])
        told = columns | {name: pa.repeat(value, count) for name, value in self._source().items()}
        schema = self.cleaning.schema
        arrays = [_written(told[one.name], one) if one.name in told else pa.nulls(count, one.type) for one in schema]
        return pa.record_batch(arrays, schema=schema)

    def _refused_columns(self) -> Columns:
        """The refused lines, in the file's order."""
        numbers, lines, reasons, details = zip(*sorted(self.refused))
        told = {"source_line": pa.array(numbers, pa.int32()), "line": pa.array(lines, pa.binary()).view(pa.string())}
        problem = pa.StructArray.from_arrays([pa.array(reasons), pa.array(details)], ["reason", "detail"])
        return told | {"problem": problem}

    def _source(self) -> dict[str, str | int]:
        """What all rows of the month have in common."""
        raw = self.raw
        return {
            "slot": self.slot,
            "source_family": raw.family,
            "source_layout": raw.layout,
            "source_file": raw.file,
            "load_id": raw.load_id,
        }


def _joined(pieces: list[Columns]) -> Columns:
    """The columns of all pieces, one behind the other. Takes them out of the pieces, so that no two are there twice."""
    joined = {}
    for name in list(pieces[0]):
        column = pa.chunked_array([piece.pop(name) for piece in pieces])
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
        joined[name] = column.combine_chunks()
    return joined


def _packed(lines: pa.BinaryArray) -> pa.Buffer:
    """Lines in a tenth of their memory."""
    sink, batch = pa.BufferOutputStream(), pa.record_batch([lines], ["line"])
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


def _unpacked(lines: pa.Buffer) -> pa.Array:
    return pa.ipc.open_stream(lines).read_all().column("line").combine_chunks()


def _readable(column: pa.Array, of_table: pa.Field) -> pa.Array:
    """The values of a column of the table: instants, dates, and clocks as texts, of which each is there once."""
    if pa.types.is_timestamp(of_table.type):
        return pc.multiply(column, 60_000_000).cast(of_table.type)
    if pa.types.is_date(of_table.type):
        return column.cast(of_table.type)
    if KINDS.get(of_table.name) == "clock":
        return pa.DictionaryArray.from_arrays(column, flight_fields.CLOCKS)
    return column


def _written(column: pa.Array, of_table: pa.Field) -> pa.Array:
    """A column as the table has it."""
    return _readable(column, of_table).cast(of_table.type)
