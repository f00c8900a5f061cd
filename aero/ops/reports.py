"""Dashboards by mail: a receiver of alerts (aero/ops/alerts/receivers.py) that names dashboards gets their pictures
once a day. The service `scheduler` draws and sends them; no worker of Superset's is needed.

What became of each receiver's last mail stands in <AERO_HOME>/schedule/reports.json. A time that passed while the
scheduler did not run is made up for on the same day; a mail that failed is tried again, some times.
"""

import json
import logging
import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from email.message import EmailMessage
from pathlib import Path

from aero.errors import AeroError
from aero.files import replace_json
from aero.instants import instant_text, utc_now
from aero.ops.alerts import receivers
from aero.ops.alerts.receivers import Receiver
from aero.settings import Settings
from aero.superset import assets, picture

PAUSE_SECONDS = 30
TRIES, AGAIN = 3, timedelta(minutes=10)
log = logging.getLogger("reports")


@dataclass(frozen=True)
class Sent:
    """A receiver's last mail: when it was tried last, how often since it was due, and why it failed, if it did."""

    at: str
    tries: int
    problem: str = ""


def readers(settings: Settings) -> list[Receiver]:
    """Who gets dashboards. Raises AeroError where the file of receivers cannot be used, or names an unknown one."""
    some = [one for one in receivers.read(settings) if one.fields.get("dashboards")]
    for one in some:
        if unknown := set(one.fields["dashboards"]) - assets.titles().keys():
            raise AeroError(
                f"{receivers.file(settings)}, [{one.name}]: there is no dashboard {', '.join(sorted(unknown))}.",
                f"There are {', '.join(assets.titles())}.",
            )
    return some


def is_due(at: clock, last: Sent | None, now: datetime) -> bool:
    """Whether today's mail, of this time in UTC, is to be tried now."""
    tries = _tries(at, last, now)
    if now < _due(at, now):
        return False
    may_again = last and last.problem and tries < TRIES and now - datetime.fromisoformat(last.at) >= AGAIN
    return tries == 0 or bool(may_again)


def _due(at: clock, now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date(), at, UTC)


def _tries(at: clock, last: Sent | None, now: datetime) -> int:
    """How often today's mail was tried."""
    return last.tries if last and datetime.fromisoformat(last.at) >= _due(at, now) else 0


def send(settings: Settings, reader: Receiver) -> None:
    """Draw the dashboards of a receiver, and mail them. Raises AeroError where one is not drawn, or a mail refused."""
    pictures = {slug: picture.draw(settings, slug) for slug in reader.fields["dashboards"]}
    reader.mail(_mail(settings, pictures))


def _mail(settings: Settings, pictures: dict[str, bytes]) -> EmailMessage:
    """The pictures, as a mail that shows them below each other."""
    titles = assets.titles()
    server = (settings.page("SUPERSET") or "").rstrip("/")
    addresses = {slug: f"{server}/superset/dashboard/{slug}/" for slug in pictures}
    mail = EmailMessage()
    mail["Subject"] = f"AERO on {utc_now():%Y-%m-%d}: {', '.join(titles[slug] for slug in pictures)}"
    mail.set_content("\n".join(f"{titles[slug]}: {addresses[slug]}" for slug in pictures))
    parts = [f'<h2><a href="{addresses[slug]}">{titles[slug]}</a></h2><img src="cid:{slug}" width="100%">'
             for slug in pictures]  # fmt: skip
    mail.add_alternative(f"<html><body>{''.join(parts)}</body></html>", subtype="html")
    shown = mail.get_body(("html",)) or mail
    for slug, png in pictures.items():
        shown.add_related(png, "image", "png", cid=f"<{slug}>", filename=f"{slug}.png", disposition="inline")
    return mail


def known(settings: Settings) -> dict[str, Sent]:
    """What became of each receiver's last mail, by name."""
    try:
        return {name: Sent(**one) for name, one in json.loads(_file(settings).read_text(encoding="utf-8")).items()}
    except (FileNotFoundError, ValueError, TypeError):
        return {}


def look(settings: Settings, now: datetime) -> None:
    """Send what is due, and keep what became of it."""
    for reader in readers(settings):
        at, before, problem = clock.fromisoformat(reader.fields["at"]), known(settings), ""
        last = before.get(reader.name)
        if not is_due(at, last, now):
            continue
        try:
            send(settings, reader)
            log.info("%s has got %s", reader.name, ", ".join(reader.fields["dashboards"]))
        except AeroError as fault:
            problem = str(fault).splitlines()[0]
            log.error("%s has got no dashboards: %s", reader.name, problem)
        after = before | {reader.name: Sent(instant_text(now), _tries(at, last, now) + 1, problem)}
        replace_json(_file(settings), {name: asdict(one) for name, one in after.items()})


def _file(settings: Settings) -> Path:
    return settings.home / "schedule" / "reports.json"


def start(settings: Settings) -> None:
    """Look in the background, as long as this process lives."""
    threading.Thread(target=_run, args=(settings,), name="reports", daemon=True).start()


def _run(settings: Settings) -> None:
    said = ""
    while True:
        try:
            look(settings, utc_now())
            said = ""
        except AeroError as fault:
            if str(fault) != said:  # Once, not every half a minute.
                log.error("no dashboards are mailed: %s", fault)
            said = str(fault)
        except Exception:  # Whatever it is, the next look may go.
            log.exception("no dashboards are mailed")
        time.sleep(PAUSE_SECONDS)
