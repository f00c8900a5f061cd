"""A time counts when its answer was right: what tells two answers apart, and in which words."""

from datetime import date
from decimal import Decimal

import pytest

from aero.errors import AeroError
from bench.performance.answers import Answer, must_be_same
from bench.performance.asking import asked
from bench.performance.questions import questions

COLUMNS = ("airline", "flights", "share")
TRUTH = Answer(COLUMNS, [("American", 12, 0.25), ("Delta", 36, None)])
QUESTION = questions()[0]


def said(*rows, columns=COLUMNS):
    """What is said of an answer with these rows beside TRUTH; nothing where it is the same."""
    try:
        must_be_same("q5", "chDB", Answer(columns, list(rows)), "DuckDB", TRUTH)
    except AeroError as error:
        return error.problem
    return ""


@pytest.mark.parametrize("share", [0.25, 0.25 * (1 + 9e-10), Decimal("0.25")])
def test_an_answer_is_the_same_within_the_last_digits_of_its_fractions(share):
    assert said(("American", 12, share), ("Delta", 36, None)) == ""


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([("American", 12, 0.25 * (1 + 2e-9)), ("Delta", 36, None)], "row 1, column share"),
        ([("American", 13, 0.25), ("Delta", 36, None)], "row 1, column flights"),
        ([("American", 12, 0.25), ("Delta", 36, 0.0)], "row 2, column share"),
        ([("American", 12, None), ("Delta", 36, None)], "row 1, column share"),
        ([("American", "12", 0.25), ("Delta", 36, None)], "row 1, column flights"),
        ([("Delta", 36, None), ("American", 12, 0.25)], "row 1, column airline"),
        ([("American", 12, 0.25)], "chDB answers 1 rows, DuckDB 2"),
        ([], "chDB answers 0 rows, DuckDB 2"),
    ],
)
def test_a_difference_names_question_row_and_column(rows, where):
    assert said(*rows).startswith(f"q5: {where}")


def test_a_column_too_many_is_a_difference():
    assert "chDB answers 4 columns, DuckDB 3" in said(columns=(*COLUMNS, "more"))


def test_whole_numbers_are_compared_whole_however_large():
    many = 2**60
    with pytest.raises(AeroError, match=f"Spark says {many + 1}, DuckDB {many}"):
        must_be_same("q9", "Spark", Answer(["c"], [[many + 1]]), "DuckDB", Answer(["c"], [[many]]))


def test_dates_and_flags_are_the_same_however_an_engine_says_them():
    ours = Answer(["day", "is_late"], [(date(2007, 7, 1), True)])
    must_be_same("q1", "Hive", ours, "DuckDB", Answer(["day", "is_late"], [("2007-07-01", 1)]))


class Fake:
    """An engine that gives its answers one after the other; an error is raised."""

    def __init__(self, name, *answers):
        self.name, self.answers, self.tables = name, list(answers), {"flights": "flights"}

    def ask(self, sql):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Answer(["average_flights"], [[answer]])


def test_the_first_time_of_each_engine_is_kept_apart_and_the_others_turn_by_turn():
    found = asked(QUESTION, [Fake("DuckDB", 1, 1, 1), Fake("Spark", 1.0, 1.0, 1.0)], 2007, 2)
    assert (found["set"], found["rows"]) == ("ontime", 1)
    assert {name: len(times["seconds"]) for name, times in found["engines"].items()} == {"DuckDB": 2, "Spark": 2}
    assert all(times["first"] > 0 and min(times["seconds"]) > 0 for times in found["engines"].values())


@pytest.mark.parametrize(("duckdb", "spark"), [((1, 1, 1), (2, 1, 1)), ((1, 1, 1), (1, 1, 2)), ((1, 1, 2), (1, 1, 1))])
def test_no_time_counts_beside_a_wrong_answer_in_any_round(duckdb, spark):
    with pytest.raises(AeroError, match="q0: row 1, column average_flights"):
        asked(QUESTION, [Fake("DuckDB", *duckdb), Fake("Spark", *spark)], 2007, 2)


def test_an_engine_that_does_not_answer_is_named_with_the_question():
    with pytest.raises(AeroError, match="q0: Spark does not answer: no such table") as raised:
        asked(QUESTION, [Fake("DuckDB", 1), Fake("Spark", RuntimeError("no such table"))], 2007, 2)
    assert "FROM flights" in raised.value.fix
