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

from aero.errors import Away, reason

# Also for what is sent in one piece.
CONNECT_SECONDS = 30
# What a NameNode answers that starts, waits for blocks in safe mode, or is not the active one.
NOT_YET = ("RetriableException", "SafeModeException", "StandbyException")


class HdfsAway(Away, requests.ConnectionError):
    """A server of HDFS does not answer, or broke off. The library takes a ConnectionError as the word to ask the next
    NameNode, where there are several."""


class Client(hdfs.InsecureClient):
    """The library's client, which raises HdfsAway where a server is not there, breaks off, or is silent for some
    seconds: one that is frozen takes connections and never answers."""

    def __init__(self, url: str, seconds: float, **more: Any) -> None:
        super().__init__(url, timeout=(min(seconds, CONNECT_SECONDS), seconds), **more)
        self._seconds = seconds

    def _request(self, method: str, url: str, **what: Any) -> Any:
        try:
            answer = super()._request(method, url, **what)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as fault:
            asked = fault.request.url if fault.request is not None else url  # It may have been sent on.
            is_silent = isinstance(fault, requests.Timeout) or "timed out" in str(fault)
            raise self._away(urlsplit(str(asked)).netloc, None if is_silent else fault) from fault
        if said := _not_yet(answer):
            raise HdfsAway(f"HDFS at {urlsplit(url).netloc} is not ready: {said}", "What it waits for: aero status")
        return answer

    @contextmanager
    def read(self, *what: Any, **how: Any) -> Iterator[Any]:
        with super().read(*what, **how) as file:
            try:
                yield file
            except urllib3.exceptions.ReadTimeoutError as fault:
                raise self._away(f"{fault.pool.host}:{fault.pool.port}") from fault
            except urllib3.exceptions.ProtocolError as fault:
                raise self._away(self.url, fault) from fault

    def _away(self, address: str, fault: Exception | None = None) -> HdfsAway:
        """Of a server that was silent, or that is at fault in another way."""
        if fault is None:
            return HdfsAway(
                f"HDFS at {address} was silent for {self._seconds:g} s.",
                "What runs: aero status. AERO_HDFS_SECONDS sets how long is waited.",
            )
        return HdfsAway(
            f"HDFS at {address} does not answer: {reason(fault)}", "What runs: aero status. Start the rest: aero up"
        )


def _not_yet(answer: requests.Response) -> str:
    """Why a NameNode does not do yet what it was asked, in its words; empty where it did it, or never will."""
    if answer.status_code != requests.codes.forbidden:
        return ""
    try:
        refusal = answer.json()["RemoteException"]
    except (ValueError, KeyError):
        return ""
    return str(refusal["message"]).splitlines()[0] if refusal["exception"] in NOT_YET else ""


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
