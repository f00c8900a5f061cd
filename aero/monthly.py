"""A month's rows as records of the topic `flights.monthly`, as the producer writes and the consumer checks them.

A record is one line of the raw file, byte for byte: key `<load id>/<line number>`, the header is line 1. After the last
one is acknowledged comes the end marker, key `<load id>/end`: how many lines there are, and their hash. A load's id is
made of its bytes, so whoever sends a load again, after a crash for instance, sends the same records.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from aero.datasets import STAGING

END = "end"
# Hash of a set of lines: the sum of these many hexadecimal digits of the SHA-256 of each line and its number. It does
# not depend on the order, in which Kafka's partitions and Spark's tasks differ, and both sides compute it in one pass.
HASH_DIGITS = 15


@dataclass(frozen=True)
class Marker:
    """What a whole load has: lines, header and blank ones too, and their hash (see `digest`)."""

    lines: int
    hash: int

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, text: bytes | str) -> "Marker":
        return cls(**json.loads(text))


def key(load_id: str, line: int | str) -> bytes:
    """Key of a line's record, or of the end marker."""
    return f"{load_id}/{line}".encode()


def digest(line: int, content: bytes) -> int:
    """Hash of one line. Spark's twin of it is in jobs/consume_month.py."""
    return int(hashlib.sha256(b"%d:%s" % (line, content)).hexdigest()[:HASH_DIGITS], 16)


def marker(lines: Iterable[bytes]) -> Marker:
    """The marker that the lines of a file should have."""
    digests = [digest(number, line) for number, line in enumerate(lines, 1)]
    return Marker(len(digests), sum(digests))


def staging_path(load_id: str) -> str:
    """HDFS folder of a load on its way from Kafka to the table; gone when the load is complete."""
    return f"{STAGING.path}/flights_monthly/load={load_id}"
