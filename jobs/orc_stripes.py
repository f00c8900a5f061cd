"""ORC files made of other files' stripes: their bytes are copied, and no row is read.

A stripe holds rows with all that it takes to read them, so a file may take one over from a file of the same form,
whichever library wrote it. Of dates before 1582, which no flight has, a file would have to say by which calendar.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass

from load_folders import file_system, path_of
from py4j.java_gateway import JavaObject
from py4j.protocol import Py4JError
from pyspark.sql import SparkSession

from aero.errors import AeroError


class Unlike(AeroError):
    """Stripes whose files differ in schema, compression or format, which no one file can hold."""


@dataclass(frozen=True)
class Stripes:
    """Some stripes of an ORC file, from the `first` (0 is that of the file) on."""

    file: str
    first: int
    count: int


def of_file(spark: SparkSession, file: str) -> Stripes:
    """All stripes of an ORC file."""
    with _reader(spark, file) as reader:
        return Stripes(file, 0, reader.getStripes().size())


def rows(spark: SparkSession, file: str) -> int:
    """How many rows an ORC file says that it has."""
    with _reader(spark, file) as reader:
        return int(reader.getNumberOfRows())


def join(spark: SparkSession, parts: Sequence[Stripes], target: str) -> int:
    """Writes a file of these stripes, of at least one, in their order. Returns its rows. Raises Unlike."""
    path, rows = path_of(spark, target), 0
    with ExitStack() as opened:
        readers = {part.file: opened.enter_context(_reader(spark, part.file)) for part in parts}
        if len({_form(reader) for reader in readers.values()}) > 1:
            raise Unlike(
                f"{', '.join(readers)}: they differ in schema, compression or format", "Make all of them again."
            )
        bytes_of = {file: opened.enter_context(closing(_opened(spark, file))) for file in readers}
        writer = opened.enter_context(finished(_orc(spark).createWriter(path, _options(spark, readers))))
        for part in parts:
            reader, stream = readers[part.file], bytes_of[part.file]
            stripes, statistics = reader.getStripes(), reader.getOrcProtoStripeStatistics()
            if part.first + part.count > stripes.size():
                raise Unlike(f"{part.file}: it has {stripes.size()} stripes, not {part}", "Make all of them again.")
            for number in range(part.first, part.first + part.count):
                stripe = stripes[number]
                stream.seek(stripe.getOffset())
                content = bytes(stream.readNBytes(stripe.getLength()))
                writer.appendStripe(content, 0, len(content), stripe, statistics[number])
                rows += stripe.getNumberOfRows()
    return rows


@contextmanager
def finished(writer: JavaObject) -> Iterator[JavaObject]:
    """A writer of ORC, whose file is whole at the end.

    After an error it is closed too, and then complains of what lacks: what is raised is the error.
    """
    try:
        yield writer
    except BaseException:
        with suppress(Py4JError):
            writer.close()
        raise
    writer.close()


def _opened(spark: SparkSession, file: str) -> JavaObject:
    path = path_of(spark, file)
    return file_system(spark, path).open(path)


def _options(spark: SparkSession, readers: dict[str, JavaObject]) -> JavaObject:
    """The writer's options for a file of the form of these."""
    reader = next(iter(readers.values()))
    options = _orc(spark).writerOptions(spark._jsc.hadoopConfiguration())
    options = options.setSchema(reader.getSchema()).compress(reader.getCompressionKind())
    options = options.bufferSize(reader.getCompressionSize()).enforceBufferSize()
    options = options.rowIndexStride(reader.getRowIndexStride()).version(reader.getFileVersion())
    return options.setProlepticGregorian(True)


def _form(reader: JavaObject) -> tuple[str, ...]:
    parts = (
        reader.getSchema(),
        reader.getCompressionKind(),
        reader.getCompressionSize(),
        reader.getRowIndexStride(),
        reader.getFileVersion(),
    )
    return tuple(map(str, parts))


@contextmanager
def _reader(spark: SparkSession, file: str) -> Iterator[JavaObject]:
    orc = _orc(spark)
    options = orc.readerOptions(spark._jsc.hadoopConfiguration())
    with closing(orc.createReader(path_of(spark, file), options)) as reader:
        yield reader


def _orc(spark: SparkSession) -> JavaObject:
    """The ORC library that Spark brings."""
    jvm = spark._jvm
    assert jvm is not None  # Only a session of Spark Connect has none.
    return jvm.org.apache.orc.OrcFile
