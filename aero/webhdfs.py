"""Files of HDFS over WebHDFS: read, listed, and written so that a reader sees a file whole or not at all.

Functions take the client of `aero.connections.webhdfs()`, which is a Client.
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import urlsplit

import hdfs
import requests
import urllib3

from aero.errors import Away

# Also for what is sent in one piece.
CONNECT_SECONDS = 30


class Client(hdfs.InsecureClient):
    """The library's client, which raises Away where a server is silent for some seconds: one that is frozen takes
    connections and never answers."""

    def __init__(self, url: str, seconds: float, **more: Any) -> None:
        super().__init__(url, timeout=(min(seconds, CONNECT_SECONDS), seconds), **more)
        self._seconds = seconds

    def _request(self, method: str, url: str, **what: Any) -> Any:
        try:
            return super()._request(method, url, **what)
        except requests.RequestException as fault:
            if not isinstance(fault, requests.Timeout) and "timed out" not in str(fault):
                raise
            asked = fault.request.url if fault.request is not None else url  # It may have been sent on.
            raise self._silent(urlsplit(str(asked)).netloc) from fault

    @contextmanager
    def read(self, *what: Any, **how: Any) -> Iterator[Any]:
        with super().read(*what, **how) as file:
            try:
                yield file
            except urllib3.exceptions.ReadTimeoutError as fault:
                raise self._silent(f"{fault.pool.host}:{fault.pool.port}") from fault

    def _silent(self, address: str) -> Away:
        return Away(
            f"HDFS at {address} was silent for {self._seconds:g} s.",
            "What runs: aero status. AERO_HDFS_SECONDS sets how long is waited.",
        )


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
