"""Rounds of questions: each engine in its turn, so that a slow minute of the machine is everybody's."""

import time
from collections.abc import Sequence
from typing import Any

from aero.errors import AeroError
from bench.performance.answers import Answer, must_be_same
from bench.performance.engines import Engine
from bench.performance.questions import Question


def _asked(engine: Engine, question: Question, year: int) -> tuple[float, Answer]:
    """Seconds from the question to its last row, and the answer. Raises AeroError where there is none."""
    sql = question.sql(engine.tables, year)
    began = time.perf_counter()
    try:
        answer = engine.ask(sql)
    except Exception as error:  # Each engine has errors of its own.
        lines = (
            str(getattr(getattr(error.args[0], "status", None), "errorMessage", None) or error) if error.args else ""
        )
        raise AeroError(f"{question.name}: {engine.name} does not answer: {lines}", f"It was asked:\n{sql}") from error
    return time.perf_counter() - began, answer


def asked(question: Question, engines: Sequence[Engine], year: int, rounds: int) -> dict[str, Any]:
    """How long each engine took, by its name: `first`, which counts for nothing, and the `seconds` of each round.

    Every answer is compared with the first engine's own first one before its time is kept. Raises AeroError where one
    differs, or an engine does not answer.
    """
    took: dict[str, dict[str, Any]] = {}
    truth = Answer((), ())
    for place in range(rounds + 1):
        for engine in engines:
            seconds, answer = _asked(engine, question, year)
            if place == 0 and engine is engines[0]:
                truth = answer
            must_be_same(question.name, engine.name, answer, engines[0].name, truth)
            if place == 0:
                took[engine.name] = {"first": seconds, "seconds": []}
            else:
                took[engine.name]["seconds"].append(seconds)
    return {"set": question.set, "what": question.what, "rows": len(truth.rows), "engines": took}
