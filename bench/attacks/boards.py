"""Attempts at boards on the wall: without a link, with one that is none or has ended, and what a board's own link opens
besides its dashboard."""

import requests

from bench.attacks import rpc, web
from bench.attacks.attempts import ATTEMPTS, Attempt, Refused, Target, Wall, Who, attempt
from bench.attacks.dashboards import DOOR, IN_A_METRIC, PORT, guesses, question_of, token_of_form

PAGE = "/aero/wall/"
BOARD = "health"  # The dashboard of the board that is played.


def _asked(target: Target, key: str, **headers: str) -> requests.Response:
    """For a guest's token."""
    with rpc.connected(target.host, target.port(PORT)):
        session = requests.Session()
    given = {"Authorization": f"Bearer {key}"} | headers
    return session.get(target.url(PORT, f"{PAGE}token"), headers=given, timeout=20, allow_redirects=False)


@attempt(DOOR, PORT, wall=Wall.NONE)
def opens_the_page_of_boards(target: Target) -> str:
    """GET /aero/wall/, in which nothing stands without a key"""
    return web.proof(web.ask(target, "GET", PORT, PAGE))


@attempt(DOOR, PORT)
def asks_for_a_board_without_a_link(target: Target) -> str:
    """GET /aero/wall/token without a key"""
    return web.proof(_asked(target, ""))


@attempt(DOOR, PORT)
def asks_for_a_board_with_a_link_that_is_none(target: Target) -> str:
    """GET /aero/wall/token with a key of its own"""
    return web.proof(_asked(target, target.marker))


@attempt(DOOR, PORT, who=Who.ENDED_LINK)
def asks_for_a_board_that_was_taken_down(target: Target) -> str:
    """GET /aero/wall/token with the key of a board that aero wall remove ended"""
    return web.proof(_asked(target, target.person.password))


@attempt(DOOR, PORT)
def asks_for_a_board_under_another_name(target: Target) -> str:
    """GET /aero/wall/token with a Host of another site whose name leads to 127.0.0.1 (DNS rebinding), without a key"""
    return web.proof(_asked(target, "", **web.FOREIGN, Host=f"evil.example:{target.port(PORT)}"))


@attempt(DOOR, PORT, seconds=120)
def guesses_links_of_boards(target: Target) -> str:
    """40 wrong keys at ten a second, GET /aero/wall/token"""
    return guesses(40, lambda number: _asked(target, f"{target.marker}-{number}"), "keys")


def _guest(target: Target) -> requests.Session:
    """What a screen with the board's link has, with what Superset's pages send against forged forms. Raises Refused
    where the link is not taken."""
    with rpc.connected(target.host, target.port(PORT)):
        session = requests.Session()
    answer = _asked(target, target.person.password)
    web.proof(answer)
    session.headers.update({"X-GuestToken": answer.json()["token"], "Referer": target.url(PORT, "/")})
    page = session.get(target.url(PORT, f"/embedded/{answer.json()['board']}"), timeout=20)
    session.headers["X-CSRFToken"] = token_of_form(page.text)
    return session


def _as_a_guest(method: str, path: str, body: dict | None = None):
    def run(target: Target) -> str:
        answer = _guest(target).request(method, target.url(PORT, path), json=body, timeout=90, allow_redirects=False)
        if answer.status_code in (404, 405):
            raise Refused(f"{answer.status_code}: there is nothing for a guest")
        return web.proof(answer)

    return run


OPENS = {
    "its dashboard": ("GET", f"/api/v1/dashboard/{BOARD}"),
}
OPENS_NOT = {
    "another dashboard": ("GET", "/api/v1/dashboard/history"),
    "another dashboard's charts": ("GET", "/api/v1/dashboard/history/charts"),
    "another dashboard's datasets": ("GET", "/api/v1/dashboard/history/datasets"),
    "another dashboard's page": ("GET", "/superset/dashboard/history/"),
    "a chart with java_method in a metric": ("POST", "/api/v1/chart/data", question_of(IN_A_METRIC)),
    "SQL Lab": ("POST", "/api/v1/sqllab/execute/", {"database_id": 1, "sql": "SELECT 1"}),
    "the databases": ("GET", "/api/v1/database/"),
    "the list of users": ("GET", "/api/v1/security/users/"),
    "an export of all": ("GET", "/api/v1/assets/export/"),
    "a token of its own making": ("POST", "/api/v1/security/guest_token/", {"user": {}, "resources": [], "rls": []}),
    "a dashboard of its own making": ("POST", "/api/v1/dashboard/", {"dashboard_title": "aero_attack"}),
}
for wall, some in ((Wall.NONE, OPENS), (Wall.DOOR, OPENS_NOT)):
    for what, (method, path, *body) in some.items():
        ATTEMPTS.append(Attempt(f"a board's link opens {what}", DOOR, f"{method} {path} with a guest's token",
                                _as_a_guest(method, path, *body), PORT, Who.LINK, wall))  # fmt: skip
