"""Every name is said once, in aero/datasets.py, and is the one that its file makes."""

import ast
import re
import tomllib
from collections.abc import Iterator

from aero import datasets
from aero.datasets import REPOSITORY, Dataset

NAMES = {name: value for name, value in vars(datasets).items() if name.isupper()}
DATASETS = [value for value in NAMES.values() if isinstance(value, Dataset)]
KAFKA = {value for name, value in NAMES.items() if name.startswith("TOPIC_")}
HBASE = {value for name, value in NAMES.items() if name.startswith("HBASE_")}
# A topic or HBase table, a table as SQL or its folder in hive/ names it, a folder of HDFS; Superset's pages
# have that beginning too.
SPELLED = re.compile(
    rf"{'|'.join(map(re.escape, sorted(KAFKA | HBASE)))}"
    r"|\baero_(?:raw|clean|batch|ml|live|ops)[./]\w|(?<![\w.])/aero/(?!tiles|wall/)"
)


def _declared(file: str, kind: str) -> set[str]:
    return {entry["name"] for entry in tomllib.loads((REPOSITORY / file).read_text())[kind]}


def test_topics_are_those_of_kafka_topics_toml():
    assert _declared("kafka/topics.toml", "topic") == KAFKA


def test_hbase_tables_are_those_of_hbase_tables_toml():
    assert _declared("hbase/tables.toml", "table") == HBASE


def test_tables_are_those_that_hive_makes():
    files = set((REPOSITORY / "hive").glob("aero_*/*/create.hql"))
    assert {dataset.hql("create") for dataset in DATASETS} == files


def _literals(tree: ast.Module) -> Iterator[ast.Constant]:
    """The strings of a module; docstrings, strings that stand alone, are none."""
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node


def test_no_other_python_file_spells_a_name():
    again = []
    for folder in ("aero", "bench", "docker", "jobs", "luigi_tasks", "superset"):
        for file in sorted((REPOSITORY / folder).rglob("*.py")):
            # An attacker spells the names that others gave.
            if file.name != "datasets.py" and file.parent != REPOSITORY / "bench" / "attacks":
                literals = _literals(ast.parse(file.read_text()))
                again += [f"{file}:{node.lineno} {node.value!r}" for node in literals if SPELLED.search(node.value)]
    assert not again, "\n".join(again)
