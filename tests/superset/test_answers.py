"""Who asks for what they may not have is refused in a sentence, and what is not there is not found: nothing breaks."""

import pytest

from aero import people

WORDS = "the-words-of-flights"


@pytest.fixture(scope="module")
def database(server, sql_server):
    """The number of a database that asks HiveServer2, as the platform's do."""
    comes_in = {"username": "superset", "password": people.password_of(sql_server.settings, "superset")}
    return server.add_database("Tables of a test", sql_server.port, "default", comes_in)


@pytest.fixture(scope="module")
def persons(server):
    """Browsers of a reader and of an analyst."""
    for name, role in (("ina", "reader"), ("abel", "analyst")):
        people.add(server.settings, name, role, WORDS)
    yield [server.at_the_page(name, WORDS, "127.0.3.2") for name in ("ina", "abel")]
    for name in ("ina", "abel"):
        people.remove(server.settings, name)


REFUSED, MISSING, NONE = "superset may not read aero_raw: the role reader", "There is no such table", "No such database"
# What is answered to a reader, who has no SQL Lab, and to an analyst.
ASKED = {
    "/lang/de": [(404, "There is no language de")] * 2,
    "/api/v1/database/{}/select_star/flights_reporting/aero_raw/": [(403, REFUSED)] * 2,
    "/api/v1/database/{}/select_star/delays/aero_batch/": [(200, "SELECT")] * 2,
    "/api/v1/database/{}/table_metadata/?name=flights_reporting&schema=aero_raw": [(404, NONE), (403, REFUSED)],
    "/api/v1/database/{}/table_metadata/?name=nothing&schema=aero_raw": [(404, NONE), (403, REFUSED)],
    "/api/v1/database/{}/table_metadata/?name=nothing&schema=aero_batch": [(404, NONE), (404, MISSING)],
    "/api/v1/database/{}/table_metadata/?name=delays&schema=aero_batch": [(404, NONE), (200, "columns")],
    "/api/v1/database/{}/table_metadata/extra/?name=flights_reporting&schema=aero_raw": [(404, NONE), (403, REFUSED)],
    "/api/v1/database/{}/table_metadata/extra/?name=delays&schema=aero_batch": [(404, NONE), (200, "view")],
}


@pytest.mark.parametrize("path", ASKED)
def test_what_one_may_not_have_is_refused_and_what_is_not_there_not_found(server, database, persons, path):
    for person, (status, words) in zip(persons, ASKED[path], strict=True):
        answer = person.get(server.address + path.format(database), allow_redirects=False)
        assert (answer.status_code, words in answer.text) == (status, True), answer.text[:500]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_a_server_refused_stands_as_refused_in_the_audit(server, database, persons):
    persons[1].get(f"{server.address}/api/v1/database/{database}/select_star/flights_reporting/aero_raw/")
    lines = [one for one in server.audited() if one.who == "abel" and "aero_raw" in one.what]
    assert {one.outcome for one in lines} == {"refused"} and REFUSED in lines[-1].why


def test_an_error_that_superset_shows_as_a_page_is_answered_and_audited(server, persons):
    answer = persons[1].post(f"{server.address}/superset/nowhere/", headers={"Accept": "text/html"})
    assert answer.status_code == 404 and "<html" in answer.text
    assert [one for one in server.audited() if (one.who, one.what) == ("abel", "POST /superset/nowhere/")]
