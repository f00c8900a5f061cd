import socket

import pytest

from aero.errors import AeroError
from luigi_tasks.sources import download as download_module
from luigi_tasks.sources.download import CHUNK, Patience, Refused, download, head
from luigi_tasks.sources.offers import Revision
from tests.luigi_tasks.prezip_server import endless, hang_up, status, truncate

BODY = bytes(range(256)) * 4000
AT_ONCE = Patience(attempts=3, first_pause=0)


def _download(url, tmp_path, progress=lambda fetched, total: None):
    return download(url, tmp_path / "month.part", progress, AT_ONCE)


def test_a_file_comes_whole_and_its_progress_is_told(prezip, tmp_path):
    reported = []
    whole = _download(prezip.put("month.zip", BODY), tmp_path, lambda *progress: reported.append(progress))
    assert whole.read_bytes() == BODY
    assert reported[-1] == (len(BODY), len(BODY))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["month.part"]


@pytest.mark.parametrize(
    "fault", [status(500), status(503), status(429, Retry_After="0"), hang_up], ids=["500", "503", "429", "hung up"]
)
def test_a_fault_that_passes_is_tried_again(prezip, tmp_path, fault):
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", fault, fault)
    assert _download(url, tmp_path).read_bytes() == BODY
    assert len(prezip.gets) == 3


@pytest.mark.parametrize("etag", [None, '"1"', 'W/"1"'])
def test_a_truncated_body_is_resumed_where_it_broke(prezip, tmp_path, etag):
    url = prezip.put("month.zip", BODY, etag=etag)
    prezip.misbehave("month.zip", truncate(CHUNK + 1), truncate(2 * CHUNK + 1))
    assert _download(url, tmp_path).read_bytes() == BODY
    assert prezip.ranges == [None, f"bytes={CHUNK}-", f"bytes={3 * CHUNK}-"]


def test_a_server_that_does_not_resume_sends_all_of_it_again(prezip, tmp_path):
    prezip.resumes = False
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", truncate(CHUNK + 1))
    assert _download(url, tmp_path).read_bytes() == BODY


def test_the_next_run_goes_on_from_what_the_last_one_left(prezip, tmp_path):
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", *[truncate(CHUNK)] * 3)
    with pytest.raises(AeroError) as broken:
        _download(url, tmp_path)
    cut = f"IncompleteRead({CHUNK} bytes read, {len(BODY) - 3 * CHUNK} more expected)"
    assert broken.value.problem == f"{url}: the body was truncated: {cut} (3 attempts)"
    assert _download(url, tmp_path).read_bytes() == BODY
    assert prezip.ranges[-1] == f"bytes={3 * CHUNK}-"


def test_a_file_that_changed_meanwhile_is_fetched_anew(prezip, tmp_path):
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", *[truncate(CHUNK)] * 3)
    with pytest.raises(AeroError):
        _download(url, tmp_path)
    prezip.put("month.zip", BODY[::-1], changed=1_800_000_000)
    assert _download(url, tmp_path).read_bytes() == BODY[::-1]


def test_another_piece_than_the_one_asked_for_is_not_added(prezip, tmp_path):
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", truncate(CHUNK), status(206, Content_Range=f"bytes 0-9/{len(BODY)}"))
    assert _download(url, tmp_path).read_bytes() == BODY
    assert prezip.ranges == [None, f"bytes={CHUNK}-", None]


def test_a_part_longer_than_the_file_is_thrown_away(prezip, tmp_path):
    url = prezip.put("month.zip", BODY)
    (tmp_path / "month.part").write_bytes(BODY + b"more")
    (tmp_path / "month.part.validator").write_text(prezip.files["/month.zip"].last_modified)
    assert _download(url, tmp_path).read_bytes() == BODY


def test_a_part_of_which_nobody_knows_the_version_is_not_added_to(prezip, tmp_path):
    (tmp_path / "month.part").write_bytes(b"something else")
    assert _download(prezip.put("month.zip", BODY), tmp_path).read_bytes() == BODY


def test_a_500_that_stays_is_told_with_the_attempts(prezip, tmp_path):
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", *[status(500)] * 3)
    with pytest.raises(AeroError) as failed:
        _download(url, tmp_path)
    assert failed.value.problem == f"{url}: the server answered 500 Internal Server Error (3 attempts)"


