"""What comes in at Superset's door is bounded, before anybody has signed in."""

import re
from datetime import timedelta

import pytest

from aero import people, walls

LOGIN = "/api/v1/security/login"


def test_wrong_passwords_are_slowed_and_a_right_one_from_elsewhere_is_let_in(server):
    answers = [server.attempt("admin", f"wrong {number}") for number in range(40)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 30
    last = answers[-1]
    assert re.fullmatch(r"Too many attempts .* Try again in \d+ seconds\.", last.json()["message"])
    assert 0 < int(last.headers["Retry-After"]) <= 120
    assert server.attempt("admin", server.password("admin")).status_code == 429
    assert server.attempt("ADMIN", "wrong").status_code == 429
    assert server.attempt("admin", server.password("admin"), "127.0.0.2").status_code == 200


def test_the_form_counts_as_the_interface_does(server):
    page = server.stranger("127.0.0.3")
    form = {"username": "admin", "password": "wrong"}
    token = re.search(
        r'csrf_token[^>]*value="([^"]+)"|csrf_token&#34;: &#34;([^&]+)', page.get(f"{server.address}/login/").text
    )
    form["csrf_token"] = next(filter(None, token.groups()))
    answers = [page.post(f"{server.address}/login/", data=form, allow_redirects=False) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429] * 2
    assert answers[-1].text.startswith("Too many attempts to sign in have failed.")
    assert server.attempt("admin", "wrong", "127.0.0.3").status_code == 429


def test_an_address_that_tries_many_names_is_slowed(server):
    answers = [server.attempt(f"name{number}", "wrong", "127.0.0.4").status_code for number in range(62)]
    assert answers == [401] * 60 + [429] * 2


def test_right_passwords_from_one_address_are_never_slowed(server):
    answers = [server.attempt("admin", server.password("admin"), "127.0.0.5").status_code for _ in range(65)]
    assert answers == [200] * 65
    assert [server.attempt(f"name{number}", "wrong", "127.0.0.5").status_code for number in range(5)] == [401] * 5


def test_a_name_that_is_tried_from_many_addresses_is_open_only_where_its_owner_was_before(server):
    def attempt(number, password="wrong"):
        return server.attempt("tina", password, f"127.0.1.{number}").status_code

    people.add(server.settings, "tina", "reader", right := "what-tina-remembers")
    assert attempt(1, right) == 200
    assert [attempt(number // 10) for number in range(100, 210)] == [401] * 100 + [429] * 10
    assert attempt(30, right) == 429
    assert attempt(1, right) == 200


def test_wrong_keys_of_boards_are_slowed_and_a_right_one_is_good_from_the_same_address(server):
    key, page = walls.add(server.settings, "hall", "nowhere", timedelta(hours=1)), server.stranger("127.0.0.9")

    def asked(key):
        return page.get(f"{server.address}{walls.PAGE}token", headers={"Authorization": f"Bearer {key}"})

    answers = [asked(f"wrong-{number}") for number in range(20)]
    assert [answer.status_code for answer in answers] == [403] * 15 + [429] * 5
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert asked(key).status_code == 404  # There is no dashboard nowhere.
    walls.remove(server.settings, "hall")
    assert server.attempt("admin", server.password("admin"), "127.0.0.9").status_code == 200


def test_what_one_person_asks_does_not_slow_another_behind_the_same_address(server):
    for name in ("busy", "calm"):
        people.add(server.settings, name, "reader", f"what-{name}-remembers")
    busy, calm = (server.at_the_page(name, f"what-{name}-remembers") for name in ("busy", "calm"))

    def left(session):
        return int(session.get(f"{server.address}/api/v1/me/").headers["X-RateLimit-Remaining"])

    before = left(calm)
    assert [left(busy) < 200 for _ in range(5)] == [True] * 5
    assert left(calm) >= before - 1


@pytest.mark.parametrize(
    ("page", "content", "kind", "status", "says"),
    [
        (LOGIN, b"[" * 50_000 + b"]" * 50_000, "application/json", 400, "lists and objects inside each other"),
        (LOGIN, b'{"a":' * 101 + b"1" + b"}" * 101, "application/json", 400, "lists and objects inside each other"),
        (LOGIN, b" " * (4 * 2**20 + 1), "application/json", 413, "A request may hold 4 MB"),
        ("/login/", b"username=" + b"a" * 2**23, "application/x-www-form-urlencoded", 413, "A request may hold 4 MB"),
    ],
)
def test_what_is_too_large_is_refused_in_words(server, page, content, kind, status, says):
    answer = server.stranger().post(server.address + page, data=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert says in answer.json()["message"]


def test_brackets_in_strings_are_no_lists(server):
    body = {"username": "[" * 200, "password": '\\"' + "{" * 200, "provider": "db"}
    answer = server.stranger("127.0.0.5").post(f"{server.address}{LOGIN}", json=body)
    assert answer.status_code == 401


def test_long_lines_and_many_headers_are_refused_by_the_web_server(server):
    stranger = server.stranger()
    assert stranger.get(f"{server.address}/health?{'a' * 5000}").status_code == 414
    assert stranger.get(f"{server.address}/health", headers={"X-Long": "a" * 9000}).status_code in (400, 431)
    many = {f"X-{number}": "1" for number in range(120)}
    assert stranger.get(f"{server.address}/health", headers=many).status_code in (400, 431)
