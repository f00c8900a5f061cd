"""What commands print for scripts."""

import json

import msgspec

from aero.cli.schemas import SCHEMAS


def printed(command: str, output: str):
    """What a command printed with --json, `output`. It must be as `aero schema` says, and hold nothing besides."""
    found = json.loads(output)
    typed = msgspec.convert(found, SCHEMAS[command])
    assert _names(json.loads(msgspec.json.encode(typed))) == _names(found)
    return found


def _names(value):
    if isinstance(value, dict):
        return {name: _names(one) for name, one in value.items()}
    return [_names(one) for one in value] if isinstance(value, list) else None
