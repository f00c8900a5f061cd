"""Files of HDFS over WebHDFS: read, listed, and written so that a reader sees a file whole or not at all.

Functions take the client of `aero.connections.webhdfs()`.
"""

import json
import uuid
from collections.abc import Iterable
from typing import IO, Any

import hdfs


def exists(client: hdfs.Client, path: str) -> bool:
    """Whether a file or folder is there."""
    return client.status(path, strict=False) is not None


def names(client: hdfs.Client, folder: str) -> list[str]:
    """Names of what is in a folder; none where there is no such folder."""
    try:
        return client.list(folder)
    except hdfs.HdfsError as error:
        if error.exception == "FileNotFoundException":
            return []
        raise


def read_json(client: hdfs.Client, path: str) -> Any:
    """The JSON value of a file. Raises hdfs.HdfsError where it is not there, ValueError where it is not JSON."""
    with client.read(path) as file:
        return json.load(file)


def create(client: hdfs.Client, path: str, data: bytes | IO[bytes]) -> None:
    """Write a new file beside its place and rename it there. Raises hdfs.HdfsError where one is there already."""
    temporary = _beside(path)
    client.write(temporary, data=data)
    client.rename(temporary, path)


def replace(client: hdfs.Client, path: str, data: bytes | IO[bytes] | Iterable[bytes]) -> None:
    """Write a file beside its place and put it there by one rename, over what was there."""
    temporary = _beside(path)
    client.write(temporary, data=data)
    rename_over(client, temporary, path)


def rename_over(client: hdfs.Client, temporary: str, path: str) -> None:
    """Put a file in the place of another in one step. The library's own rename() cannot."""
    client._rename(temporary, destination=path, renameoptions="OVERWRITE")


def to_json(content: Any) -> bytes:
    """JSON as it is written to HDFS: indented, for people who look."""
    return json.dumps(content, indent=2).encode()


def _beside(path: str) -> str:
    """A name of its own in the same folder; Hive and Spark pass over names that begin with an underscore."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/_{name}.{uuid.uuid4().hex}"
