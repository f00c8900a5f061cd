"""What Spark's Python workers are given to import."""

from functools import cache
from pathlib import Path

from pyspark import SparkContext


@cache
def hand_out(context: SparkContext, *modules: str) -> None:
    """Give the workers of an application modules of this folder."""
    for module in modules:
        context.addPyFile(str(Path(__file__).with_name(f"{module}.py")))
