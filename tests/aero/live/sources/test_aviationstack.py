import logging
import socket
import threading
import traceback
from datetime import UTC, datetime

import pytest

from aero.errors import AeroError
from aero.live.sources.aviationstack import AviationStack, base_url
from aero.live.sources.budget import Budget
from aero.live.sources.credentials import Secret

KEY = "0123456789" + "abcdef/secret"  # so that a traceback, which shows lines of this file, can be searched for it
NOW = datetime(2026, 1, 11, 18, 0, tzinfo=UTC)


@pytest.fixture
def poller(server, tmp_path, stopped_never):
    """A poller of the local server with a budget of ten calls."""

    def made(calls=10, stop=stopped_never, url=server.url, **settings):
        settings = {"attempts": 4, "first_wait": 0.001, "now": lambda: NOW} | settings
        return AviationStack(Secret(KEY), Budget(tmp_path / "calls.json", calls, lambda: NOW), stop, url, **settings)

    return made


@pytest.fixture
def page(samples):
    """Scheduled flights as a page of the API."""
    records = samples.live("scheduled")

    def made(offset=0, total=100, count=100):
        part = records[:count]
        return {"pagination": {"limit": 100, "offset": offset, "count": len(part), "total": total}, "data": part}

    return made


@pytest.fixture
def error(samples):
    """An error body by its code: (HTTP status, body)."""
    bodies = samples.live("errors")

    def found(code):
        errors = [body["body"].get("error", {}) for body in bodies]
        [observed] = [body for body, error in zip(bodies, errors) if code in (error.get("type"), error.get("code"))]
        return observed["http_status"], observed["body"]

    return found


@pytest.fixture
def aircraft(samples):
    """How many aircraft fly what is on the page."""
    return samples.expected["scheduled"]["aircraft"]


def test_a_page_becomes_events_and_is_kept(poller, server, page, aircraft):
    server.answers.append(page())
    poll = poller(filters={"dep_iata": "BKK"}).poll()
    assert (len(poll.events), poll.counts["records"]) == (aircraft, 100)
    assert [kept.body for kept in poll.pages] == [page()]
    assert server.requests[0].path == "/flights"
    assert server.requests[0].parameters == {"access_key": KEY, "limit": "100", "offset": "0", "dep_iata": "BKK"}


def test_pages_are_fetched_up_to_the_total(poller, server, page):
    server.answers.extend([page(0, total=150), page(100, total=150, count=50)])
    poll = poller(pages=5).poll()
    assert [request.parameters["offset"] for request in server.requests] == ["0", "100"]
    assert poll.counts["records"] == 150


def test_pages_are_fetched_up_to_the_setting(poller, server, page):
    server.answers.append(page(total=10_000))
    poller(pages=3).poll()
    assert [request.parameters["offset"] for request in server.requests] == ["0", "100", "200"]


def test_an_empty_page_is_no_flights(poller, server, samples):
    server.answers.append(samples.live("empty"))
    poll = poller(pages=5).poll()
    assert (poll.events, len(server.requests)) == ([], 1)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("invalid_access_key", "AVIATIONSTACK_API_KEY"),
        ("usage_limit_reached", "used up"),
        ("function_access_restricted", "take filters out"),
        ("https_access_restricted", "AVIATIONSTACK_URL=http://"),
        ("validation_error", "must be a valid date"),
    ],
)
@pytest.mark.parametrize("with_status_200", [False, True])
def test_an_error_that_waiting_does_not_mend_ends_it_at_once(poller, server, error, code, line, with_status_200):
    status, body = error(code)
    server.answers.append((200 if with_status_200 else status, body))
    with pytest.raises(AeroError, match=code) as fault:
        poller().poll()
    assert line in str(fault.value)
    assert len(server.requests) == 1


def test_every_documented_error_is_final_or_tried_again(poller, server, samples):
    for error in samples.live("error_codes"):
        server.requests.clear()
        server.answers.clear()
        server.answers.append((error["http_status"], {"error": {"code": error["code"], "message": ""}}))
        if error["code"] in ("rate_limit_reached", "internal_error"):
            assert poller(calls=100).poll().events == []
            assert len(server.requests) == 4
        else:
            with pytest.raises(AeroError, match=error["code"]):
                poller(calls=100).poll()
            assert len(server.requests) == 1


def test_the_gateways_refusal_ends_it_with_one_clear_line(poller, server):
    server.answers.append((401, {"message": "Unauthorized"}))
    with pytest.raises(AeroError, match="HTTP 401 .*Unauthorized") as fault:
        poller().poll()
    assert "AVIATIONSTACK_API_KEY" in fault.value.fix


