"""What the texts of the repository name: paths in docstrings, comments and pages, commands in pages."""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

from aero.datasets import REPOSITORY

FOLDERS = "aero|bench|docker|docs|hadoop|hbase|hive|jobs|kafka|luigi_tasks|superset|tests"
# A path in words: not a part of a longer one, such as /etc/hive/conf or /aero/clean, nor of an address.
PATH = re.compile(rf"(?<![\w/.{{}}:-])(?:{FOLDERS})/[\w.*/-]*")
NO_END = re.compile(r"[…<${(]|:\d+\.")
# A file in words, without its folder.
FILE = re.compile(r"(?<![\w/.*-])[\w-]+\.(?:py|hql|toml|yaml|md|sh|cfg)\b(?!\()")
MODULE = re.compile(r"(?<![\w/.-])(?:aero|luigi_tasks)(?:\.[a-z_]\w*)+\b(?!\.[A-Z])")
COMMENTS = {
    ".hql": r"--(.*)",
    ".toml": r"#(.*)",
    ".yaml": r"#(.*)",
    ".conf": r"#(.*)",
    ".properties": r"#(.*)",
    ".env": r"#(.*)",
    ".cfg": r"#(.*)",
    ".sh": r"#(.*)",
    ".xml": r"(?s)<!--(.*?)-->",
}


def is_read(name: str) -> bool:
    """Whether a tracked file has texts that name paths."""
    return Path(name).suffix in {".py", ".md", *COMMENTS}


@cache
def of(file: Path) -> str:
    """A page whole, a configuration file's comments, Python's comments and texts (of tests and bench: docstrings)."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        return text
    if file.suffix != ".py":
        return "\n".join(re.findall(COMMENTS[file.suffix], text))
    nodes = list(ast.walk(ast.parse(text)))
    if {"tests", "bench"} & set(file.parts):
        owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
        texts = [ast.get_docstring(node) or "" for node in nodes if isinstance(node, owners)]
    else:
        texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join([*texts, *(token.string for token in tokens if token.type == tokenize.COMMENT)])


def paths(text: str) -> list[str]:
    """The paths of the repository that a text names; none that goes on with a placeholder, nor an image's name."""
    return [match.group().rstrip(".-") for match in PATH.finditer(text) if not NO_END.match(text, match.end())]


def files(text: str) -> list[str]:
    """The files that a text names without their folders."""
    return FILE.findall(text)


def modules(text: str) -> list[str]:
    """The modules that a text names with their dots, such as in `python -m`, and what it names of them."""
    return MODULE.findall(text)


def is_module(name: str) -> bool:
    """Whether there is such a module, or such a name in its text, or such a package of Java."""
    if any(REPOSITORY.glob(f"h*/**/src/main/java/{name.replace('.', '/')}")):
        return True
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        file = REPOSITORY.joinpath(*parts[:end])
        source = next((one for one in (file.with_suffix(".py"), file / "__init__.py") if one.is_file()), None)
        if source:
            return end == len(parts) or re.search(rf"\b{parts[end]}\b", source.read_text()) is not None
    return False


def tests(page: str) -> list[str]:
    """The tests that a page names, `file::test`."""
    return re.findall(r"tests/[\w/]+\.py::\w+", page)


def commands(page: str) -> list[str]:
    """The `aero …` lines of a page's blocks, and those in its sentences."""
    in_blocks = [line.split("#")[0].strip() for line in page.splitlines() if re.match(r"(?:\.venv/bin/)?aero \w", line)]
    in_words = re.findall(r"`(aero [a-z-][^`…]*)`", page)
    return [re.sub(r"\s+", " ", line) for line in [*in_blocks, *in_words]]
