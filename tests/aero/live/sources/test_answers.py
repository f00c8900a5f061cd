import gzip

import pytest
import requests

from aero.live.sources import answers
from aero.live.sources.polling import Temporary


def _answer(server, *answer):
    server.answers.append(answer)
    return requests.get(f"{server.url}/flights?access_key=hidden", stream=True, timeout=10)


def test_a_json_value_is_read(server):
    assert answers.json_of(_answer(server, 200, {"data": [1]})) == {"data": [1]}


@pytest.mark.parametrize("body", ["", "<html>", "[" * 100_000, "9" * 5_000, '{"data": ' * 10_000])
def test_what_is_no_json_or_has_no_end_of_levels_or_digits_is_none(server, body):
    assert answers.json_of(_answer(server, 200, body)) is None


def test_an_answer_that_is_too_large_is_not_read_to_its_end(server, monkeypatch):
    monkeypatch.setattr(answers, "MOST_BYTES", 100_000)
    with pytest.raises(Temporary, match=f"^{server.url}/flights: HTTP 200: more than 100,000 bytes$"):
        answers.json_of(_answer(server, 200, '"' + "a" * 1_000_000 + '"'))


def test_what_an_answer_unpacks_to_counts(server, monkeypatch):
    monkeypatch.setattr(answers, "MOST_BYTES", 1_000_000)
    packed = gzip.compress(b'"' + b"a" * 20_000_000 + b'"')
    with pytest.raises(Temporary, match="more than 1,000,000 bytes"):
        answers.json_of(_answer(server, 200, packed, {"Content-Encoding": "gzip"}))


def test_an_answer_that_breaks_off_is_temporary(server):
    with pytest.raises(Temporary, match="flights: the answer broke off"):
        answers.json_of(_answer(server, 200, "[1", {"Content-Length": "100", "Connection": "close"}))


def test_more_records_than_there_can_be_are_refused():
    assert answers.checked_records([1] * 100_000)
    with pytest.raises(Temporary, match="100,001 records, more than 100,000"):
        answers.checked_records([1] * 100_001)


def test_a_message_is_one_short_line_without_commands_to_the_terminal():
    assert answers.message_of("a\n b\x1b[2J" + "c" * 1000) == ("a b[2J" + "c" * 1000)[:300]
