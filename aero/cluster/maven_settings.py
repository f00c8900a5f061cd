"""What the user's settings.xml says to Maven of mirrors and proxies, for Ivy, which fetches Maven itself."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import requests

from aero.errors import AeroError

SECONDS = 30
# Values of mirrorOf that take in Maven Central.
_OF_CENTRAL = {"*", "central", "external:*", "external:http:*"}
_PROXY = {"host": "proxyHost", "port": "proxyPort", "username": "proxyUser", "password": "proxyPassword"}


def file() -> Path:
    """Where Maven looks for the user's settings."""
    return Path.home() / ".m2" / "settings.xml"


def for_ivy(folder: Path) -> tuple[list[str], list[str]]:
    """Options of Java and of Ivy. What they are written to, in `folder`, has passwords: nobody else may look there.

    Raises AeroError where settings.xml is no XML.
    """
    if not file().is_file():
        return [], []
    given = file().read_text(encoding="utf-8")
    text = re.sub(r"\$\{env\.(\w+)\}", lambda found: escape(os.environ.get(found[1], "")), given)
    try:
        # Maven takes it with its namespace and without.
        root = ElementTree.fromstring(re.sub(r'\sxmlns="[^"]*"', "", text, count=1))
    except ElementTree.ParseError as error:
        raise AeroError(f"{file()}: no XML: {error}", "Mend it, or move it away: Maven reads it too.") from error
    mirrors = (one for one in root.iterfind("mirrors/mirror") if _is_of_central(one.findtext("mirrorOf", "")))
    (folder / "flags").write_text("".join(f"{_quoted(flag)}\n" for flag in _flags(root)))
    mirror = next(mirrors, None)
    if mirror is not None:
        (folder / "settings.xml").write_text(_resolver(mirror, root))
    return [f"@{folder}/flags"], [] if mirror is None else ["-settings", f"{folder}/settings.xml"]


def _quoted(flag: str) -> str:
    escaped = flag.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_of_central(mirror_of: str) -> bool:
    names = {name.strip() for name in mirror_of.split(",")}
    return bool(names & _OF_CENTRAL) and "!central" not in names


def _resolver(mirror: ElementTree.Element, root: ElementTree.Element) -> str:
    url, own = mirror.findtext("url", "").strip(), mirror.findtext("id", "")
    logins = [
        f"<credentials host={quoteattr(urlsplit(url).hostname or '')} realm={quoteattr(_realm(url))}"
        f" username={quoteattr(one.findtext('username', ''))}"
        f" passwd={quoteattr(one.findtext('password', ''))}/>"
        for one in root.iterfind("servers/server")
        if one.findtext("id") == own
    ]
    resolver = f'<ibiblio name="mirror" m2compatible="true" root={quoteattr(url.rstrip("/") + "/")}/>'
    chosen = '<settings defaultResolver="mirror"/>'
    return f"<ivysettings>{''.join(logins)}{chosen}<resolvers>{resolver}</resolvers></ivysettings>"


def _realm(url: str) -> str:
    """What a site calls the place that it asks a password for: Ivy gives it to that place alone."""
    try:
        asks = requests.get(url, timeout=SECONDS, stream=True).headers.get("WWW-Authenticate", "")
    except requests.RequestException:  # Ivy will say why.
        return ""
    found = re.search(r'realm="([^"]*)"', asks)
    return found[1] if found else ""


def _flags(root: ElementTree.Element) -> Iterator[str]:
    """Of the first proxy that is active, for both protocols, as Maven takes it."""
    proxies = (one for one in root.iterfind("proxies/proxy") if one.findtext("active", "true").strip() == "true")
    if (proxy := next(proxies, None)) is None:
        return
    for protocol in ("http", "https"):
        for name, flag in _PROXY.items():
            if value := proxy.findtext(name, "").strip():
                yield f"-D{protocol}.{flag}={value}"
    if not_by_it := proxy.findtext("nonProxyHosts", "").strip():
        yield f"-Dhttp.nonProxyHosts={not_by_it}"
