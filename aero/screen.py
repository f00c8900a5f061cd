"""Rich's console, for which what comes from outside is text."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console as RichConsole
from rich.segment import Segment

from aero.plain import plain


class Console(RichConsole):
    """What is printed by it holds no control characters but its own: rich leaves the escape character in texts.

    Markup is still read in what is printed as `str`: give data as rich.text.Text, or with markup=False.
    """

    def render(self, *arguments: Any, **options: Any) -> Iterator[Segment]:
        for segment in super().render(*arguments, **options):
            yield segment if segment.control else Segment(plain(segment.text), segment.style)
