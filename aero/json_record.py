"""What a plan's entry and a report's record have in common: each is one object in a JSON list."""

from typing import Any, Protocol, Self


class JsonRecord(Protocol):
    """A record that is written as a JSON object, and made from it again."""

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self: ...

    def to_json(self) -> dict[str, Any]: ...
