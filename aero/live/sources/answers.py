"""The JSON of a source's answer, read within bounds: nothing that a source sends is believed, not even its size."""

import json
from typing import Any

import requests

from aero.live.sources.polling import Temporary
from aero.plain import plain

# OpenSky's states of the whole world have some two.
MOST_BYTES = 16 * 1024 * 1024
PIECE = 65_536
# All aircraft in the air are some 15,000.
MOST_RECORDS = 100_000
LONGEST_MESSAGE = 300


def json_of(answer: requests.Response) -> Any:
    """The JSON value of an answer that was asked for with stream=True; None where it is none that can be read.

    Raises Temporary where it is too large, or breaks off.
    """
    content = b""
    try:
        with answer:
            for piece in answer.iter_content(PIECE):
                content += piece
                if len(content) > MOST_BYTES:
                    where = answer.url.partition("?")[0]
                    raise Temporary(f"{where}: HTTP {answer.status_code}: more than {MOST_BYTES:,} bytes")
        return json.loads(content)
    except requests.RequestException as fault:
        raise Temporary(f"{answer.url.partition('?')[0]}: the answer broke off: {type(fault).__name__}") from None
    except (ValueError, RecursionError):  # A number may have too many digits, and lists too many levels.
        return None


def checked_records(records: list[Any]) -> list[Any]:
    """The records of an answer. Raises Temporary where they are more than there can be."""
    if len(records) > MOST_RECORDS:
        raise Temporary(f"the answer has {len(records):,} records, more than {MOST_RECORDS:,}")
    return records


def message_of(text: Any) -> str:
    """What a source says of an error, as a log may have it: one line, and no book."""
    return plain(" ".join(str(text).split()))[:LONGEST_MESSAGE]