def test_a_redirect_is_not_followed_with_the_key(poller, server):
    server.answers.append((301, "", {"Location": f"{server.url}/elsewhere"}))
    with pytest.raises(AeroError, match="HTTP 301"):
        poller().poll()
    assert [request.path for request in server.requests] == ["/flights"]


RATE_LIMIT = {"error": {"code": "rate_limit_reached", "message": "Too many requests"}}
HANG_UP = "hang up"


@pytest.mark.parametrize(
    "failure",
    [
        (429, RATE_LIMIT),
        (200, RATE_LIMIT),
        (429, ""),
        (500, {"error": {"code": "internal_error", "message": ""}}),
        (200, {"error": {"code": "internal_error", "message": ""}}),
        (503, "<html>busy</html>"),
        (200, "<html>hello</html>"),
        (200, '{"data": [{"flight'),
        (200, {"pagination": {}}),
        (200, []),
        HANG_UP,
    ],
)
def test_what_passes_by_itself_is_tried_again(poller, server, page, aircraft, failure, caplog):
    server.answers.extend([server.HANG_UP if failure == HANG_UP else failure, page()])
    with caplog.at_level(logging.WARNING):
        poll = poller().poll()
    assert len(poll.events) == aircraft
    assert len(server.requests) == 2
    assert len(caplog.records) == 1


def test_a_source_that_goes_on_failing_is_left_until_the_next_poll(poller, server, page, aircraft, caplog):
    server.answers.append((429, RATE_LIMIT))
    stubborn = poller()
    assert stubborn.poll().events == []
    assert "given up until the next poll" in caplog.text
    server.answers.clear()
    server.answers.append(page())
    assert len(stubborn.poll().events) == aircraft


def test_pages_before_a_failure_are_not_lost(poller, server, page, aircraft):
    server.answers.extend([page(total=200), (500, "")])
    poll = poller(pages=2).poll()
    assert (len(poll.events), len(poll.pages)) == (aircraft, 1)


def test_the_budget_ends_the_calls_with_one_line(poller, server, page, aircraft, caplog):
    server.answers.append(page())
    frugal = poller(calls=2)
    polls = [frugal.poll() for _ in range(4)]
    assert [len(poll.events) for poll in polls] == [aircraft, aircraft, 0, 0]
    assert len(server.requests) == 2
    assert [message for message in caplog.messages if "no call before 2026-02-01" in message] == [
        "aviationstack: 2 of 2 calls used in 2026-01, 0 left; no call before 2026-02-01"
    ]
    assert poller(calls=2).poll().events == []
    assert len(server.requests) == 2


def test_calls_that_are_repeated_count_too(poller, server):
    server.answers.append((500, ""))
    spender = poller(calls=3)
    spender.poll()
    assert (len(server.requests), spender.budget.left) == (3, 0)


def test_a_stop_ends_the_waiting_at_once(poller, server):
    stop = threading.Event()
    stop.set()
    server.answers.append((500, ""))
    assert poller(stop=stop, first_wait=600.0).poll().events == []
    assert len(server.requests) == 1


@pytest.fixture
def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_the_key_is_in_no_log_and_no_error(poller, server, page, closed_port, caplog):
    server.answers.extend([(500, KEY), server.HANG_UP, page(), (403, {"error": {"code": "x", "message": KEY}})])
    shown = []
    with caplog.at_level(logging.DEBUG):
        talker = poller(calls=100)
        talker.poll()
        poller(calls=100, url=f"http://127.0.0.1:{closed_port}").poll()
        for unusable in (talker, poller(calls=100, url="http://[not-a-host"), poller(calls=100, url="gopher://host")):
            with pytest.raises(AeroError) as fault:
                unusable.poll()
            shown.append("".join(traceback.format_exception(fault.value)))
    everything = caplog.text + "".join(shown) + repr(vars(talker))
    assert "access_key=***" in caplog.text
    for spelling in (KEY, KEY.replace("/", "%2F")):
        assert spelling not in everything


def test_where_the_api_is_can_be_set(monkeypatch):
    monkeypatch.delenv("AVIATIONSTACK_URL", raising=False)
    assert base_url() == "https://api.aviationstack.com/v1"
    monkeypatch.setenv("AVIATIONSTACK_URL", "http://api.aviationstack.com/v1")
    assert base_url() == "http://api.aviationstack.com/v1"


@pytest.mark.parametrize("pagination", [[1], "many", {"total": "all"}, 7])
def test_a_pagination_of_another_type_is_none(poller, server, page, aircraft, pagination):
    server.answers += [page() | {"pagination": pagination}, page() | {"data": []}]
    assert len(poller(pages=2).poll().events) == aircraft
