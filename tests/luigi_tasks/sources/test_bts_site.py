import errno
import socket
from datetime import date

import pytest
import requests
from urllib3.util import connection

from aero.datasets import FLIGHTS_MARKETING, FLIGHTS_REPORTING
from aero.errors import AeroError
from luigi_tasks.sources import open_source
from luigi_tasks.sources.bts_site import BtsSite
from luigi_tasks.sources.download import Patience
from tests.luigi_tasks.bts_files import month_zip
from tests.luigi_tasks.prezip_server import page, status

REPORTING = "On_Time_Reporting_Carrier_On_Time_Performance_1987_present_{}_{}.zip"
AT_ONCE = Patience(attempts=2, first_pause=0)


@pytest.fixture
def site(prezip) -> BtsSite:
    return BtsSite(prezip.url, "reporting", AT_ONCE)


def _fetch(site: BtsSite, tmp_path, year: int, month: int):
    [offer] = site.offers([(year, month)]).files
    return site.fetch(offer, tmp_path, lambda fetched, total: None)


def test_the_addresses_are_those_of_the_site():
    [reporting] = open_source("bts").offers([(2013, 1)]).files
    assert reporting.name == f"https://transtats.bts.gov/PREZIP/{REPORTING.format(2013, 1)}"
    assert reporting.dataset == FLIGHTS_REPORTING
    [marketing] = open_source("https://mirror/prezip/", "marketing").offers([(2024, 12)]).files
    name = "On_Time_Marketing_Carrier_On_Time_Performance_Beginning_January_2018_2024_12.zip"
    assert (marketing.name, marketing.dataset) == (f"https://mirror/prezip/{name}", FLIGHTS_MARKETING)


def test_the_address_is_a_setting(monkeypatch, prezip):
    monkeypatch.setenv("AERO_BTS_URL", prezip.url)
    assert open_source("bts").base == prezip.url


@pytest.mark.parametrize(
    ("family", "before", "first"), [("reporting", (1987, 9), (1987, 10)), ("marketing", (2017, 12), (2018, 1))]
)
def test_a_family_begins_with_its_first_month(family, before, first):
    offers = BtsSite("http://bts", family).offers([before, first])
    assert [(offer.year, offer.month) for offer in offers.files] == [first]


def test_an_unknown_family_is_refused():
    with pytest.raises(AeroError, match="--family operating: BTS has no such family"):
        BtsSite("http://bts", "operating")


def test_a_month_comes_under_its_own_name_and_leaves_nothing_behind(prezip, site, tmp_path, own_cache):
    prezip.put(REPORTING.format(2013, 1), month_zip(2013, 1))
    fetched = _fetch(site, tmp_path, 2013, 1)
    assert fetched == tmp_path / REPORTING.format(2013, 1)
    assert fetched.read_bytes() == month_zip(2013, 1)
    assert list((own_cache / "downloads").iterdir()) == []


def _today_minus(months: int) -> tuple[int, int]:
    number = date.today().year * 12 + date.today().month - 1 - months
    return number // 12, number % 12 + 1


@pytest.mark.parametrize(
    ("month", "why"),
    [
        ((1994, 5), "PREZIP has no months of 1990 to 1999 of the reporting family"),
        (_today_minus(1), "is not published yet"),
        ((2013, 1), "404, there is no such file"),
    ],
)
def test_a_404_is_explained(site, tmp_path, month, why):
    [offer] = site.offers([month]).files
    for ask in (lambda: site.revision(offer), lambda: _fetch(site, tmp_path, *month)):
        with pytest.raises(AeroError) as missing:
            ask()
        assert missing.value.problem.startswith(f"{offer.name}: 404, there is no such file")
        assert missing.value.problem.endswith(why)


def test_only_a_404_means_that_the_month_is_missing(prezip, site, tmp_path):
    prezip.misbehave(REPORTING.format(2013, 1), status(403))
    with pytest.raises(AeroError, match="the server answered 403 Forbidden"):
        _fetch(site, tmp_path, 2013, 1)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<!DOCTYPE html><html><title>Down &amp;\n out</title><body>x", "Down & out"),
        ("\ufeff\n<html><style>p{}</style><body><p>Please <b>wait</b>", "Please wait"),
    ],
)
def test_a_page_in_place_of_the_zip_is_told_by_its_words(prezip, site, tmp_path, own_cache, html, words):
    prezip.put(REPORTING.format(2013, 1), month_zip(2013, 1))
    prezip.misbehave(REPORTING.format(2013, 1), page(html))
    with pytest.raises(AeroError) as refused:
        _fetch(site, tmp_path, 2013, 1)
    url = f"{prezip.url}/{REPORTING.format(2013, 1)}"
    assert refused.value.problem == f"{url}: an HTML page came in place of the zip: '{words}'"
    assert list((own_cache / "downloads").iterdir()) == []


def test_bytes_that_are_no_zip_are_shown(prezip, site, tmp_path):
    prezip.put(REPORTING.format(2013, 1), b"\x00\x01rubbish")
    with pytest.raises(AeroError, match=r"what came is no zip, it begins with b'\\x00\\x01rubbish'"):
        _fetch(site, tmp_path, 2013, 1)


@pytest.mark.parametrize(
    ("lost", "said", "fix"),
    [
        (socket.gaierror(-3, "no name server"), "bts.example: there is no way to it from this machine", "HTTPS_PROXY"),
        (OSError(errno.ENETUNREACH, "no route"), "bts.example: there is no way to it from this machine", "HTTPS_PROXY"),
        (requests.exceptions.SSLError("self-signed"), "bts.example: its certificate is not trusted", "REQUESTS_CA_"),
    ],
)
def test_one_try_tells_of_all_months_that_there_is_no_way_to_the_site(monkeypatch, lost, said, fix):
    tries = []

    def fail(*asked, **_):
        tries.append(asked)
        raise lost

    if isinstance(lost, requests.RequestException):
        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", fail)
    else:
        monkeypatch.setattr(connection, "create_connection", fail)
    source = BtsSite("https://bts.example/PREZIP", "reporting", Patience(attempts=3, first_pause=0))
    for offer in source.offers([(2013, 1), (2013, 2)]).files:
        with pytest.raises(AeroError) as refused:
            source.revision(offer)
        assert refused.value.problem.startswith(said) and fix in refused.value.fix
    assert len(tries) == 1
