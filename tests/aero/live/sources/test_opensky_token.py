import json
import socket
import traceback

import pytest

from aero.errors import AeroError
from aero.live.sources.credentials import Secret
from aero.live.sources.opensky_token import Token, read_client
from aero.live.sources.polling import Temporary


@pytest.fixture(autouse=True)
def no_client_in_the_environment(monkeypatch):
    monkeypatch.delenv("OPENSKY_CLIENT_ID", raising=False)
    monkeypatch.delenv("OPENSKY_CLIENT_SECRET", raising=False)


SECRET = "s3" + "cret"  # so that a traceback, which shows lines of this file, can be searched for it


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (401, {"error": "invalid_client", "error_description": "Wrong secret"}, "Wrong secret"),
        (400, {"error": "unauthorized_client"}, "unauthorized_client"),
        (403, "<html>", "HTTP 403"),
    ],
)
def test_a_refused_client_ends_it_without_its_secret(server, status, body, reason):
    server.answers.append((status, body))
    with pytest.raises(AeroError, match=f"refuses client aero: {reason}") as fault:
        Token("aero", Secret(SECRET), server.url).text()
    assert SECRET not in "".join(traceback.format_exception(fault.value))


@pytest.mark.parametrize("answer", [(500, "{}"), (200, "{}"), (200, "<html>"), (200, "[]")])
def test_a_failing_door_passes_by_itself(server, answer):
    server.answers.append(answer)
    with pytest.raises(Temporary):
        Token("aero", Secret("s3cret"), server.url).text()


def test_no_connection_passes_by_itself():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(Temporary):
        Token("aero", Secret("s3cret"), f"http://127.0.0.1:{port}").text()


def credentials_file(folder, mode=0o600, text=json.dumps({"clientId": "aero", "clientSecret": "s3cret"})):
    file = folder / "credentials.json"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_the_file_of_the_account_page_is_read(tmp_path):
    client_id, secret = read_client(credentials_file(tmp_path))
    assert (client_id, secret.reveal()) == ("aero", "s3cret")


def test_the_environment_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENSKY_CLIENT_ID", "other")
    monkeypatch.setenv("OPENSKY_CLIENT_SECRET", "0ther")
    assert read_client(credentials_file(tmp_path))[0] == "other"


def test_without_credentials_it_is_anonymous(tmp_path):
    assert read_client(tmp_path / "nowhere") is None
    assert read_client(None) is None


def test_a_file_that_others_can_read_is_refused(tmp_path):
    with pytest.raises(AeroError, match="0644"):
        read_client(credentials_file(tmp_path, 0o644))


@pytest.mark.parametrize("text", ["", "[]", '{"clientId": "aero"}'])
def test_a_file_with_something_else_is_named(tmp_path, text):
    with pytest.raises(AeroError, match="credentials.json: has no clientId and clientSecret"):
        read_client(credentials_file(tmp_path, text=text))
