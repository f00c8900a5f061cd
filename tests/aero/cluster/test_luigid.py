"""luigid behind its door, asked as Luigi's workers, a browser and strangers ask it."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from aero import http_door, people, pipeline
from aero.cluster import provision, readiness, services, web_door
from aero.settings import load_settings
from tests.hadoop.servers import OPERATOR, READER, Servers, refusals
from tests.ports import free_port
from tests.waiting import until

TASKS = "/api/task_list?data=%7B%22status%22%3A%22DONE%22%7D"
# Without one of the platform's tasks: a family that this module does not name would be another test's matter.
TASK = """
import luigi, pathlib
class Noted(luigi.Task):
    note = luigi.Parameter()
    def output(self): return luigi.LocalTarget(self.note)
    def run(self): pathlib.Path(self.note).touch()
"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    started = Servers(tmp_path_factory.mktemp("luigid"))
    try:
        provision.luigi_history(started.settings, started.variables, [])
        started.run("luigid", services.BY_NAME["luigid"].command(started.variables))
        until(lambda: readiness.luigid(started.settings) is None, seconds=60, may_be_away=False)
        yield started
    finally:
        started.stop()


def worker(servers, folder, note):
    """Run a task as aero/pipeline.py runs those of the platform."""
    (folder / "noted.py").write_text(TASK)
    command = pipeline.command(servers.settings, "Noted", {"note": str(note)})
    command[command.index("luigi_tasks.pipeline")] = "noted"
    environment = {"PYTHONPATH": f"{folder}", "PATH": "/bin", **servers.variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("page", ["/", TASKS, "/static/visualiser/index.html", "/history", "/metrics", "/not-there"])
def test_it_shows_nothing_to_those_who_may_not(servers, page):
    assert servers.asked("LUIGID", page).status_code == 401
    assert servers.asked("LUIGID", page, who=READER).status_code == 403


def test_it_refuses_in_each_way_and_answers_an_operator(servers):
    refusals(servers, "LUIGID", TASKS)
    assert servers.asked("LUIGID", TASKS, who=OPERATOR).json()["response"] == {}
    assert servers.asked("LUIGID", "/static/visualiser/index.html", who=OPERATOR).status_code == 200


def test_a_worker_comes_in_and_its_password_is_in_no_list_of_processes_or_log(servers, tmp_path):
    done = worker(servers, tmp_path, tmp_path / "note")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "note").exists()
    assert "Noted" in servers.asked("LUIGID", TASKS, who=OPERATOR).text
    secret = people.password_of(servers.settings, "aero")
    assert secret not in done.stdout + done.stderr + servers.log("luigid").read_text()
    assert not any(secret in word for word in pipeline.command(servers.settings, "Noted", {}))
    assert secret not in "".join(servers.variables.values())


def test_a_worker_with_a_wrong_password_does_nothing(servers, tmp_path, monkeypatch):
    (tmp_path / "passwords").mkdir()
    (tmp_path / "passwords" / "aero").write_text("not-the-password")
    monkeypatch.setitem(servers.variables, "AERO_SECRETS_DIR", str(tmp_path))
    monkeypatch.setitem(servers.variables, "LUIGI_CONFIG_PATH", str(tmp_path / "luigi.cfg"))
    (tmp_path / "luigi.cfg").write_text("[core]\nrpc-retry-attempts = 1\n[retcode]\nunhandled_exception = 40\n")
    refused = worker(servers, tmp_path, tmp_path / "never")
    assert refused.returncode and "401" in refused.stdout + refused.stderr
    assert not (tmp_path / "never").exists()
    assert "not-the-password" not in refused.stdout + refused.stderr


