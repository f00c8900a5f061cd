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


def command_of(words) -> str:
    """The name in SCHEMAS of what `aero` prints when it is run with these words."""
    return max((name for name in SCHEMAS if _is_named(name.split(), words)), key=len)


def _is_named(parts, words):
    """Whether the words begin with a command's, and have its options."""
    command = [part for part in parts if not part.startswith("--")]
    return list(words[: len(command)]) == command and set(parts) <= set(words)


def _names(value):
    if isinstance(value, dict):
        return {name: _names(one) for name, one in value.items()}
    return [_names(one) for one in value] if isinstance(value, list) else None
