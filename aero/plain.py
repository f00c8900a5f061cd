"""Text from outside, as a terminal may show it: nothing in it moves the cursor, colours, hides or turns other text."""

import re

import click

# Control characters but for the end of a line and the tabulator, and those that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """The text without the characters that a terminal would obey in place of showing them; they have no width."""
    return text if text.isprintable() else _UNSEEN.sub("", text)


def echo(text: str, err: bool = False) -> None:
    """Print a line with text from outside."""
    click.echo(plain(text), err=err)
