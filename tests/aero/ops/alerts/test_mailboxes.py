"""A mailbox behind TLS and a password, and one that is away for a while."""

import subprocess
from datetime import timedelta

import pytest

from aero.errors import AeroError
from aero.ops.alerts.deliveries import Deliveries, Told
from aero.ops.alerts.receivers import Message, Receiver
from aero.settings import load_settings
from tests.aero.ops.alerts.local_receivers import Mailbox
from tests.aero.ops.alerts.samples import NOW, by_id, event

LOGIN = ("aero", "a secret of the mailbox")


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    """A key, and its certificate of 127.0.0.1, which no authority knows."""
    file = tmp_path_factory.mktemp("tls") / "own.pem"
    subject = ["-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, "-keyout", file, "-out", "-"]
    certificate = subprocess.run(command, check=True, capture_output=True).stdout
    file.write_bytes(file.read_bytes() + certificate)
    return file


def _receiver(box, **more):
    base = {"host": "127.0.0.1", "port": box.port, "from": "aero@example.org", "to": ["a@example.org"], "tls": box.tls}
    return Receiver("duty", "mail", base | more)


def _send(box, **more):
    _receiver(box, **more).send(Message([event()], []))


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_mail_goes_by_tls_with_the_receiver_s_name_and_password_and_no_others(tls, pem, monkeypatch):
    user, password = LOGIN
    with Mailbox(tls=tls, pem=pem, login=LOGIN) as box:
        with pytest.raises(AeroError, match="SSLCertVerificationError"):
            _send(box, user=user, password=password)
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        _send(box, user=user, password=password)
        assert len(box.mails) == 1
        with pytest.raises(AeroError, match=r"SMTPAuthenticationError 535\.$") as refused:
            _send(box, user=user, password=f"not {password}")
        assert password not in str(refused.value)
        with pytest.raises(AeroError, match="SMTPSenderRefused 530"):
            _send(box)
        assert len(box.mails) == 1


def test_a_mail_that_is_to_be_secret_goes_to_no_server_without_tls():
    with Mailbox() as box:
        with pytest.raises(AeroError, match="SMTPNotSupportedError"):
            _send(box, tls="starttls")
        assert not box.mails


def test_a_mailbox_that_fails_and_is_away_gets_what_is_wrong_once_when_it_is_back(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    settings, now = load_settings(), [NOW]
    told, wrong = Deliveries(settings, lambda: now[0]), by_id(event())

    def turn(receiver):
        for thread in told.turn(wrong, [receiver]):
            thread.join()
        now[0] += timedelta(hours=1)
        return Told.read(settings, "duty").problem

    with Mailbox() as box:
        box.refuses = True
        assert "SMTPDataError 451" in turn(_receiver(box))
    assert "ConnectionRefusedError" in turn(_receiver(box))
    with Mailbox(port=box.port) as back:
        assert not turn(_receiver(back)) and not turn(_receiver(back))
        assert len(back.mails) == 1 and "datanode was stopped." in back.mails[0]
