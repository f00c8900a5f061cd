"""Folders that are whole or not there: rows are written beside their place and renamed into it."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import SparkSession

from aero.errors import AeroError


@contextmanager
def moved_into_place(spark: SparkSession, location: str) -> Iterator[str]:
    """A folder beside `location` to write to, `_loading-<load id>`.

    At the end it takes the place of `location`; after an error it is deleted and `location` stays as it was.
    """
    final = _path(spark, location)
    beside = _path(spark, f"{final.getParent()}/_loading-{final.getName().removeprefix('load=')}")
    files = _file_system(spark, final)
    try:
        files.delete(beside, True)
        files.mkdirs(beside)
        yield str(beside)
        # Renaming onto a folder would move into it.
        files.delete(final, True)
        if not files.rename(beside, final):
            raise AeroError(f"{location}: {beside.getName()} could not be renamed to it", "Look at its folder in HDFS.")
    finally:
        files.delete(beside, True)


def exists(spark: SparkSession, location: str) -> bool:
    """Whether a file or folder is there."""
    path = _path(spark, location)
    return _file_system(spark, path).exists(path)


def delete(spark: SparkSession, location: str) -> None:
    """Deletes a file or folder with all in it, if it is there."""
    path = _path(spark, location)
    _file_system(spark, path).delete(path, True)


def write_text(spark: SparkSession, location: str, text: str) -> None:
    """Writes a small UTF-8 file."""
    path = _path(spark, location)
    stream = _file_system(spark, path).create(path, True)
    try:
        stream.write(bytearray(text.encode()))
    finally:
        stream.close()


def _path(spark: SparkSession, location: str):
    return spark._jvm.org.apache.hadoop.fs.Path(location)


def _file_system(spark: SparkSession, path):
    return path.getFileSystem(spark._jsc.hadoopConfiguration())
