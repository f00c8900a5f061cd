"""Who is told: webhooks and mailboxes, from a file that only its owner may read, since an address can be a secret.

<secrets>/alerts.toml has a table each, by a name of one's own:

    [ops]                                     [duty]
    kind = "slack"                            kind = "mail"
    url = "https://hooks.slack.example/T0/B0"   host = "smtp.example"
                                              from = "aero@example.org"
    [phone]                                   to = ["duty@example.org"]
    kind = "ntfy"                             user = "aero"
    url = "https://ntfy.example/aero"         password = "…"

Kinds of webhook are json (docs/alerts.md has its shape), slack, teams and ntfy; `token` is sent as a bearer's. Mail
goes by `port` 587 with `tls = "starttls"`, unless the table says otherwise ("tls", or "none" on the machine itself).
"""

import re
import smtplib
import socket
import ssl
import stat
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import requests

from aero.errors import AeroError
from aero.instants import instant_text, utc_now
from aero.ops.alerts.events import Event
from aero.ops.alerts.rules import Severity
from aero.plain import plain
from aero.settings import Settings

# A receiver may be slow: it is waited for, as long as it connects, lest it gets the same message twice.
CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
# Of a text that people read; the JSON has all.
LISTED, LONGEST = 15, 300
TLS = ("starttls", "tls", "none")


@dataclass(frozen=True)
class Message:
    """What became wrong, and what was mended, since this receiver was told the last time."""

    new: Sequence[Event]
    mended: Sequence[Event]
    is_test: bool = False

    @property
    def title(self) -> str:
        if self.is_test:
            return f"AERO on {socket.gethostname()}: a test of alerts"
        parts = [f"{len(some)} {word}" for some, word in ((self.new, "new"), (self.mended, "mended")) if some]
        return f"AERO on {socket.gethostname()}: {', '.join(parts)}"

    @property
    def is_error(self) -> bool:
        return any(one.severity == Severity.ERROR for one in self.new)

    def text(self) -> str:
        """Lines for people, without what a terminal obeys."""
        lines = []
        for event in self.new[:LISTED]:
            lines += [f"{event.severity} {event.id}: {event.what[:LONGEST]}"]
            lines += [f"    {line[:LONGEST]}" for line in event.evidence[:3]] + [f"  → {event.do[:LONGEST]}"]
        lines += [f"mended {event.id}: {event.what[:LONGEST]}" for event in self.mended[:LISTED]]
        left = sum(max(0, len(some) - LISTED) for some in (self.new, self.mended))
        return plain("\n".join(lines + ([f"and {left} more: aero alerts list"] if left else []))) or "It works."

    def to_json(self) -> dict[str, Any]:
        new, mended = ([one.to_json() for one in some] for some in (self.new, self.mended))
        return {"title": self.title, "text": self.text(), "host": socket.gethostname(), "is_test": self.is_test,
                "sent_at": instant_text(utc_now()), "new": new, "mended": mended}  # fmt: skip


@dataclass(frozen=True)
class Receiver:
    """One table of the file. Its fields are never shown: they hold secrets."""

    name: str
    kind: str
    fields: dict[str, Any]

    @property
    def is_told(self) -> bool:
        """Whether it gets alerts: one may get dashboards alone (aero/ops/reports.py)."""
        return bool(self.fields.get("alerts", True))

    def send(self, message: Message) -> None:
        """Raises AeroError where it does not take it, in words that hold no secret."""
        self._sent(lambda: KINDS[self.kind](self.fields, message))

    def mail(self, mail: EmailMessage) -> None:
        """The same, of a whole mail to a mailbox."""
        self._sent(lambda: _send(self.fields, mail))

    def _sent(self, send: Callable[[], None]) -> None:
        try:
            send()
        except (requests.RequestException, smtplib.SMTPException, OSError) as fault:
            raise AeroError(f"{self.name} ({self.kind}) did not take it: {_named(fault)}.") from None


def _named(fault: Exception) -> str:
    """What happened; requests' own words would hold the address, and SMTP's the mailbox."""
    code = getattr(fault, "smtp_code", None)
    response = getattr(fault, "response", None)
    said = f" {response.status_code}" if response is not None else f" {code}" if code else ""
    return f"{type(fault).__name__}{said}"


def _post(fields: dict[str, Any], **what: Any) -> None:
    """A redirection would carry the message elsewhere: it is refused."""
    headers = what.pop("headers", {})
    if token := fields.get("token"):
        headers["Authorization"] = f"Bearer {token}"
    times = (CONNECT_SECONDS, ANSWER_SECONDS)
    with requests.post(
        fields["url"], headers=headers, timeout=times, allow_redirects=False, stream=True, **what
    ) as answer:
        if not 200 <= answer.status_code < 300:
            raise requests.HTTPError(response=answer)


def _json(fields: dict[str, Any], message: Message) -> None:
    _post(fields, json=message.to_json())


