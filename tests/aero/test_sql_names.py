"""Which tables a statement names, and that nothing else of it is changed."""

import pytest

from aero import sql_names
from aero.datasets import REPOSITORY

ELSEWHERE = {"aero_clean.flights": "then", "aero_batch.airline_delays_monthly": "then"}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM aero_clean.flights", "SELECT * FROM then.flights"),
        ("select * from AERO_CLEAN.Flights f", "select * from then.Flights f"),
        ("FROM `aero_clean`.`flights`, `aero_clean.flights`", "FROM then.`flights`, then.flights"),
        ("FROM aero_clean . flights", "FROM then . flights"),
        ("FROM aero_clean/* the 'clean' */.-- layer's\nflights", "FROM then/* the 'clean' */.-- layer's\nflights"),
        ("FROM spark_catalog.aero_clean.flights", "FROM spark_catalog.then.flights"),
        ("SELECT aero_clean.flights.year, flights.month", "SELECT then.flights.year, flights.month"),
        ("FROM(aero_clean.flights)JOIN aero_clean.flights", "FROM(then.flights)JOIN then.flights"),
        ("'a\\' b' FROM aero_clean.flights", "'a\\' b' FROM then.flights"),
        ("'\\\\' FROM aero_clean.flights WHERE a = 'b'", "'\\\\' FROM then.flights WHERE a = 'b'"),
        ("'it''s' FROM aero_clean.flights", "'it''s' FROM then.flights"),
        ("-- it's\n/* that's\n*/ FROM aero_clean.flights", "-- it's\n/* that's\n*/ FROM then.flights"),
        ("1.5 - 2 FROM aero_batch.airline_delays_monthly", "1.5 - 2 FROM then.airline_delays_monthly"),
    ],
)
def test_a_table_is_found_however_it_is_written(statement, expected):
    assert sql_names.moved(statement, ELSEWHERE) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 'aero_clean.flights', \"aero_clean.flights\" FROM x",
        "SELECT 1 -- aero_clean.flights\n/* aero_clean.flights */",
        "FROM aero_clean.flights_quarantine, my_aero_clean.flights, aero_clean.airports, `of aero_clean.flights`",
        "SELECT aero_clean, flights FROM x.aero_clean",
    ],
)
def test_other_tables_strings_and_comments_stay(statement):
    assert sql_names.moved(statement, ELSEWHERE) == statement


def test_every_file_of_the_project_is_the_same_but_for_the_tables_of_its_code():
    for file in (REPOSITORY / "hive").rglob("*.hql"):
        text = file.read_text()
        there = sql_names.moved(text, {"aero_clean.flights": "then"})
        assert sql_names.moved(there, {"then.flights": "aero_clean"}) == text


def test_words_are_those_outside_of_quotes_and_comments():
    assert sql_names.words("/* insert */ select `insert`, 'insert' -- insert\nfrom x.insert") == [
        "SELECT",
        "FROM",
        "X",
        "INSERT",
    ]
    assert {"aero_clean.flights", "select"} <= sql_names.tables("SELECT 1 FROM Aero_Clean.`FLIGHTS`")
