"""What `aero live start` refuses before it starts anything."""

import pytest
from click.testing import CliRunner

from aero.cli import main
from aero.cli.board import carrier_and_number

NOWHERE = {"AERO_PORT_OFFSET": "13000"}


def refused(*arguments, **environment):
    """What a command says that does not do what it was asked."""
    result = CliRunner().invoke(main, arguments, env=NOWHERE | environment)
    assert result.exit_code in (1, 2), result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--day", "2013-07-10", "--from", "2013-07-01"), "Give either --day, or --from and --to."),
        (("--from", "2013-07-10", "--to", "2013-07-01"), "2013-07-01 is before 2013-07-10"),
        (("--from", "1987-10-01", "--to", "2026-10-01"), "1987-10-01 to 2026-10-01 is longer than 366 days"),
        (("--day", "10.7.2013"), "'10.7.2013' does not match the format '%Y-%m-%d'"),
        (("--late", "much"), "'much' is no share of the events"),
        (("--late", "500%"), "--late 5 is no share of the events"),
        (("--speed", "0"), "0 is not in the range x>=1"),
        (("--interval", "nan"), "nan is no number of seconds"),
        (("--pages", "0"), "0 is not in the range x>=1"),
        (("--monthly-calls", "-1"), "-1 is not in the range x>=0"),
        (("--source", "aviationstack", "--filter", "JFK"), "'JFK' is not NAME=VALUE"),
    ],
)
def test_a_wrong_option_is_named(arguments, problem):
    assert problem in refused("live", "start", *arguments)


def test_a_source_without_its_key_says_where_it_looks_for_it(tmp_path):
    problem = refused("live", "start", "--source", "aviationstack", AERO_HOME=str(tmp_path))
    assert "AVIATIONSTACK_API_KEY is not set" in problem and "chmod 600" in problem


@pytest.mark.parametrize(
    ("told", "known"),
    [("DL 0123", ("DL", "123")), ("OH (1) 5123", ("OH (1)", "5123")), ("OH(1)5123", ("OH (1)", "5123"))],
)
def test_a_flight_number_is_understood(told, known):
    assert carrier_and_number(told) == known


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [(("board", "XX1"), "XX1 is no airport"), (("flight", "1234567"), "1234567 is no flight number"),
     (("board", "JFK", "--once"), "aero up hbase-thrift"), (("live", "status"), "aero up hbase-thrift")],
)  # fmt: skip
def test_a_question_that_has_no_answer_says_why(arguments, problem):
    assert problem in refused(*arguments)