def _slack(fields: dict[str, Any], message: Message) -> None:
    text = f"*{message.title}*\n{message.text()}"
    for letter, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):  # What a log says calls nobody.
        text = text.replace(letter, escaped)
    _post(fields, json={"text": text})


def _teams(fields: dict[str, Any], message: Message) -> None:
    blocks = [{"type": "TextBlock", "text": message.title, "weight": "Bolder", "wrap": True},
              *({"type": "TextBlock", "text": line, "wrap": True, "spacing": "None"}
                for line in message.text().splitlines())]  # fmt: skip
    card = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
    kind = "application/vnd.microsoft.card.adaptive"
    _post(fields, json={"type": "message", "attachments": [{"contentType": kind, "content": card}]})


def _ntfy(fields: dict[str, Any], message: Message) -> None:
    headers = {"Title": message.title, "Priority": "high" if message.is_error else "default"}
    _post(fields, data=message.text().encode()[:4000], headers=headers)


def _mail(fields: dict[str, Any], message: Message) -> None:
    mail = EmailMessage()
    mail["Subject"] = message.title
    mail.set_content(message.text())
    _send(fields, mail)


def _send(fields: dict[str, Any], mail: EmailMessage) -> None:
    mail["From"], mail["To"] = fields["from"], ", ".join(fields["to"])
    tls = fields.get("tls", TLS[0])
    with _opened(fields["host"], fields.get("port"), tls) as server:
        if "user" in fields:
            server.login(fields["user"], fields["password"])
        server.send_message(mail)


def _opened(host: str, port: int | None, tls: str) -> smtplib.SMTP:
    """A connection to a mail server. Python's own default believes any certificate, and a password comes next."""
    if tls == "tls":
        return smtplib.SMTP_SSL(host, port or 465, timeout=ANSWER_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port or 587, timeout=ANSWER_SECONDS)
    if tls == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except Exception:
            server.close()
            raise
    return server


KINDS: dict[str, Callable[[dict[str, Any], Message], None]] = {
    "json": _json, "slack": _slack, "teams": _teams, "ntfy": _ntfy, "mail": _mail,
}  # fmt: skip
_WEBHOOK: dict[str, type] = {"url": str}
_MAIL: dict[str, type] = {"host": str, "from": str, "to": list}
_MORE: dict[str, type] = {"kind": str, "token": str, "port": int, "user": str, "password": str, "tls": str,
                          "dashboards": list, "at": str, "alerts": bool}  # fmt: skip
_EXAMPLE = 'A table is such as: [ops], kind = "json", url = "https://…". docs/alerts.md has all.'


def file(settings: Settings) -> Path:
    return settings.secrets / "alerts.toml"


def read(settings: Settings) -> list[Receiver]:
    """Nobody where there is no file. Raises AeroError where others may read it, or a table is no receiver."""
    path = file(settings)
    if not path.is_file():
        return []
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise AeroError(f"Other users of this machine may read {path}, which holds secrets.", f"chmod 600 {path}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise AeroError(f"{path} is no TOML: {fault}", _EXAMPLE) from None
    return [_receiver(path, name, fields) for name, fields in content.items()]


def _receiver(path: Path, name: str, fields: Any) -> Receiver:
    where = f"{path}, [{name}]"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name) or not isinstance(fields, dict):
        raise AeroError(f"{where} is no receiver: a table by a name of letters, digits, - and _.", _EXAMPLE)
    kind = fields.get("kind")
    if kind not in KINDS:
        raise AeroError(f"{where}: kind must be one of {', '.join(KINDS)}.", _EXAMPLE)
    needed = _MAIL if kind == "mail" else _WEBHOOK
    for field, is_a in (needed | _MORE).items():
        if (field in needed and field not in fields) or not isinstance(fields.get(field, is_a()), is_a):
            raise AeroError(f"{where}: {field} must be given, as {is_a.__name__}.", _EXAMPLE)
    if unknown := fields.keys() - needed - _MORE.keys():
        raise AeroError(f"{where}: there is no field {', '.join(sorted(unknown))}.", _EXAMPLE)
    if kind != "mail" and not re.match(r"https?://[^/\s]+", fields["url"]):
        raise AeroError(f"{where}: url is no address that begins with https:// or http://.", _EXAMPLE)
    if fields.get("tls", TLS[0]) not in TLS or ("user" in fields) != ("password" in fields):
        raise AeroError(f"{where}: tls is one of {', '.join(TLS)}, and user and password come together.", _EXAMPLE)
    if ("dashboards" in fields or "at" in fields) and not (kind == "mail" and _is_daily(fields)):
        raise AeroError(f'{where}: a mailbox gets dashboards = ["health"], daily at = "07:00" (UTC).', _EXAMPLE)
    return Receiver(name, kind, fields)


def _is_daily(fields: dict[str, Any]) -> bool:
    return bool(fields.get("dashboards")) and bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", fields.get("at", "")))
