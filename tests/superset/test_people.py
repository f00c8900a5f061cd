"""People sign in to Superset with the name and the password that they have at every door."""

import pytest

from aero import people

WORDS = {name: f"the {name} of flights".replace(" ", "-") for name in ("rita", "anton", "olga", "late", "moved")}


@pytest.fixture(scope="module")
def persons(server):
    for name, role in (("rita", "reader"), ("anton", "analyst"), ("olga", "operator")):
        people.add(server.settings, name, role, WORDS[name])
    return server


@pytest.fixture
def page(server):
    return server.at_the_page


def _me(server, session) -> str | None:
    """Whose session or token this is, as the interface takes it; None where nobody's."""
    if session.get(f"{server.address}/api/v1/dashboard/").status_code == 401:
        return None
    return session.get(f"{server.address}/api/v1/me/").json()["result"]["username"]


def _roles(server, session) -> list[str]:
    return list(session.get(f"{server.address}/api/v1/me/roles/").json()["result"]["roles"])


@pytest.mark.parametrize(("name", "role"), [("rita", "Reader"), ("anton", "Analyst"), ("olga", "Operator")])
def test_a_person_has_the_role_of_the_same_name(persons, page, name, role):
    assert _roles(persons, persons.signed_in(name, WORDS[name], "127.0.2.2")) == [role]
    assert _me(persons, page(name, WORDS[name])) == name
    assert _me(persons, page(name, "wrong-wrong-wrong")) is None
    assert persons.attempt(name, "wrong-wrong-wrong", "127.0.2.2").status_code == 401


def test_the_platforms_accounts_are_nobody_here_and_admin_is_supersets_own(persons):
    for account in people.PLATFORM:
        password = people.password_of(persons.settings, account)
        assert persons.attempt(account, password, "127.0.2.3").status_code == 401
    assert persons.attempt("admin", persons.password("admin"), "127.0.2.3").status_code == 200


EXPORTED = ("chart", "dashboard", "dataset", "database", "saved_query", "theme")
FORBIDDEN = [403] * (7 + len(EXPORTED))


def _status(server, session, method, path, body=None):
    return session.request(method, server.address + path, json=body).status_code


def test_a_reader_looks_an_analyst_asks_and_an_operator_keeps_datasets(persons):
    seen = {}
    for name in ("rita", "anton", "olga"):
        session = persons.signed_in(name, WORDS[name], "127.0.2.4")
        seen[name] = [
            (_status(persons, session, *request), *request[:2])
            for request in (
                ("GET", "/api/v1/dashboard/"),
                ("GET", "/api/v1/dataset/"),
                ("POST", "/api/v1/dashboard/", {"dashboard_title": f"of {name}"}),
                ("POST", "/api/v1/sqllab/format_sql/", {"sql": "select 1"}),
                ("POST", "/api/v1/dataset/", {}),
                ("POST", "/api/v1/database/", {"database_name": "x", "sqlalchemy_uri": "hive://elsewhere/x"}),
                ("POST", "/api/v1/sqllab/estimate/", {"database_id": 1, "sql": "select 1"}),
                ("POST", "/api/v1/cachekey/invalidate", {"datasource_uids": []}),
                *(("GET", f"/api/v1/{kind}/export/?q=!(1)") for kind in EXPORTED),
                ("GET", "/api/v1/dashboard/1/export_as_example/"),
                ("GET", "/api/v1/assets/export/"),
                ("GET", "/api/v1/security/users/"),
                ("PUT", "/api/v1/me/", {"password": "another-password"}),
            )
        ]
    for name, expected in {
        "rita": [200, 200, 403, 403, 403, *FORBIDDEN],
        "anton": [200, 200, 201, 200, 403, *FORBIDDEN],
        "olga": [200, 200, 201, 200, 400, *FORBIDDEN],
    }.items():
        assert [status for status, *_ in seen[name]] == expected, (name, seen[name])


def test_who_is_removed_is_signed_out_at_once(persons, page):
    people.add(persons.settings, "late", "operator", WORDS["late"])
    by_page, by_token = page("late", WORDS["late"]), persons.signed_in("late", WORDS["late"], "127.0.2.5")
    assert _me(persons, by_page) == "late" and _me(persons, by_token) == "late"
    people.remove(persons.settings, "late")
    assert _me(persons, by_page) is None and _me(persons, by_token) is None
    assert persons.attempt("late", WORDS["late"], "127.0.2.5").status_code == 401
    assert _me(persons, page("late@localhost", WORDS["late"])) is None
    people.add(persons.settings, "late", "operator", "another-" + WORDS["late"])
    assert _me(persons, by_page) is None and _me(persons, by_token) is None


def test_another_password_or_role_ends_what_was_before(persons, page):
    people.add(persons.settings, "moved", "operator", WORDS["moved"])
    before = page("moved", WORDS["moved"])
    people.change(persons.settings, "moved", "second-password")
    assert _me(persons, before) is None
    people.remove(persons.settings, "moved")
    people.add(persons.settings, "moved", "reader", WORDS["moved"])
    assert _roles(persons, persons.signed_in("moved", WORDS["moved"], "127.0.2.6")) == ["Reader"]
    assert _me(persons, before) is None


def test_the_audit_says_who_signed_in_and_what_they_changed(persons):
    session = persons.signed_in("olga", WORDS["olga"], "127.0.2.7")
    persons.attempt("olga", "wrong-wrong-wrong", "127.0.2.7")
    session.get(f"{persons.address}/api/v1/dashboard/nowhere")
    session.post(f"{persons.address}/api/v1/dashboard/", json={"dashboard_title": "audited"})
    session.post(f"{persons.address}/api/v1/database/", json={"database_name": "x", "sqlalchemy_uri": "hive://x/x"})
    lines = [(one.who, one.what, one.outcome) for one in persons.audited() if one.address == "127.0.2.7"]
    assert lines == [
        ("olga", "sign in", "signed in"),
        ("olga", "sign in", "not signed in"),
        ("olga", "open dashboard/nowhere", "failed"),
        ("olga", "POST /api/v1/dashboard/", "allowed"),
        ("olga", "POST /api/v1/database/", "refused"),
    ]
    assert not [one for one in persons.audited() if "wrong-wrong" in one.to_line().decode()]