def test_a_form_of_another_page_changes_nothing(servers):
    call = "/api/disable_worker"
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert servers.asked("LUIGID", call, "POST", OPERATOR, **form).status_code == 403
    link = {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert servers.asked("LUIGID", "/api/pause", who=OPERATOR, **link).status_code == 403
    assert servers.asked("LUIGID", "/static/visualiser/index.html", who=OPERATOR, **link).status_code == 200


def test_a_body_of_a_refused_request_is_not_read(servers):
    answer = servers.asked("LUIGID", "/api/ping", "POST", Content_Length="90000000")
    assert answer.status_code == 401 and answer.headers["Connection"] == "close"


def test_who_was_removed_comes_in_no_more(servers):
    people.add(servers.settings, "gone", "operator", "a-password-for-long")
    assert servers.asked("LUIGID", TASKS, who=("gone", "a-password-for-long")).status_code == 200
    people.remove(servers.settings, "gone")
    assert servers.asked("LUIGID", TASKS, who=("gone", "a-password-for-long")).status_code == 401


def test_wrong_passwords_keep_nobody_waiting(servers):
    """Twenty at once: each costs a PBKDF2, and whoever signed in before is answered meanwhile."""
    assert servers.asked("LUIGID", TASKS, who=OPERATOR).status_code == 200
    with ThreadPoolExecutor(20) as pool:
        wrong = [pool.submit(servers.asked, "LUIGID", TASKS, who=("olga", f"wrong-{n}")) for n in range(20)]
        time.sleep(0.1)
        answered = 0
        while not all(one.done() for one in wrong):
            assert servers.asked("LUIGID", TASKS, who=OPERATOR).status_code == 200
            answered += 1
    assert {one.result().status_code for one in wrong} <= {401, 429} and answered > 1


def test_who_guesses_is_told_to_wait_and_the_right_password_comes_in_then(servers):
    people.add(servers.settings, "guessed", "operator", "a-password-for-long")
    assert servers.asked("LUIGID", TASKS, who=OPERATOR).status_code == 200
    answers = [servers.asked("LUIGID", TASKS, who=("guessed", f"wrong-{number}")) for number in range(5)]
    assert {one.status_code for one in answers} == {401}
    until(lambda: "again in" in servers.asked("LUIGID", TASKS, who=("guessed", "wrong")).text, seconds=60)
    assert servers.asked("LUIGID", TASKS, who=OPERATOR).status_code == 200
    assert servers.asked("LUIGID", TASKS, who=("another", "wrong")).status_code == 401
    right = ("guessed", "a-password-for-long")
    until(lambda: servers.asked("LUIGID", TASKS, who=right).status_code == 200, seconds=60)
    assert servers.asked("LUIGID", TASKS, who=("guessed", "wrong")).status_code == 401


@pytest.fixture
def pauses():
    """Those of luigid, with a clock that is set by hand."""
    made = web_door.Pauses(lambda: made.now)
    made.now = 1000.0
    return made


def failures(pauses, number, name="ann", address="192.0.2.1"):
    """The pause after so many wrong passwords, each tried as soon as it may be."""
    for _ in range(number):
        if pause := pauses.left(name, address):
            pauses.now += pause
            assert pauses.left(name, address) == 0
        pauses.failed(name, address)
    return pauses.left(name, address)


def test_each_wrong_password_after_the_fourth_doubles_the_pause_up_to_a_minute(pauses):
    assert failures(pauses, 4) == 0
    assert [failures(pauses, 1) for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    assert pauses.left("ann", "192.0.2.2") == pauses.left("ben", "192.0.2.1") == 0
    pauses.succeeded("ann", "192.0.2.1")
    assert failures(pauses, 4) == 0


def test_another_address_of_this_machine_s_loopback_is_the_same_place(pauses):
    failures(pauses, 6, address="127.0.0.1")
    assert pauses.left("ann", "127.9.9.9") == pauses.left("ann", "::1") == 1


def test_of_many_tries_at_once_one_is_made_after_a_pause(pauses):
    pause = failures(pauses, 6)
    pauses.now += pause
    assert [pauses.left("ann", "192.0.2.1") for _ in range(3)] == [0, 1, 1]


def test_wrong_passwords_of_long_ago_and_for_the_platform_s_accounts_do_not_count(pauses):
    failures(pauses, 6)
    pauses.now += web_door.FORGOTTEN_SECONDS + 1
    assert failures(pauses, 4) == 0
    assert failures(pauses, 100, "aero") == 0


def test_what_is_kept_of_wrong_passwords_is_bounded(pauses):
    failures(pauses, 9, "first")
    for number in range(web_door.KEPT_FAILURES):
        failures(pauses, 1, f"name-{number}" + "x" * 100_000)
    assert pauses.left("first", "192.0.2.1") == 0
    assert len(pauses._failures) == web_door.KEPT_FAILURES
    assert max(len(name) for name, _ in pauses._failures) < 100


def test_changes_and_refusals_stand_in_the_audit(servers):
    ours = {"X_Requested_By": "me"}
    servers.asked("LUIGID", "/api/unpause", "POST", OPERATOR, **ours)
    servers.asked("LUIGID", "/api/pause", "POST", READER, **ours)
    servers.asked("LUIGID", "/audited", who=("olga", "wrong"))
    *_, allowed, refused, wrong = servers.audit("luigid")
    assert (allowed.who, allowed.outcome, allowed.what) == ("olga", "allowed", "POST /api/unpause")
    assert (refused.who, refused.outcome) == ("ann-reader", "refused") and refused.address
    assert (wrong.who, wrong.outcome) == ("olga", "not signed in")


def test_an_open_door_asks_nobody(servers, monkeypatch):
    variables = servers.variables | {"HTTP_DOOR": "open", "LUIGID_PORT": str(free_port())}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert http_door.headers(load_settings()) == {} and http_door.variables(load_settings()) == {}
    assert http_door.sign(requests.Session()).auth is None
    monkeypatch.setattr(servers, "variables", variables)
    servers.run("luigid-open", services.BY_NAME["luigid"].command(variables))
    until(lambda: readiness.luigid(load_settings()) is None, seconds=60, may_be_away=False)
    page = f"http://localhost:{variables['LUIGID_PORT']}{TASKS}"
    assert requests.get(page, headers={"Host": "anyone"}, timeout=20).status_code == 200
