"""The door of the web pages, and how a program of ours comes in: HDFS, YARN, HBase and luigid, with HTTP_DOOR=closed.

An operator comes in with name and password (HTTP's Basic), by a name of this server, and with no other page behind the
request: a browser that knows a password sends it with whatever any page makes it ask. The Java servers have the same
rule in hive/doors (aero.doors.http.Rule); this one is luigid's.
"""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aero import people
from aero.settings import HOSTS, Settings, load_settings

if TYPE_CHECKING:
    import requests

# What no form of another page can send. It stands in each request of ours.
OURS = {"X-Requested-By": people.USER}
FORMS = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}
CHALLENGE = 'Basic realm="aero", charset="UTF-8"'


def hosts(settings: Settings) -> list[str]:
    """The names by which the pages may be asked; any other is of a page that a browser was led to."""
    own = socket.gethostname().lower()
    added = settings.environment["AERO_HTTP_HOSTS"].lower().replace(",", " ").split()
    return sorted(
        {"localhost", "127.0.0.1", "[::1]", own, *(settings.environment[name].lower() for name in HOSTS), *added}
    )


def variables(settings: Settings) -> dict[str, str]:
    """Puts the classes of hive/doors before the pages of HDFS, YARN and HBase; nothing where the door is open."""
    if not settings.is_closed("HTTP"):
        return {}
    classes = {"HADOOP": "HadoopDoor", "DATANODE": "DataNodeDoor", "HBASE": "HBaseDoor"}
    filters = {f"{server}_HTTP_FILTERS": f"aero.doors.http.{name}" for server, name in classes.items()}
    return filters | {"HTTP_HOSTS": ",".join(hosts(settings))}


def headers(settings: Settings) -> dict[str, str]:
    """What a request of ours says; nothing where the door is open. Raises AeroError where the password is not there."""
    if not settings.is_closed("HTTP"):
        return {}
    secret = f"{people.USER}:{people.password_of(settings, people.USER)}".encode()
    return OURS | {"Authorization": f"Basic {base64.b64encode(secret).decode()}"}


def sign(session: requests.Session) -> requests.Session:
    """Let a session of requests come in. Raises AeroError where the password is not there."""
    settings = load_settings()
    if settings.is_closed("HTTP"):
        session.headers.update(OURS)
        session.auth = (people.USER, people.password_of(settings, people.USER))
    return session


def hdfs_session() -> requests.Session:
    """A session that stays signed in where the NameNode sends it on to a DataNode: another port, so another server to
    requests."""
    import requests

    settings = load_settings()

    class Session(requests.Session):
        def should_strip_auth(self, old_url: str, new_url: str) -> bool:
            is_sent_on = urlsplit(old_url).netloc == settings.address("NAMENODE_HTTP")
            return not is_sent_on or urlsplit(new_url).port != settings.port("DATANODE_HTTP")

    return sign(Session())


def fault(method: str, is_reading: bool, given: Mapping[str, str], known: list[str]) -> str | None:
    """Why a request is refused whoever asks, in a sentence; None where it is not. `given` are its headers."""
    host, origin = given.get("Host", ""), given.get("Origin")
    if re.sub(r":\d*$", "", host).lower() not in known:
        return f"This server is asked by its own name only, not by the Host {host!r:.80}; AERO_HTTP_HOSTS adds names."
    is_own = origin is not None and origin.lower() == f"http://{host}".lower()
    is_link = (
        is_reading
        and given.get("Sec-Fetch-Mode") == "navigate"
        and given.get("Sec-Fetch-Dest") == "document"
        and given.get("Sec-Fetch-Site") == "same-site"
    )
    is_own_page = given.get("Sec-Fetch-Site", "none") in ("none", "same-origin")
    if (origin is not None and not is_own) or not (is_own_page or is_link):
        return f"Another page is behind this request ({origin!r:.80}): open the address in a window of its own."
    kind = given.get("Content-Type", "").partition(";")[0].strip().lower()
    if method not in ("GET", "HEAD") and not is_own and kind in FORMS and "X-Requested-By" not in given:
        return "A request that changes something and has the Content-Type of a form needs the header X-Requested-By."
    return None


def name_and_password(authorization: str | None) -> tuple[str, str | None]:
    """Of HTTP's Basic; the password is None where there is none."""
    scheme, _, encoded = (authorization or "").partition(" ")
    try:
        name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", None
    return (name, password) if scheme.lower() == "basic" and colon else ("", None)
