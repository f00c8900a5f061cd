"""Folders that are whole or not there: rows are written beside their place and renamed into it."""

from collections.abc import Iterator
from contextlib import contextmanager

from py4j.java_gateway import JavaObject
from pyspark.sql import SparkSession

from aero.errors import AeroError

# The one file of a load.
FILE = "part-00000.orc"
# A file is read by one task, whatever its size: a raw file's line numbers and the first of two equal keys depend on it,
# and a month's flights are together.
WHOLE_FILES = {"spark.sql.files.maxPartitionBytes": "1t", "spark.sql.files.openCostInBytes": "1t"}


@contextmanager
def beside(spark: SparkSession, location: str) -> Iterator[str]:
    """An empty folder beside `location` to write to. At the end it is deleted with all that is in it."""
    folder = loading(location)
    delete(spark, folder)
    try:
        make(spark, folder)
        yield folder
    finally:
        delete(spark, folder)


def loading(location: str) -> str:
    """The name of the folder `beside` a location: where a run was killed, it is still there."""
    parent, _, name = location.rpartition("/")
    return f"{parent}/_loading-{name.removeprefix('load=')}"


def move(spark: SparkSession, folder: str, location: str) -> None:
    """Puts a folder, an empty one where there is none, in the place of `location`."""
    source, final = path_of(spark, folder), path_of(spark, location)
    files = file_system(spark, final)
    files.mkdirs(source)
    files.mkdirs(final.getParent())  # Renaming makes none.
    # Renaming onto a folder would move into it.
    files.delete(final, True)
    if not files.rename(source, final):
        raise AeroError(f"{location}: {folder} could not be renamed to it", "Look at its folder in HDFS.")


@contextmanager
def moved_into_place(spark: SparkSession, location: str) -> Iterator[str]:
    """A folder `beside` a location. At the end it takes its place; after an error the location stays as it was."""
    with beside(spark, location) as folder:
        yield folder
        move(spark, folder, location)


def make(spark: SparkSession, location: str) -> None:
    """Makes a folder, and those above it."""
    path = path_of(spark, location)
    file_system(spark, path).mkdirs(path)


def exists(spark: SparkSession, location: str) -> bool:
    """Whether a file or folder is there."""
    path = path_of(spark, location)
    return file_system(spark, path).exists(path)


def delete(spark: SparkSession, location: str) -> None:
    """Deletes a file or folder with all in it, if it is there."""
    path = path_of(spark, location)
    file_system(spark, path).delete(path, True)


def write_text(spark: SparkSession, location: str, text: str) -> None:
    """Writes a small UTF-8 file."""
    write_bytes(spark, location, text.encode())


def write_bytes(spark: SparkSession, location: str, content: bytes) -> None:
    """Writes a file that fits into memory."""
    path = path_of(spark, location)
    stream = file_system(spark, path).create(path, True)
    try:
        stream.write(bytearray(content))
    finally:
        stream.close()


def read_text(spark: SparkSession, location: str) -> str:
    """What a small UTF-8 file holds."""
    path = path_of(spark, location)
    stream = file_system(spark, path).open(path)
    try:
        return bytes(stream.readAllBytes()).decode()
    finally:
        stream.close()


def names(spark: SparkSession, location: str) -> list[str]:
    """Names of what is in a folder; none where there is no folder."""
    path = path_of(spark, location)
    files = file_system(spark, path)
    return [status.getPath().getName() for status in files.listStatus(path)] if files.exists(path) else []


def path_of(spark: SparkSession, location: str) -> JavaObject:
    """Hadoop's Path of a location."""
    jvm = spark._jvm
    assert jvm is not None  # Only a session of Spark Connect has none.
    return jvm.org.apache.hadoop.fs.Path(location)


def file_system(spark: SparkSession, path: JavaObject) -> JavaObject:
    """The file system that a path is on."""
    return path.getFileSystem(spark._jsc.hadoopConfiguration())
