"""Who has not signed in sees that there is a Superset, the map's background, and nothing else."""

import pytest


def test_a_tile_is_one_of_the_world_or_not_found(server):
    def asked(place):
        return server.stranger().get(f"{server.address}/aero/tiles/{place}.svg", timeout=120)

    assert "<svg" in asked("0/0/0").text
    assert asked("12/4095/4095").status_code == 200
    for place in ("10000000000/0/0", "13/0/0", "0/1/0", "0/0/1", "12/0/4096", "3/8/0", "-1/0/0"):
        assert asked(place).status_code == 404


@pytest.mark.parametrize(
    "path",
    """/api/v1/chart/ /api/v1/dashboard/ /api/v1/dataset/ /api/v1/database/ /api/v1/query/ /api/v1/log/ /api/v1/me/
    /api/v1/assets/export/ /api/v1/security/users/ /api/v1/security/roles/ /api/v1/security/csrf_token/ /api/v1/menu/
    /api/v1/_openapi /api/v1/sqllab/ /api/v1/available_domains/ /api/v1/cachekey/invalidate
    /superset/welcome/ /superset/dashboard/history/ /sqllab/ /explore/ /swagger/v1 /users/list/ /users/userinfo/
    """.split(),
)
def test_nothing_is_shown_without_signing_in(server, path):
    answer = server.stranger().get(server.address + path, allow_redirects=False)
    if answer.status_code == 302:
        assert "/login/" in answer.headers["Location"]
    else:
        assert answer.status_code in (401, 403, 404, 405), answer.text[:300]


@pytest.mark.parametrize("path", ["/superset/log/?explode=events", "/superset/welcome/", "/api/v1/chart/", "/health"])
def test_no_answer_to_a_stranger_takes_the_place_of_the_session_that_signs_in(server, path):
    """What a page asked before its form was sent may be answered after the form."""
    before = server.stranger()
    assert "Set-Cookie" in before.get(f"{server.address}/login/").headers
    answer = before.post(server.address + path, data={"events": "[]"})
    assert not [one for one in (answer, *answer.history) if "Set-Cookie" in one.headers and "/login/" not in one.url]
    assert "/log/" not in path or not answer.history


@pytest.mark.parametrize("path", ["/health", "/login/", "/api/v1/chart/", "/nowhere"])
def test_every_answer_says_what_a_browser_may_do_with_it(server, path):
    answer = server.stranger().get(server.address + path, headers={"Origin": "http://elsewhere.example"})
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "script-src 'self' 'strict-dynamic'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert not {name for name in answer.headers if name.startswith("Access-Control-")}
    for cookie in answer.headers.get("Set-Cookie", "").split(", aero_session")[1:]:
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_an_error_shows_no_code(server):
    for kind, body in (("application/json", "{"), ("application/json", '{"username": {}}'), ("text/plain", "x")):
        answer = server.stranger("127.0.0.9").post(
            f"{server.address}/api/v1/security/login", data=body, headers={"Content-Type": kind}
        )
        assert answer.status_code == 400
        assert "Traceback" not in answer.text and "site-packages" not in answer.text


@pytest.mark.parametrize("path", ["/logout/", "/login/logout/"])
def test_who_signs_out_is_nobody(server, path):
    person = server.at_the_page("admin", server.password("admin"))
    assert person.get(f"{server.address}/api/v1/me/").ok
    person.get(server.address + path)
    assert person.get(f"{server.address}/api/v1/me/").status_code == 401


def test_a_form_from_elsewhere_is_refused(server):
    admin = server.signed_in("admin", server.password("admin"), "127.0.0.10")
    del admin.headers["X-CSRFToken"]
    refused = admin.post(f"{server.address}/api/v1/chart/", json={"slice_name": "forged"})
    assert refused.status_code == 400 and "CSRF" in refused.text


def test_the_role_of_strangers_may_nothing(server):
    admin = server.signed_in("admin", server.password("admin"), "127.0.0.10")
    roles = admin.get(f"{server.address}/api/v1/security/roles/?q=(page_size:100)").json()["result"]
    [public] = [one["id"] for one in roles if one["name"] == "Public"]
    permissions = admin.get(f"{server.address}/api/v1/security/roles/{public}/permissions/").json()["result"]
    assert permissions == []
