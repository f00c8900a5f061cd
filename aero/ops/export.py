"""A month's flights as files for other programs: Parquet, CSV or Arrow, with a manifest beside each.

    DIR/flights-2013-02.parquet
    DIR/flights-2013-02.json       the Manifest

Each appears by one rename, the manifest last: where one is, its file is whole. A month that is there, of the same load
and in the same form, is not written again, so an export that was killed goes on where it was. Beside the load's own
ORC, in HDFS, names begin with an underscore.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

import hdfs
import pyarrow as pa
from pyarrow import csv, orc, parquet

from aero import files, metastore, webhdfs
from aero.datasets import FLIGHTS, load_of
from aero.errors import AeroError
from aero.instants import instant_text, utc_now
from aero.month import Month
from aero.ops import as_of

_WRITERS = {
    "parquet": lambda file, schema: parquet.ParquetWriter(file, schema, compression="zstd"),
    "csv": csv.CSVWriter,
    "arrow": pa.ipc.new_file,
}
FORMS = tuple(_WRITERS)


@dataclass(frozen=True)
class Manifest:
    """What is in a file: which load of the month, its rows, the columns in their order, and the file's bytes."""

    table: str
    month: str
    load_id: str
    format: str
    file: str
    rows: int
    bytes: int
    sha256: str
    columns: list[str]
    exported_at: str


def folders(client: hdfs.Client, months: list[Month], at: datetime | None) -> dict[Month, str]:
    """The folder of HDFS that readers see of each month, or saw at an instant. Raises AeroError where one is not there,
    or its load of then is kept no longer."""
    there: Mapping[metastore.Partition, str]
    if at is None:
        there = metastore.locations(FLIGHTS)
    else:
        there = as_of.looked_up(client, [f"SELECT * FROM {FLIGHTS.name}"], at).loads[FLIGHTS]
    if missing := [str(month) for month in months if tuple(month) not in there]:
        raise AeroError(f"Readers see no flights of {', '.join(missing)}.", "What is there: aero months")
    return {month: there[tuple(month)] for month in months}


def month(client: hdfs.Client, when: Month, folder: str, form: str, to: Path) -> tuple[Manifest, bool]:
    """Write a month's file and its manifest; the manifest, and whether anything was written: not where both are there.

    Raises AeroError where a load has no file that can be read, hdfs.HdfsError where HDFS does not answer.
    """
    path = to / f"flights-{when}.{form}"
    known = to / f"flights-{when}.json"
    if (there := _whole(known, path, load_of(folder), form)) is not None:
        return there, False
    to.mkdir(parents=True, exist_ok=True)
    with _beside(path) as temporary:
        rows, columns = _write(client, when, folder, form, temporary)
        size, sha256 = temporary.stat().st_size, files.sha256(temporary)
        known.unlink(missing_ok=True)  # From here on it would not be of this file.
        temporary.replace(path)
    made = Manifest(FLIGHTS.name, str(when), load_of(folder), form, path.name, rows, size, sha256, columns,
                    instant_text(utc_now()))  # fmt: skip
    files.replace_json(known, asdict(made), synced=True)
    return made, True


def beside(client: hdfs.Client, when: Month, folder: str, form: str, scratch: Path) -> tuple[Manifest, bool]:
    """The same in HDFS, in the folder of the load: who reads the table passes over names that begin with an underscore,
    and the sweep that deletes the load deletes it too. It is made in a folder of this machine first. Raises as `month`.
    """
    known = f"{folder}/_flights-{when}-{form}.json"
    if webhdfs.exists(client, known):
        return Manifest(**webhdfs.read_json(client, known)), False
    made, _ = month(client, when, folder, form, scratch)
    made = replace(made, file=f"_{made.file}")
    with (scratch / made.file[1:]).open("rb") as file:
        webhdfs.replace(client, f"{folder}/{made.file}", file)
    webhdfs.replace(client, known, webhdfs.to_json(asdict(made)))
    return made, True


def _whole(known: Path, path: Path, load_id: str, form: str) -> Manifest | None:
    """The manifest that is there, if it is of this load and form and the file is what it says."""
    try:
        there = Manifest(**json.loads(known.read_text(encoding="utf-8")))
        is_it = (there.load_id, there.format, there.file) == (load_id, form, path.name)
        return there if is_it and files.sha256(path) == there.sha256 else None
    except (FileNotFoundError, ValueError, TypeError):
        return None


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A new file in the same folder, gone in the end if it was not put into its place."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _write(client: hdfs.Client, when: Month, folder: str, form: str, path: Path) -> tuple[int, list[str]]:
    """The rows that were written, and the columns."""
    rows = 0
    batches = _batches(client, when, folder)
    if (first := next(batches, None)) is None:
        raise AeroError(f"hdfs:{folder} holds no rows.", f"aero rebuild --from {when} --to {when} makes it anew.")
    as_it_goes = _flat if form == "csv" else pa.Table.from_batches
    schema = as_it_goes([first]).schema
    with path.open("wb") as file, _WRITERS[form](file, schema) as writer:
        for batch in itertools.chain([first], batches):
            writer.write_table(as_it_goes([batch]))
            rows += batch.num_rows
    return rows, schema.names


def _flat(batches: list[pa.RecordBatch]) -> pa.Table:
    """A cell of CSV has no parts: a list is JSON there."""
    table = pa.Table.from_batches(batches)
    for place, column in enumerate(table.columns):
        if pa.types.is_nested(column.type):
            texts = [None if value is None else json.dumps(value) for value in column.to_pylist()]
            table = table.set_column(place, table.field(place).name, pa.array(texts, pa.string()))
    return table


def _batches(client: hdfs.Client, when: Month, folder: str) -> Iterator[pa.RecordBatch]:
    """The rows stripe by stripe, with the partition's columns behind, as SQL has them."""
    for name in sorted(one for one in client.list(folder) if not one.startswith(("_", "."))):
        with client.read(f"{folder}/{name}") as read:
            content = read.read()
        with closing(pa.BufferReader(content)) as file:
            try:
                stripes = orc.ORCFile(file)
                for number in range(stripes.nstripes):
                    yield _as_sql(stripes.read_stripe(number), when)
            except (OSError, ValueError) as fault:
                raise AeroError(f"hdfs:{folder}/{name} is no ORC: {fault}", "aero rebuild makes it anew.") from fault


def _as_sql(batch: pa.RecordBatch, when: Month) -> pa.RecordBatch:
    """Instants in microseconds: no clock of a flight is finer, and not every program reads nanoseconds."""
    arrays = [
        column.cast(pa.timestamp("us", column.type.tz)) if pa.types.is_timestamp(column.type) else column
        for column in batch.columns
    ]
    partition = [pa.array([value] * batch.num_rows, pa.int32()) for value in when]
    return pa.RecordBatch.from_arrays([*arrays, *partition], [*batch.schema.names, *FLIGHTS.partitions])