def test_pauses_grow_with_jitter_up_to_the_longest(prezip, tmp_path, pauses):
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", *[status(500)] * 4)
    download(url, tmp_path / "month.part", lambda fetched, total: None, Patience(5, 10, 50))
    first, second, third, fourth = pauses
    assert 10 < first <= 20 < second <= 30 and 40 <= third <= 50 == fourth


@pytest.mark.parametrize(("asked", "paused"), [("7", 7), ("86400", 50), ("Fri, 15 Jan 2027 08:00:00 GMT", 0)])
def test_the_server_may_ask_for_a_pause(prezip, tmp_path, pauses, asked, paused):
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", status(429, Retry_After=asked))
    download(url, tmp_path / "month.part", lambda fetched, total: None, Patience(2, 0, 50))
    assert pauses == [paused]


@pytest.mark.parametrize("code", [403, 404])
def test_a_refusal_is_not_asked_twice(prezip, tmp_path, code):
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", status(code))
    with pytest.raises(Refused) as refused:
        _download(url, tmp_path)
    assert refused.value.status == code
    assert len(prezip.gets) == 1


def test_no_server_is_told_with_its_reason(tmp_path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/month.zip"
        with pytest.raises(AeroError) as failed:
            _download(url, tmp_path)
    assert failed.value.problem == f"{url}: no connection: [Errno 111] Connection refused (3 attempts)"


def test_head_tells_size_time_and_tag_and_fetches_nothing(prezip):
    url = prezip.put("month.zip", BODY, changed=1_700_000_000, etag='"1"')
    assert head(url, AT_ONCE) == Revision(url, len(BODY), "Tue, 14 Nov 2023 22:13:20 GMT", '"1"')
    assert prezip.gets == []


def test_a_server_without_head_tells_nothing(prezip):
    prezip.takes_head = False
    url = prezip.put("month.zip", BODY)
    assert head(url, AT_ONCE) == Revision(url)


def test_a_file_that_says_it_is_too_large_is_not_fetched(prezip, tmp_path, monkeypatch):
    monkeypatch.setattr(download_module, "LARGEST", len(BODY) - 1)
    url = prezip.put("month.zip", BODY)
    for ask in (lambda: head(url, AT_ONCE), lambda: _download(url, tmp_path)):
        with pytest.raises(AeroError, match="month.zip: the file is larger than 1,023,999 bytes"):
            ask()
    assert list(tmp_path.iterdir()) == [] and len(prezip.gets) == 1


@pytest.mark.parametrize("length", ["", "-1", "²", "many"])
def test_a_body_without_end_is_cut_where_it_is_too_large_and_not_kept(prezip, tmp_path, monkeypatch, length):
    monkeypatch.setattr(download_module, "LARGEST", 1_000_000)
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", endless(length))
    with pytest.raises(AeroError, match="month.zip: the file is larger than 1,000,000 bytes"):
        _download(url, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == [] and len(prezip.gets) == 1


def test_a_validator_too_long_to_be_kept_is_none(prezip):
    url = prezip.put("month.zip", BODY, etag='"' + "1" * 500 + '"')
    assert head(url, AT_ONCE).etag is None


def test_a_pause_that_is_no_number_is_none(prezip, tmp_path, pauses):
    url = prezip.put("month.zip", BODY)
    prezip.misbehave("month.zip", status(429, Retry_After="²"))
    download(url, tmp_path / "month.part", lambda fetched, total: None, Patience(2, 0, 50))
    assert pauses == [0]


def test_a_site_that_answers_only_browsers_is_told_with_the_setting_and_answers_by_it(prezip, tmp_path, monkeypatch):
    url = prezip.put("month.zip", BODY)
    prezip.only_for = "Mozilla/5.0"
    for ask in (head, lambda *asked: download(asked[0], tmp_path / "part", lambda *_: None, asked[1])):
        with pytest.raises(Refused, match="403 Forbidden") as refused:
            ask(url, Patience(attempts=1))
        assert "AERO_USER_AGENT='Mozilla/5.0" in refused.value.fix
    monkeypatch.setenv("AERO_USER_AGENT", "Mozilla/5.0 (X11)")
    assert head(url, Patience(attempts=1)).size == len(BODY)
    assert download(url, tmp_path / "part", lambda *_: None, Patience(attempts=1)).read_bytes() == BODY
