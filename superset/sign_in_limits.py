"""Signing in, slowed where it fails: by the address that tries, by the name it tries, and by both.

The page's form and the interface's sign-in count alike. The counts are in Redis where there is one; else each process
of the web server has its own. An address from which somebody has signed in is not kept out by what others try at that
name from elsewhere.
"""

import math
import time

import audited
import limits
from flask import Response, jsonify, request

from aero.audit import Outcome

PATHS = ("/login/", "/api/v1/security/login")
# A person who mistypes; an address that several people come from; a name that is tried from many addresses.
_BY_BOTH, _BY_ADDRESS, _BY_NAME = map(limits.parse, ("10/2 minutes", "60/10 minutes", "100/hour"))
# Of boards on the wall. A screen whose link has ended asks three times a minute.
_WRONG_KEYS = limits.parse("15/minute")
# An address is known to be a person's for so long.
_KNOWN = limits.parse("1/30 days")


class SignInLimits:
    """The attempts that failed."""

    def __init__(self, storage: str):
        self.counts = limits.strategies.FixedWindowRateLimiter(limits.storage.storage_from_string(storage))

    def _keys(self, name: str, address: str) -> list[tuple]:
        keys = [(_BY_BOTH, "both", name, address), (_BY_ADDRESS, "address", address)]
        is_known = not self.counts.test(_KNOWN, "known", name, address)
        return keys if is_known else [*keys, (_BY_NAME, "name", name)]

    def wait_seconds(self, name: str, address: str) -> int:
        """How long this address must wait before it may try this name again; 0 where it may."""
        full = [key for key in self._keys(name, address) if not self.counts.test(*key)]
        return max((self._ends_in(*key) for key in full), default=0)

    def _ends_in(self, *key) -> int:
        """The seconds until a limit counts anew."""
        return math.ceil(self.counts.get_window_stats(*key).reset_time - time.time())

    def wrong_key(self, address: str) -> int:
        """Count a key that is no board's, and say how long this address must wait; 0 where it may try another."""
        return 0 if self.counts.hit(_WRONG_KEYS, "key", address) else max(1, self._ends_in(_WRONG_KEYS, "key", address))

    def may_try(self, name: str, address: str) -> bool:
        """Count an attempt, and say whether it is one of those that are allowed. Of threads at once, each counts."""
        counted = [self.counts.hit(*key) for key in self._keys(name, address)]
        return all(counted)

    def succeeded(self, name: str, address: str) -> None:
        """Take back what this attempt counted, and forget those of this address at this name: they were a person who
        remembered at last. Many people, or a script, who sign in from one address are not slowed."""
        for key in self._keys(name, address):
            self.counts.hit(*key, cost=-1)
        self.counts.clear(_BY_BOTH, "both", name, address)
        self.counts.hit(_KNOWN, "known", name, address)


def attempt(username: object) -> tuple[str, str]:
    """The name and the address of an attempt, as they are counted."""
    return str(username or "").lower()[:64], request.remote_addr or ""


def refuse_the_hasty(attempts: SignInLimits) -> Response | None:
    """Before a request: the answer to an attempt that comes too soon."""
    if request.method != "POST" or request.path not in PATHS:
        return None
    given = request.get_json(silent=True) if request.is_json else request.form
    name, address = attempt(given.get("username") if hasattr(given, "get") else None)
    seconds = attempts.wait_seconds(name, address)
    if seconds <= 0:
        return None
    audited.write(name, "sign in", Outcome.NOT_SIGNED_IN, "too many attempts", again_seconds=60)
    sentence = f"Too many attempts to sign in have failed. Try again in {seconds} seconds."
    return too_hasty(
        jsonify(message=sentence) if request.is_json else Response(sentence, mimetype="text/plain"), seconds
    )


def too_hasty(answer: Response, seconds: int) -> Response:
    """An answer that says how long to wait, as one with this status."""
    answer.status_code, answer.headers["Retry-After"] = 429, str(seconds)
    return answer
