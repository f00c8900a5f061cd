"""OpenSky's OAuth2 tokens for client credentials: asked for when needed, kept for their half hour."""

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from aero.errors import AeroError
from aero.instants import utc_now
from aero.live.sources import answers
from aero.live.sources.credentials import Secret, read_private
from aero.live.sources.polling import Temporary

TOKEN_URL = "https://auth.opensky-network.org/auth/realms/opensky-network/protocol/openid-connect/token"
TIMEOUT_SECONDS = (10, 60)
# A token is renewed this long before its end, so that none ends on its way.
MARGIN = timedelta(seconds=60)
LONGEST_TOKEN = 8_192
LONGEST_SECONDS = 24 * 3600


class Token:
    """`text` is a token that is good now. Raises Temporary, or AeroError if the client is refused."""

    def __init__(
        self, client_id: str, client_secret: Secret, url: str = TOKEN_URL, now: Callable[[], datetime] = utc_now
    ):
        self.client_id = client_id
        self.url = url
        self._secret = client_secret
        self._now = now
        self._token: Secret | None = None
        self._good_until = now()

    def text(self) -> str:
        if self._token is None or self._now() >= self._good_until:
            self._token = self._renewed()
        return self._token.reveal()

    def forget(self) -> None:
        """Ask for a new one next time: OpenSky refused this one."""
        self._token = None

    def _renewed(self) -> Secret:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self._secret.reveal(),
        }
        try:
            answer = requests.post(self.url, data=form, timeout=TIMEOUT_SECONDS, stream=True)
        except requests.RequestException as fault:
            raise Temporary(f"{self.url}: {self._secret.redact(fault)}") from None
        body = _object(answer)
        if answer.status_code in (400, 401, 403):
            said = body.get("error_description") or body.get("error")
            reason = answers.message_of(said or f"HTTP {answer.status_code}")
            raise AeroError(
                f"opensky: {self.url} refuses client {self.client_id}: {reason}",
                "Look at OPENSKY_CLIENT_ID and OPENSKY_CLIENT_SECRET.",
            )
        token: Any = body.get("access_token")
        seconds = body.get("expires_in", 1800)
        is_text = isinstance(token, str) and token.isascii() and token.isprintable()
        is_time = isinstance(seconds, int) and 0 <= seconds <= LONGEST_SECONDS
        if not answer.ok or not is_text or len(token) > LONGEST_TOKEN or not is_time:
            raise Temporary(f"{self.url}: HTTP {answer.status_code}, no token")
        self._good_until = self._now() + timedelta(seconds=seconds) - MARGIN
        return Secret(token)


def _object(answer: requests.Response) -> dict[str, Any]:
    body = answers.json_of(answer)
    return body if isinstance(body, dict) else {}


def read_client(file: Path | None) -> tuple[str, Secret] | None:
    """Client id and secret of OPENSKY_CLIENT_ID and OPENSKY_CLIENT_SECRET, else of `file`, as OpenSky's page gives it:
    {"clientId": …, "clientSecret": …}, mode 0600. None if there is neither: then OpenSky is asked anonymously.

    Raises AeroError naming the file if others may read it, or if it holds something else.
    """
    client_id, secret = os.environ.get("OPENSKY_CLIENT_ID"), os.environ.get("OPENSKY_CLIENT_SECRET")
    if client_id and secret:
        return client_id, Secret(secret)
    if file is None or not file.exists():
        return None
    try:
        client = json.loads(read_private(file))
        return client["clientId"], Secret(client["clientSecret"])
    except (ValueError, KeyError, TypeError):
        problem = f"{file}: has no clientId and clientSecret"
        raise AeroError(problem, "Take the file that OpenSky's account page gives.") from None
