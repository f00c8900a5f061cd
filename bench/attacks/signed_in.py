"""Attempts at Superset by somebody who is signed in and may only look, and at SQL Lab by those who may ask there."""

import io
import os
import re
import zipfile

import requests

from bench.attacks import rpc, web
from bench.attacks.attempts import ATTEMPTS, REFUSAL, Attempt, Failed, Refused, Target, Wall, Who, attempt
from bench.attacks.dashboards import DOOR, IN_A_METRIC, JAVA, PORT, question_of, sign_in


def token_of(target: Target) -> str:
    """What a person's requests carry. Raises Refused where they may not sign in."""
    answer = sign_in(target, target.person.name, target.person.password)
    web.proof(answer)
    return answer.json()["access_token"]


def signed_in(target: Target) -> requests.Session:
    """A session of a person's, with the token that changes need. Raises Refused where there is no way."""
    with rpc.connected(target.host, target.port(PORT)):
        session = requests.Session()
    if not target.token:
        raise Failed("nobody could sign in before the attempts began")
    session.headers.update({"Authorization": f"Bearer {target.token}", "Referer": target.url(PORT, "/")})
    answer = session.get(target.url(PORT, "/api/v1/security/csrf_token/"), timeout=20)
    session.headers["X-CSRFToken"] = answer.json().get("result", "")
    return session


def _asked(target: Target, method: str, path: str, **what) -> requests.Response:
    return signed_in(target).request(method, target.url(PORT, path), timeout=90, allow_redirects=False, **what)


def _in_sql_lab(sql: str, database: str):
    def run(target: Target) -> str:
        session = signed_in(target)
        found = session.get(target.url(PORT, "/api/v1/database/"), timeout=20).json().get("result", [])
        [number] = [one["id"] for one in found if database in one["database_name"]] or [1]
        body = {"database_id": number, "sql": sql, "runAsync": False, "client_id": os.urandom(5).hex()}
        return _answered(session.post(target.url(PORT, "/api/v1/sqllab/execute/"), json=body, timeout=90))

    return run


def _answered(answer: requests.Response) -> str:
    """Proof of rows. What Superset refuses, or the server that it asks, it says in `errors`, with 4xx or 500."""
    text = " ".join(answer.text.split())
    if answer.ok and "error" not in answer.json():
        rows = answer.json().get("data") or answer.json().get("result")
        return f"{answer.status_code} answered {str(rows)[:80]}"
    said = re.search(r"errorMessage=['\"](.{1,400})", text)  # Of the server that it asked, before the stack.
    text = said[1] if said else text[:600]
    is_refusal = answer.status_code == 403 or REFUSAL.search(text)
    raise (Refused if is_refusal else Failed)(f"{answer.status_code} {text[:250]}")


STATEMENTS = {
    "a shell": "SELECT TRANSFORM(x) USING 'bash -c id' AS (a STRING) FROM (SELECT 1 AS x) t",
    "a call of Java": f"SELECT {JAVA}",
    "another call of Java": "SELECT reflect('java.lang.System', 'getProperty', 'user.name')",
    "the environment": "SET env:PATH",
    "a jar": "ADD JAR /etc/hostname",
    "a table": "CREATE TABLE aero_batch.aero_attack_superset (a INT)",
}
for database in ("live", "history"):
    statements = STATEMENTS | ({"a file": "SELECT * FROM text.`file:///etc/passwd`"} if database == "history" else {})
    for what, sql in statements.items():
        for who in (Who.ANALYST, Who.OPERATOR) if what in ("a shell", "a call of Java") else (Who.ANALYST,):
            ATTEMPTS.append(Attempt(f"{what} in SQL Lab, {database}, as {who}", DOOR, sql, _in_sql_lab(sql, database),
                                    PORT, who, issue=4, seconds=120))  # fmt: skip


@attempt(DOOR, PORT, who=Who.READER, issue=4, seconds=120)
def a_chart_calls_java(target: Target) -> str:
    """POST /api/v1/chart/data with java_method in a metric, signed in as a reader"""
    return _answered(_asked(target, "POST", "/api/v1/chart/data", json=question_of(IN_A_METRIC)))


@attempt(DOOR, PORT, who=Who.READER, issue=4, seconds=120)
def a_chart_s_filter_reads_a_file(target: Target) -> str:
    """POST /api/v1/chart/data with a subquery on text.`file:///etc/passwd` in its filter"""
    question = question_of("COUNT(*)")
    question["queries"][0]["extras"] = {"where": "1 IN (SELECT 1 FROM text.`file:///etc/passwd`)"}
    return _answered(_asked(target, "POST", "/api/v1/chart/data", json=question))


@attempt(DOOR, PORT, who=Who.READER)
def a_reader_adds_a_database(target: Target) -> str:
    """POST /api/v1/database/ of a server of its own"""
    body = {"database_name": target.marker, "sqlalchemy_uri": f"hive://127.0.0.1:{target.port('HIVESERVER2')}"}
    return _made(target, "/api/v1/database/", body)


def _made(target: Target, path: str, body: dict) -> str:
    """Proof that something was made; it is removed again."""
    session = signed_in(target)
    answer = session.post(target.url(PORT, path), json=body, timeout=90)
    found = web.proof(answer)
    session.delete(target.url(PORT, f"{path}{answer.json()['id']}"), timeout=90)
    return found


@attempt(DOOR, PORT, who=Who.READER)
def a_reader_makes_an_account(target: Target) -> str:
    """POST /api/v1/security/users/"""
    body = {"username": target.marker, "password": "x" * 20, "first_name": "x", "last_name": "x",
            "email": "x@x.example", "active": False, "roles": [1]}  # fmt: skip
    return _made(target, "/api/v1/security/users/", body)


@attempt(DOOR, PORT, who=Who.READER)
def a_reader_exports_all(target: Target) -> str:
    """GET /api/v1/assets/export/"""
    return web.proof(_asked(target, "GET", "/api/v1/assets/export/"))


@attempt(DOOR, PORT, who=Who.READER)
def a_reader_imports_assets(target: Target) -> str:
    """POST /api/v1/assets/import/ of a bundle without anything"""
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as file:
        file.writestr("a/metadata.yaml", "version: 1.0.0\ntype: assets\ntimestamp: '2026-01-01T00:00:00+00:00'\n")
    files = {"bundle": ("a.zip", bundle.getvalue(), "application/zip")}
    return web.proof(_asked(target, "POST", "/api/v1/assets/import/", files=files))


@attempt(DOOR, PORT, who=Who.READER, wall=Wall.NONE)
def a_reader_s_own_page(target: Target) -> str:
    """GET /api/v1/me/ with their password"""
    return web.proof(_asked(target, "GET", "/api/v1/me/"))
