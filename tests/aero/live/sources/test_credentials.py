import logging
import pickle

import pytest

from aero.errors import AeroError
from aero.live.sources.credentials import Redaction, Secret, read_secret

KEY = "s3cret+key/1"


def key_file(folder, mode, text=f"{KEY}\n"):
    file = folder / "aviationstack.key"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_the_environment_comes_before_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_KEY", " from-environment ")
    assert read_secret("SOME_KEY", key_file(tmp_path, 0o600)).reveal() == "from-environment"


def test_a_private_file_is_read(tmp_path, monkeypatch):
    monkeypatch.delenv("SOME_KEY", raising=False)
    assert read_secret("SOME_KEY", key_file(tmp_path, 0o600)).reveal() == KEY


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604, 0o700])
def test_a_file_that_is_not_private_is_refused(tmp_path, monkeypatch, mode):
    monkeypatch.delenv("SOME_KEY", raising=False)
    with pytest.raises(AeroError, match=f"has mode {mode:04o}.*\n.*chmod 600") as fault:
        read_secret("SOME_KEY", key_file(tmp_path, mode))
    assert KEY not in str(fault.value)


def test_no_key_says_where_it_would_be_taken_from(tmp_path, monkeypatch):
    monkeypatch.delenv("SOME_KEY", raising=False)
    with pytest.raises(AeroError, match="SOME_KEY is not set and .*nowhere is not there"):
        read_secret("SOME_KEY", tmp_path / "nowhere")
    with pytest.raises(AeroError, match="SOME_KEY is not set"):
        read_secret("SOME_KEY", None)
    with pytest.raises(AeroError, match="holds no key"):
        read_secret("SOME_KEY", key_file(tmp_path, 0o600, "\n"))


def test_a_secret_never_shows():
    secret = Secret(KEY)
    assert KEY not in f"{secret} {secret!r} {[secret]}" and str(secret) == "***"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize("spelling", [KEY, "s3cret%2Bkey/1", "s3cret%2Bkey%2F1"])
def test_every_spelling_in_a_url_is_hidden(spelling):
    assert Secret(KEY).redact(f"/flights?access_key={spelling}&limit=1") == "/flights?access_key=***&limit=1"


def test_a_logger_hides_it_in_message_and_arguments(caplog):
    logger = logging.getLogger("tests.redaction")
    logger.addFilter(Redaction(Secret(KEY)))
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        logger.debug("GET %s with %d", f"/flights?access_key={KEY}", 1)
    assert caplog.messages == ["GET /flights?access_key=*** with 1"]
