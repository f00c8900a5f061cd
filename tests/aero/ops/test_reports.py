"""Dashboards by mail: who gets which, when a mail is due, what it holds, and what becomes of one that fails."""

from datetime import UTC, datetime, timedelta
from email import message_from_string, policy

import pytest
from click.testing import CliRunner

from aero.cli import main
from aero.errors import AeroError
from aero.ops import reports
from aero.ops.alerts import receivers
from aero.settings import load_settings
from aero.superset import picture
from tests.aero.ops.alerts.local_receivers import Mailbox, kept
from tests.printed import printed

SIX, SEVEN, EIGHT = (datetime(2026, 11, 29, hour, tzinfo=UTC) for hour in (6, 7, 8))
PNG = b"\x89PNG of a dashboard"
TABLE = """
[duty]
kind = "mail"
host = "127.0.0.1"
port = {port}
tls = "none"
from = "aero@example.org"
to = ["duty@example.org"]
dashboards = ["history", "live-and-history"]
at = "07:00"
alerts = false
"""


@pytest.fixture(autouse=True)
def mailbox(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AERO_SECRETS_DIR", str(tmp_path / "secrets"))
    with Mailbox() as box:
        kept(TABLE.format(port=box.port))
        yield box


@pytest.fixture
def drawn(monkeypatch):
    """The dashboards that were drawn; each is the same picture."""
    slugs = []
    monkeypatch.setattr(picture, "draw", lambda _, slug: slugs.append(slug) or PNG)
    return slugs


def _look(now: datetime) -> reports.Sent | None:
    reports.look(load_settings(), now)
    return reports.known(load_settings()).get("duty")


def test_a_mail_is_sent_once_a_day_when_its_time_has_come(mailbox, drawn):
    assert _look(SIX) is None and not mailbox.mails
    for now in (SEVEN, SEVEN + timedelta(minutes=1), EIGHT):
        assert _look(now) == reports.Sent("2026-11-29T07:00:00.000Z", 1)
    assert drawn == ["history", "live-and-history"] and len(mailbox.mails) == 1
    _look(SIX + timedelta(days=1))
    assert len(mailbox.mails) == 1
    _look(EIGHT + timedelta(days=1))
    assert len(mailbox.mails) == 2


def test_the_mail_shows_the_pictures_and_says_where_they_are_from(mailbox, drawn):
    _look(SEVEN)
    mail = message_from_string(mailbox.mails[0], policy=policy.default)
    assert mail["To"] == "duty@example.org" and mail["Subject"].endswith(": History, Live against history")
    html = mail.get_body(("html",)).get_content()
    pictures = {
        part["Content-ID"]: part.get_content() for part in mail.walk() if part.get_content_type() == "image/png"
    }
    assert pictures == {"<history>": PNG, "<live-and-history>": PNG}
    assert 'src="cid:history"' in html and 'src="cid:live-and-history"' in html
    address = f"{load_settings().page('SUPERSET')}superset/dashboard/live-and-history/"
    assert address in html and address in mail.get_body(("plain",)).get_content()


def test_a_mail_that_fails_is_tried_some_times_and_then_the_next_day(mailbox, drawn):
    mailbox.refuses = True
    tries = [_look(SEVEN + timedelta(minutes=minutes)).tries for minutes in (0, 5, 10, 20, 30, 60)]
    assert tries == [1, 1, 2, 3, 3, 3]
    assert "duty (mail) did not take it" in reports.known(load_settings())["duty"].problem
    mailbox.refuses = False
    assert _look(EIGHT).problem and not mailbox.mails
    assert _look(SEVEN + timedelta(days=1)) == reports.Sent("2026-11-30T07:00:00.000Z", 1)
    assert len(mailbox.mails) == 1


def test_a_dashboard_that_cannot_be_drawn_is_said_and_no_mail_sent(mailbox, monkeypatch):
    def draw(_settings, _slug):
        raise AeroError("Superset does not answer, so no dashboard can be drawn.", "Start it: aero up superset")

    monkeypatch.setattr(picture, "draw", draw)
    assert _look(SEVEN).problem.startswith("Superset does not answer") and not mailbox.mails


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"live-and-history"', '"nowhere"', "there is no dashboard nowhere"),
        ('at = "07:00"', "", "daily at"),
        ("07:00", "7 o'clock", "daily at"),
        ('["history", "live-and-history"]', "[]", "daily at"),
    ],
)
def test_a_table_that_names_no_dashboard_or_no_time_is_refused(mailbox, before, after, said):
    kept(TABLE.format(port=mailbox.port).replace(before, after))
    with pytest.raises(AeroError, match=said):
        reports.readers(load_settings())


def test_a_webhook_gets_no_dashboards():
    kept('[ops]\nkind = "json"\nurl = "http://127.0.0.1:1/x"\ndashboards = ["history"]\nat = "07:00"')
    with pytest.raises(AeroError, match="a mailbox gets dashboards"):
        receivers.read(load_settings())


def test_who_gets_dashboards_alone_is_told_of_no_alert(mailbox):
    assert [one.is_told for one in receivers.read(load_settings())] == [False]
    kept(TABLE.format(port=mailbox.port).replace("alerts = false", ""))
    assert [one.is_told for one in receivers.read(load_settings())] == [True]


def _report(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["report", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_sends_at_once_and_says_how_it_went(mailbox, drawn, tmp_path):
    assert "not tried yet" in _report("list")
    assert "duty took history, live-and-history." in _report("send", "duty")
    assert len(mailbox.mails) == 1
    mailed = printed("report send", _report("send", "duty", "--json"))
    assert mailed == {"name": "duty", "dashboards": ["history", "live-and-history"]} and len(mailbox.mails) == 2
    _report("send", "nobody", code=1)
    _report("picture", "live", "--to", str(tmp_path / "live.png"))
    assert (tmp_path / "live.png").read_bytes() == PNG
    _look(SEVEN)
    [row] = printed("report list", _report("list", "--json"))
    assert (row["name"], row["at"], row["problem"]) == ("duty", "07:00", None) and row["tried_at"]
