"""aero man: the manual page, of what the commands say of themselves."""

import inspect
from collections.abc import Iterator
from importlib.metadata import metadata

import click

_NAME = "aero"


@click.command()
@click.pass_context
def man(context: click.Context) -> None:
    """Print the manual page: every command and its options, for the program man.

    \b
    mkdir -p ~/.local/share/man/man1
    aero man > ~/.local/share/man/man1/aero.1
    man aero
    """
    root, package = context.find_root().command, metadata(_NAME)
    click.echo(f'.TH AERO 1 "" "{_NAME} {package["Version"]}" "AERO on Hadoop"')
    click.echo(f".SH NAME\n{_NAME} \\- {_text(package['Summary'])}\n.SH SYNOPSIS")
    click.echo("\n".join(_synopsis(root, _NAME)))
    click.echo(".SH DESCRIPTION")
    click.echo("\n".join([*_help(root), ".SH OPTIONS", *_options(root), ".SH COMMANDS"]))
    click.echo("\n".join(_commands(root, _NAME)))


def _commands(group: click.Command, path: str) -> Iterator[str]:
    """A section for each command below a group, in the group's order."""
    commands = group.commands if isinstance(group, click.Group) else {}
    for name in sorted(commands):
        command, words = commands[name], f"{path} {name}"
        yield f".SS {_text(words)}"
        yield from _synopsis(command, words)
        yield ".PP"
        yield from _help(command)
        yield from _options(command)
        yield from _commands(command, words)


def _synopsis(command: click.Command, words: str) -> Iterator[str]:
    pieces = command.collect_usage_pieces(click.Context(command))
    yield f".B {_text(words)}"
    yield _text(" ".join(pieces))


def _help(command: click.Command) -> Iterator[str]:
    """Its paragraphs; those that click leaves as they are stand so here."""
    for number, paragraph in enumerate(inspect.cleandoc(command.help or "").split("\n\n")):
        lines = paragraph.splitlines()
        as_it_is = lines[0].strip() == "\b"
        if number:
            yield ".PP"
        yield from (
            [".RS 4", ".nf", *map(_text, lines[1:]), ".fi", ".RE"]
            if as_it_is
            else [_text(" ".join(map(str.strip, lines)))]
        )


def _options(command: click.Command) -> Iterator[str]:
    context = click.Context(command)
    for option in command.params:
        names, what = option.get_help_record(context) or ("", "")
        if what:  # What a synopsis has says no more.
            yield from (".TP", f".B {_text(names)}", _text(" ".join(what.split())))


def _text(words: str) -> str:
    """Words that man takes for words, a line of them."""
    escaped = words.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
