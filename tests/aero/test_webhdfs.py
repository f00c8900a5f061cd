"""HDFS that takes connections and keeps silent: whoever waits is told so, by the address of the server."""

import json
import socket
import threading
from contextlib import closing

import pytest
from hdfs import HdfsError

from aero.connections import webhdfs
from aero.errors import AeroError, Away
from aero.webhdfs import Client

BROKEN_AFTER_SECONDS = 30


@pytest.fixture
def server():
    """Makes a server that answers one request with so many bytes, and is silent then or hangs up. Returns its address.

    It hangs up after half a minute, which is another fault: so a client that waits for ever fails its test.
    """
    opened = []

    def made(answer=b"", hangs_up=False):
        listening = socket.create_server(("127.0.0.1", 0))
        opened.append(listening)

        def serve():
            connection, _ = listening.accept()
            opened.append(connection)
            connection.recv(65536)
            connection.sendall(answer)
            if hangs_up:
                connection.close()

        if answer:
            threading.Thread(target=serve, daemon=True).start()
        timer = threading.Timer(BROKEN_AFTER_SECONDS, lambda: [one.close() for one in opened])
        timer.daemon = True
        timer.start()
        return f"127.0.0.1:{listening.getsockname()[1]}"

    yield made
    for one in opened:
        one.close()


@pytest.fixture
def client(monkeypatch):
    """Makes a client of a NameNode at an address."""

    def made(address):
        host, port = address.split(":")
        for name, value in {"HOST": host, "HTTP_PORT": port}.items():
            monkeypatch.setenv(f"NAMENODE_{name}", value)
        monkeypatch.setenv("HTTP_DOOR", "open")
        monkeypatch.setenv("AERO_HDFS_SECONDS", "0.3")
        return webhdfs()

    return made


def sent_on(address):
    """What a NameNode answers that sends a client on to a DataNode."""
    head = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://{address}/webhdfs/v1/a?op=OPEN\r\n"
    return f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


def refused(exception, message):
    """What a NameNode answers that does not do what it is asked."""
    body = json.dumps({"RemoteException": {"exception": exception, "message": message}})
    head = f"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return f"{head}{body}".encode()


def read(client):
    with client.read("/a") as file:
        return file.read()


def test_a_namenode_that_is_silent(server, client):
    address = server()
    with pytest.raises(AeroError, match=f"HDFS at {address} was silent for 0.3 s") as silent:
        client(address).list("/")
    assert "AERO_HDFS_SECONDS" in silent.value.fix


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"], ids=["all", "half-way"]
)
def test_a_datanode_that_is_silent_while_a_file_is_read(server, client, answer):
    datanode = server(answer)
    with pytest.raises(AeroError, match=f"HDFS at {datanode} was silent"):
        read(client(server(sent_on(datanode))))


@pytest.mark.parametrize(
    ("exception", "message"),
    [
        ("RetriableException", "Namenode is in startup mode"),
        (
            "RetriableException",
            "Zero blocklocations for /a. Name node is in safe mode.\nThe reported blocks 0 needs 211",
        ),
        ("SafeModeException", "Cannot create file /a. Name node is in safe mode."),
    ],
)
def test_a_namenode_that_starts(server, client, exception, message):
    """Each was a traceback in the minute after a power cut."""
    with pytest.raises(Away, match=r"HDFS at .* is not ready: .*(startup|safe) mode\.?\n") as away:
        read(client(server(refused(exception, message))))
    assert "aero status" in away.value.fix


def test_what_is_refused_for_good_is_the_librarys_error(server, client):
    with pytest.raises(HdfsError, match="Permission denied"):
        read(client(server(refused("AccessControlException", "Permission denied"))))


@pytest.mark.parametrize("size", [10, 50_000_000], ids=["small", "more-than-it-takes"])
def test_a_datanode_that_is_silent_while_a_file_is_written(server, client, size):
    datanode = server()
    with pytest.raises(AeroError, match=f"HDFS at {datanode} was silent"):
        client(server(sent_on(datanode))).write("/a", data=bytes(size))


def test_what_is_whole_is_read(server, client):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhalf"
    assert read(client(server(sent_on(server(answer))))) == b"half"


def test_a_namenode_that_is_not_there(client):
    with pytest.raises(Away, match=r"HDFS at 127.0.0.1:\d+ does not answer: .*Connection refused") as gone:
        client(nowhere()).list("/")
    assert "aero up" in gone.value.fix


@pytest.mark.parametrize("hangs_up", [True, False], ids=["hangs-up", "is-silent"])
def test_where_a_namenode_does_not_answer_the_next_one_is_asked(server, monkeypatch, hangs_up):
    listed = b'{"FileStatuses": {"FileStatus": []}}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(listed)
    addresses = (nowhere() if hangs_up else server(), server(answer + listed))
    assert Client(";".join(f"http://{one}" for one in addresses), 0.3).list("/") == []


def test_a_file_that_breaks_off(server, client):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    with pytest.raises(Away, match="HDFS at .* does not answer: .*IncompleteRead"):
        read(client(server(sent_on(server(answer, hangs_up=True)))))


def nowhere():
    """An address at which nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        return f"127.0.0.1:{gone.getsockname()[1]}"
