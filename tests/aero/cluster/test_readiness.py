"""What a probe says of a server that is not there, of one that hangs up, and of one that answers."""

import socket
import struct
import threading

import pytest

from aero.cluster import readiness
from aero.settings import Settings

REPLY, EXCEPTION = 2, 3
WAITS_FOR = {
    "metastore": "its Thrift interface to answer a call",
    "hiveserver2": "SELECT 1 to answer",
    "spark_thrift": "SELECT 1 to answer",
    "hbase_thrift": "a row to be looked up",
    "hbase_thrift2": "a row to be looked up",
}
# The function that a probe calls, and what its result is: the type, the number of the field, the value.
CALLS = {
    "metastore": (b"getVersion", struct.pack(">bhi", 11, 0, 3) + b"3.0"),
    "hbase_thrift": (b"getRow", struct.pack(">bhbi", 15, 0, 12, 0)),
    "hbase_thrift2": (b"exists", struct.pack(">bhb", 2, 0, 0)),
}


def _message(kind: int, name: bytes, result: bytes) -> bytes:
    """A Thrift message in the binary protocol."""
    return struct.pack(">Ii", 0x80010000 | kind, len(name)) + name + struct.pack(">i", 0) + result + b"\0"


def _settings(name: str, port: int) -> Settings:
    return Settings(None, None, {f"{name.upper()}_HOST": "127.0.0.1", f"{name.upper()}_PORT": str(port)})


@pytest.fixture
def serve():
    """Serve the same bytes after each request, none: hang up. Returns the port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def start(response: bytes) -> int:
        def answer() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    if response and connection.recv(4096):
                        connection.sendall(response)
                        connection.recv(1)

        threading.Thread(target=answer, daemon=True).start()
        return listening.getsockname()[1]

    yield start
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


@pytest.mark.parametrize("name", [*WAITS_FOR, "kafka"])
def test_a_closed_port_is_named_and_no_client_is_called(name):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    waits_for = getattr(readiness, name)(_settings(name, port))
    assert waits_for.startswith("its listener to answer" if name == "kafka" else "its Thrift interface to answer")


@pytest.mark.parametrize("name", WAITS_FOR)
def test_a_server_that_hangs_up_is_not_ready(name, serve):
    assert getattr(readiness, name)(_settings(name, serve(b""))) == WAITS_FOR[name]


@pytest.mark.parametrize("name", CALLS)
def test_a_server_that_answers_the_call_is_ready(name, serve):
    function, result = CALLS[name]
    assert getattr(readiness, name)(_settings(name, serve(_message(REPLY, function, result)))) is None


@pytest.mark.parametrize("name", CALLS)
def test_a_server_that_answers_with_an_exception_is_not_ready(name, serve):
    function, _ = CALLS[name]
    assert getattr(readiness, name)(_settings(name, serve(_message(EXCEPTION, function, b"")))) == WAITS_FOR[name]
