"""What a worker of Spark does with the lines of a month: pieces of lines in, a file of clean flights in their order and
a file of refused lines out.

A month is taken apart, typed, judged and timed in pieces; then it is put in order whole, because only there is it known
which of two equal keys comes first. Until then it is kept as numbers and distinct texts.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import flight_fields
import flight_measures
import flight_rules
import flight_times
import numpy as np
import orc_files
import pyarrow as pa
import pyarrow.compute as pc
from arrow_columns import Columns, taken

from aero import bts
from aero.load_plan import RawMonth

# A piece takes a worker some 70 MB; each costs what it takes to look at the distinct texts of 110 columns.
LINES_A_PIECE, ROWS_A_BATCH = 30_000, 10_000
# How each column of aero_clean.flights that is not a number or a flag is written.
KINDS = {column.name: column.kind for column in bts.COLUMNS}


# What comes out: the month's ORC files, NULL where there is no such line, and what is told of them (Told, in JSON).
CLEANED = "slot INT, flights BINARY, refused BINARY, told STRING"
IN_ARROW = pa.schema([("slot", pa.int32()), ("flights", pa.binary()), ("refused", pa.binary()), ("told", pa.string())])
REFUSED = pa.schema(
    [
        ("reason", pa.string()), ("detail", pa.string()), ("line", pa.string()), ("source_family", pa.string()),
        ("source_layout", pa.string()), ("source_file", pa.string()), ("source_line", pa.int32()),
        ("load_id", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What is told of a month that was cleaned: its lines, the refused ones by reason, and the profile of its clean
    flights (JSON of aero.ops.profile.Profile; None where there are none)."""

    lines: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    profile: str | None = None


@dataclass(frozen=True)
class Cleaning:
    """How the lines of a file's months are cleaned: `months` in the order of their slots.

    `schema` is that of aero_clean.flights, without its partitions. `zones` is the time zone of every known airport.
    """

    months: Sequence[RawMonth]
    header: str
    zones: Mapping[str, str]
    schema: pa.Schema

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Of a partition, which has whole months: (line, source_line, slot) in, a row of CLEANED for each month out."""
        found: dict[int, Month] = {}
        for piece in pieces(batches):
            for slot in pc.unique(piece["slot"]).to_pylist():
                of_slot = piece.filter(pc.equal(piece["slot"], slot))
                month = found.setdefault(slot, Month(self, self.months[slot]))
                month.add(of_slot["line"], of_slot["source_line"])
        for slot in sorted(found):
            yield pa.RecordBatch.from_pylist([{"slot": slot} | found.pop(slot).cleaned()], IN_ARROW)


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
    """One month of a file, as far as its lines have come."""

    cleaning: Cleaning
    raw: RawMonth
    count: int = 0
    flights: list[Columns] = field(default_factory=list)
    lines: list[pa.Buffer] = field(default_factory=list)
    """Of the rows of `flights`, packed: only those that repeat a key are wanted again."""
    refused: list[tuple[int, bytes, str, str]] = field(default_factory=list)
    """Source line, line, reason and detail."""

    def add(self, lines: pa.StringArray, source_lines: pa.Int32Array) -> None:
        """Type, judge and time some lines."""
        self.count += len(lines)
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

    def cleaned(self) -> dict[str, Any]:
        """The clean flights in the order of the table's files, the refused lines in the file's, and what is told."""
        flights = _joined(self.flights)
        order, first_lines = flight_rules.in_order(flights)
        is_repeated = first_lines < flights["source_line"].to_numpy()[order]
        self._refuse_repeated(flights, order[is_repeated], first_lines[is_repeated])
        if is_repeated.any():
            order = order[~is_repeated]
            flights, order = taken(flights, order), np.arange(len(order))
        reasons = dict(Counter(reason for _, _, reason, _ in self.refused))
        files: dict[str, bytes | None] = {"flights": None, "refused": None}
        if self.refused:
            files["refused"] = orc_files.written([self._refused_rows()])
        profile = None
        if len(order):
            derived = flight_rules.with_derived(flights, flight_rules.causes_collected(flights, self.raw.when))
            profile = self._profile(derived)
            begins = range(0, len(order), ROWS_A_BATCH)
            files["flights"] = orc_files.written(
                self._batch(taken(derived, order[begin : begin + ROWS_A_BATCH])) for begin in begins
            )
        return files | {"told": json.dumps(asdict(Told(self.count, reasons, profile)))}

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

    def _refused_rows(self) -> pa.RecordBatch:
        """The refused lines, in the file's order. What is not UTF-8 in them is U+FFFD."""
        numbers, lines, reasons, details = zip(*sorted(self.refused))
        told = {"reason": reasons, "detail": details, "line": [line.decode(errors="replace") for line in lines]}
        told |= {"source_line": numbers} | {name: [value] * len(lines) for name, value in self._source().items()}
        return pa.record_batch(told, schema=REFUSED)

    def _source(self) -> dict[str, str]:
        """What all rows of the month have in common."""
        raw = self.raw
        return {
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
