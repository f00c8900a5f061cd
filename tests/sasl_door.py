"""A door of Hive's kind that lets nobody in, and remembers who asked with which password: SASL PLAIN and no more."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

START, BAD = 1, 3


@contextmanager
def sasl_door() -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Its port, and the names and passwords that came so far."""
    came: list[tuple[str, str]] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_serve, args=(server, came), daemon=True).start()
        yield server.getsockname()[1], came
        server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, came: list[tuple[str, str]]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:  # So ends an accept whose socket is shut down.
            return
        with connection, connection.makefile("rwb") as stream:
            assert _message(stream) == (START, b"PLAIN")
            _, words = _message(stream)
            _, name, password = words.split(b"\0")
            came.append((name.decode(), password.decode()))
            refusal = b"Error validating the login"
            stream.write(struct.pack(">BI", BAD, len(refusal)) + refusal)
            stream.flush()


def _message(stream) -> tuple[int, bytes]:
    status, length = struct.unpack(">BI", stream.read(5))
    return status, stream.read(length)
