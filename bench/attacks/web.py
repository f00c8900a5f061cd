"""How attempts ask pages, and what their answers mean."""

from typing import Any

import requests

from bench.attacks.attempts import ANSWER_SECONDS, CONNECT_SECONDS, Failed, Refused, Target

# A redirect is followed by hand: requests would take a name and password nowhere else, and so hide a hole.
MOVED = (301, 302, 303, 307, 308)
# What a browser adds when a page of another site has sent it.
FOREIGN = {
    "User-Agent": "Mozilla/5.0",
    "Origin": "http://evil.example",
    "Referer": "http://evil.example/page",
    "Sec-Fetch-Site": "cross-site",
}


def ask(target: Target, method: str, door: str, path: str, **what: Any) -> requests.Response:
    """One answer, whatever it says. Raises Refused where the way there is closed."""
    return ask_at(target, method, target.url(door, path), **what)


def ask_at(target: Target, method: str, url: str, **what: Any) -> requests.Response:
    """The same, of a whole address. Who has a name and password gives them, as a browser does."""
    if target.person.password:
        what.setdefault("auth", (target.person.name, target.person.password))
    try:
        return requests.request(method, url, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False, **what)
    except requests.exceptions.ConnectTimeout as closed:
        raise Refused("no way there: nothing answers") from closed
    except requests.ConnectionError as closed:
        if "Connection refused" in str(closed) or "No route" in str(closed):
            raise Refused("no way there: the connection is refused") from closed
        raise Failed(str(closed)) from closed


def proof(answer: requests.Response, says: str = "") -> str:
    """What it answered, where it answered with success; with `says`, only where its text has that.

    Raises Refused for what a closed door answers, Failed for any other error.
    """
    text = " ".join(answer.text[:100_000].split())
    if answer.status_code == 400 and "CSRF token is missing" in text:
        raise Refused("400: a change takes a token, which only who is signed in has")
    if answer.status_code in (401, 403, 429) or (answer.status_code in MOVED and _is_sign_in(answer)):
        raise Refused(f"{answer.status_code} {_first(text)}")
    if answer.status_code >= 400:
        raise Failed(f"{answer.status_code} {_first(text)}")
    if says and says not in text:
        raise Failed(f"{answer.status_code}, but not what was asked for: {_first(text)}")
    return f"{answer.status_code} {_first(text)}".strip()


def _is_sign_in(answer: requests.Response) -> bool:
    return "/login" in answer.headers.get("Location", "")


def _first(text: str) -> str:
    return text[:120]


def read(door: str, path: str, says: str = "") -> Any:
    """An attempt's function that reads one page."""

    def run(target: Target) -> str:
        return proof(ask(target, "GET", door, path), says)

    return run
