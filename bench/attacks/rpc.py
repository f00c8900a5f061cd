"""The binary protocols of Hadoop and HBase, as much as an attacker needs: one call under a name of one's choice.

Messages are protobuf: a dictionary of field numbers here. Nothing in these protocols asks for a proof of the name, as
long as there is no Kerberos.
"""

import os
import socket
import struct
from contextlib import contextmanager

from bench.attacks.attempts import ANSWER_SECONDS, CONNECT_SECONDS, Failed, Refused

Message = dict[int, object]


def encoded(message: Message) -> bytes:
    """Protobuf: integers, texts, bytes and messages within messages."""
    parts = []
    for number, value in message.items():
        if isinstance(value, dict):
            value = encoded(value)
        if isinstance(value, str):
            value = value.encode()
        if isinstance(value, bytes):
            parts += [_varint(number << 3 | 2), _varint(len(value)), value]
        else:
            parts += [_varint(number << 3), _varint(int(value))]
    return b"".join(parts)


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _zigzag(value: int) -> int:
    return (value << 1) ^ (value >> 31)


def decoded(data: bytes) -> dict[int, list]:
    """The fields of a message, each a list of integers or bytes."""
    found: dict[int, list] = {}
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        if key & 7 == 0:
            value, at = _read_varint(data, at)
        else:
            size, at = _read_varint(data, at) if key & 7 == 2 else ({1: 8, 5: 4}[key & 7], at)
            value, at = data[at : at + size], at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            return value, at


def delimited(message: Message | bytes) -> bytes:
    data = message if isinstance(message, bytes) else encoded(message)
    return _varint(len(data)) + data


def split(data: bytes) -> list[bytes]:
    """The delimited messages of a frame."""
    found, at = [], 0
    while at < len(data):
        size, at = _read_varint(data, at)
        found.append(data[at : at + size])
        at += size
    return found


@contextmanager
def connected(host: str, port: int):
    """A connection. Raises Refused where there is no way, Failed where it breaks off."""
    try:
        connection = socket.create_connection((host, port), timeout=CONNECT_SECONDS)
    except (TimeoutError, ConnectionRefusedError, OSError) as closed:
        raise Refused(f"no way there: {closed.strerror or 'nothing answers'}") from closed
    with connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            yield connection
        except OSError as broken:
            raise Failed(f"it broke off: {broken}") from broken


def receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise Failed("it closed the connection without an answer")
        data += more
    return data


def _frame(connection: socket.socket) -> bytes:
    return receive(connection, struct.unpack(">i", receive(connection, 4))[0])


def hadoop(host: str, port: int, user: str, protocol: str, method: str, message: Message) -> dict[int, list]:
    """The answer to one call of Hadoop's RPC. Raises Refused with the server's words where it forbids it."""
    client = os.urandom(16)

    def header(call: int) -> bytes:
        return delimited({1: 2, 2: 0, 3: _zigzag(call), 4: client, 5: _zigzag(0 if call >= 0 else -1)})

    context = header(-3) + delimited({2: {1: user}, 3: protocol})
    call = header(0) + delimited({1: method, 2: protocol, 3: 1}) + delimited(message)
    with connected(host, port) as connection:
        connection.sendall(b"hrpc\x09\x00\x00" + b"".join(struct.pack(">i", len(one)) + one for one in (context, call)))
        found = split(_frame(connection))
    answer = decoded(found[0])
    if answer[2][0]:
        kind, words = (answer[number][0].decode() if number in answer else "" for number in (4, 5))
        _raise(kind, words)
    return decoded(found[1]) if len(found) > 1 else {}


def hbase(host: str, port: int, user: str, service: str, method: str, message: Message) -> dict[int, list]:
    """The answer to one call of HBase's RPC."""
    header = encoded({1: {1: user}, 2: service})
    call = delimited({1: 1, 3: method, 4: 1}) + delimited(message)
    with connected(host, port) as connection:
        connection.sendall(b"HBas\x00\x50" + b"".join(struct.pack(">i", len(one)) + one for one in (header, call)))
        found = split(_frame(connection))
    answer = decoded(found[0])
    if 2 in answer:
        said = decoded(answer[2][0])
        _raise(said[1][0].decode(), said.get(2, [b""])[0].decode(errors="replace"))
    return decoded(found[1]) if len(found) > 1 else {}


def spark(host: str, port: int, seconds: int = ANSWER_SECONDS) -> str:
    """What Spark answers to a message that nobody signed: that it expected a secret's proof, or, where it asks for
    none, how it failed to make an object of Java of it. Raises Refused or Failed where no Spark answers."""
    message = struct.pack(">BqI", 3, 1, 4) + b"what"
    with connected(host, port) as connection:
        connection.settimeout(seconds)
        connection.sendall(struct.pack(">q", 8 + len(message)) + message)
        size, kind, call = struct.unpack(">qBq", receive(connection, 17))
        if (kind, call) != (5, 1):
            raise Failed("another protocol")
        return receive(connection, size - 17)[4:].decode(errors="replace")


def _raise(kind: str, words: str) -> None:
    said = f"{kind.rpartition('.')[2]}: {words.splitlines()[0] if words else ''}"
    if any(word in said for word in ("AccessControl", "Authorization", "InvalidToken", "SIMPLE authentication")):
        raise Refused(said)
    raise Failed(said)
