"""What a webhook of each kind and a mailbox get, and what is refused."""

import json
from email import message_from_string

import pytest

from aero.errors import AeroError
from aero.ops.alerts import receivers
from aero.ops.alerts.receivers import Message, Receiver
from aero.settings import load_settings
from tests.aero.ops.alerts.local_receivers import Mailbox, Webhook, kept
from tests.aero.ops.alerts.samples import event

MESSAGE = Message([event(), event("2013-02", "month-failed")], [event("kafka")])


@pytest.fixture
def hook():
    with Webhook() as made:
        yield made


def _sent(hook, kind, **fields):
    Receiver("ops", kind, {"url": hook.url, **fields}).send(MESSAGE)
    [(body, headers)] = hook.told
    return body, headers


def test_a_webhook_gets_all_as_json(hook):
    body, headers = _sent(hook, "json", token="t0k3n")
    said = json.loads(body)
    assert [one["id"] for one in said["new"]] == ["service-down:datanode", "month-failed:2013-02"]
    assert [one["id"] for one in said["mended"]] == ["service-down:kafka"]
    assert said["new"][0]["since"] == "2026-11-27T12:00:00.000Z" and said["new"][0]["severity"] == "error"
    assert said["title"].endswith("2 new, 1 mended") and headers["Authorization"] == "Bearer t0k3n"


def test_slack_gets_a_text_in_which_a_log_calls_nobody(hook):
    text = json.loads(_sent(hook, "slack")[0])["text"]
    assert "&lt;!channel&gt;" in text and "<" not in text
    assert "error service-down:datanode: datanode was stopped." in text and "mended service-down:kafka" in text


def test_teams_gets_an_adaptive_card(hook):
    [attached] = json.loads(_sent(hook, "teams")[0])["attachments"]
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    title, first, *_ = attached["content"]["body"]
    assert title["text"].endswith("2 new, 1 mended") and "service-down:datanode" in first["text"]


def test_ntfy_gets_a_text_with_a_title_and_a_priority(hook):
    body, headers = _sent(hook, "ntfy")
    assert b"service-down:datanode" in body and "2 new, 1 mended" in headers["Title"]
    assert headers["Priority"] == "high"


def test_many_are_one_text_that_says_how_many_are_left():
    text = Message([event(f"2013-{month}", "month-failed") for month in range(40)], []).text()
    assert text.count("month-failed:") == receivers.LISTED and "and 25 more" in text


def test_a_mailbox_gets_a_mail():
    with Mailbox() as box:
        fields = {
            "host": "127.0.0.1",
            "port": box.port,
            "from": "aero@example.org",
            "to": ["a@example.org"],
            "tls": "none",
        }
        Receiver("duty", "mail", fields).send(MESSAGE)
        [mail] = map(message_from_string, box.mails)
        assert mail["Subject"].endswith("2 new, 1 mended") and mail["To"] == "a@example.org"
        assert "datanode was stopped." in mail.get_payload(decode=True).decode()
        box.refuses = True
        with pytest.raises(AeroError, match=r"duty \(mail\) did not take it: SMTPDataError 451"):
            Receiver("duty", "mail", fields).send(MESSAGE)


@pytest.mark.parametrize("code", [500, 302])
def test_a_webhook_that_refuses_is_named_without_its_address(hook, code):
    hook.code = code
    with pytest.raises(AeroError, match=f"did not take it: HTTPError {code}") as refused:
        _sent(hook, "json")
    assert "secret" not in str(refused.value)


def test_a_webhook_that_is_away_is_named_without_its_address():
    with Webhook() as hook:
        url = hook.url
    with pytest.raises(AeroError, match="ConnectionError") as refused:
        Receiver("ops", "json", {"url": url}).send(MESSAGE)
    assert "secret" not in str(refused.value) and refused.value.__cause__ is None


def _written(tmp_path, monkeypatch, text, mode=0o600):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    kept(text).chmod(mode)
    return receivers.read(load_settings())


MAIL = '[m]\nkind = "mail"\nhost = "h"\nfrom = "a@b"\nto = ["c@d"]\n'


def test_receivers_are_read_by_their_names(monkeypatch, tmp_path):
    read = _written(tmp_path, monkeypatch, f'[ops]\nkind = "slack"\nurl = "https://h/x"\n{MAIL}')
    assert [(one.name, one.kind) for one in read] == [("ops", "slack"), ("m", "mail")]


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        (MAIL, 0o640, "chmod 600"),
        ("[ops", 0o600, "is no TOML"),
        ('[ops]\nkind = "pager"', 0o600, r"\[ops\]: kind must be one of json, slack"),
        ('[ops]\nkind = "json"', 0o600, "url must be given"),
        ('[ops]\nkind = "json"\nurl = "ftp://h/x"', 0o600, "url is no address"),
        ('[ops]\nkind = "json"\nurl = "http://h"\nurI = 1', 0o600, "there is no field urI"),
        (MAIL + 'port = "25"', 0o600, "port must be given, as int"),
        (MAIL + 'tls = "maybe"', 0o600, "tls is one of"),
        (MAIL + 'user = "a"', 0o600, "come together"),
        ('["../up"]\nkind = "json"\nurl = "http://h"', 0o600, "is no receiver"),
        ("ops = 1", 0o600, "is no receiver"),
    ],
)
def test_a_file_that_names_no_receivers_is_refused_with_its_place(monkeypatch, tmp_path, text, mode, words):
    with pytest.raises(AeroError, match=words):
        _written(tmp_path, monkeypatch, text, mode)
