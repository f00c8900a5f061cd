"""The way of columns as text for people, and as pictures: DOT (Graphviz) and Mermaid."""

from collections.abc import Iterable, Iterator

from aero.ops.origins import ROWS, Column, Origin

Known = dict[Column, Origin]


def tree(column: Column, known: Known) -> Iterator[str]:
    """A column and what it is made of, a line each, indented; what was shown above is not followed again."""
    seen: set[Column] = set()

    def below(one: Column, depth: int) -> Iterator[str]:
        how = f"   {known[one].how}" if known[one].how else ""
        again = " (above)" if one in seen and known[one].columns else ""
        yield f"{'  ' * depth}{one}{again or how}"
        if one not in seen:
            seen.add(one)
            for source in known[one].columns:
                yield from below(source, depth + 1)

    return below(column, 0)


def edges(known: Known, by_table: bool) -> list[tuple[str, str]]:
    """What is made of what, from the source on, each once: columns, or their tables."""
    pairs = ((source, made) for made, origin in known.items() for source in origin.columns)
    named = ((_name(source, by_table), _name(made, by_table)) for source, made in pairs)
    return list(dict.fromkeys((source, made) for source, made in named if source != made))


def _name(column: Column, by_table: bool) -> str:
    return column.table if by_table or column.name == ROWS else str(column)


def dot(pairs: Iterable[tuple[str, str]]) -> str:
    """For `dot -Tsvg`."""
    lines = [f"  {_quoted(source)} -> {_quoted(made)};" for source, made in pairs]
    return "\n".join(["digraph lineage {", "  rankdir=LR; node [shape=box];", *lines, "}"])


def mermaid(pairs: Iterable[tuple[str, str]]) -> str:
    """For pages of Markdown."""
    known: dict[str, str] = {}
    lines = []
    for pair in pairs:
        source, made = (known.setdefault(name, f"n{len(known)}") for name in pair)
        lines.append(f"  {source} --> {made}")
    names = [f"  {short}[{_quoted(name)}]" for name, short in known.items()]
    return "\n".join(["flowchart LR", *names, *lines])


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', "'") + '"'
