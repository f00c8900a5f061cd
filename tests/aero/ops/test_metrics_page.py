"""/metrics of the scheduler: who may read it, how often servers are asked for it, and the rules for Prometheus."""

import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import requests
import yaml

from aero.cluster import probes
from aero.datasets import REPOSITORY
from aero.ops import metrics, metrics_page, server_metrics
from aero.settings import load_settings
from tests import snippets
from tests.aero.ops.doctor.looks import look
from tests.hadoop.servers import OPERATOR, Servers, refusals
from tests.ports import free_port
from tests.waiting import until

PROMETHEUS = REPOSITORY / "docs" / "connect" / "prometheus"
RULES = yaml.safe_load((PROMETHEUS / "rules.yml").read_text())["groups"][0]["rules"]
PROMTOOL, SERVER = shutil.which("promtool"), shutil.which("prometheus")


def closed(servers, path="/metrics", who=None, **headers):
    return servers.asked("METRICS_HTTP", path, who=who, **headers)


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """A page on a port of its own, behind its closed door."""
    started = Servers(tmp_path_factory.mktemp("metrics"))
    try:
        metrics_page.start(started.settings, look)
        until(lambda: closed(started).status_code == 401, seconds=60)
        yield started
    finally:
        started.stop()


@pytest.fixture
def token(servers):
    return (servers.settings.secrets / "metrics").read_text()


def test_it_refuses_in_each_way_and_answers_an_operator_and_the_token(servers, token):
    refusals(servers, "METRICS_HTTP", "/metrics")
    for answer in (closed(servers, who=OPERATOR), closed(servers, Authorization=f"Bearer {token}")):
        assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert 'aero_service_ready{service="namenode"} 0' in answer.text


@pytest.mark.parametrize("wrong", ["Bearer ", "Bearer x", "Bearer é", "bearer {token}", "Basic {token}", "{token}"])
def test_another_token_does_not_come_in(servers, token, wrong):
    authorization = wrong.format(token=token).encode("latin-1")
    assert closed(servers, Authorization=authorization).status_code == 401


def test_the_token_reads_and_does_no_more_and_no_other_page_uses_it(servers, token):
    own = {"Authorization": f"Bearer {token}"}
    assert servers.asked("METRICS_HTTP", "/metrics", "POST", X_Requested_By="me", **own).status_code == 401
    assert closed(servers, "/", **own).status_code == 404
    assert closed(servers, Host="evil.example", **own).status_code == 403
    assert closed(servers, Sec_Fetch_Site="cross-site", **own).status_code == 403


def test_refusals_stand_in_the_audit_and_scrapes_do_not(servers, token):
    before = len(servers.audit("metrics"))
    closed(servers, Authorization=f"Bearer {token}")
    assert len(servers.audit("metrics")) == before
    closed(servers, Authorization="Bearer x")
    assert servers.audit("metrics")[-1].outcome == "not signed in"


def test_an_open_door_asks_nobody(monkeypatch, tmp_path):
    for name, value in {"HTTP_DOOR": "open", "METRICS_HTTP_PORT": str(free_port()), "AERO_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    metrics_page.start(settings, look)
    page = f"http://localhost:{settings.port('METRICS_HTTP')}/metrics"
    until(lambda: requests.get(page, timeout=20).status_code == 200, seconds=60)
    assert not (tmp_path / "secrets").exists()


def test_servers_are_asked_once_however_many_read_and_too_many_are_sent_away(monkeypatch, tmp_path):
    for name, value in {"HTTP_DOOR": "open", "METRICS_HTTP_PORT": str(free_port()), "AERO_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    asked, goes_on = [], Event()

    def newest():
        asked.append(1)
        goes_on.wait(60)
        return look()

    settings = load_settings()
    metrics_page.start(settings, newest)
    page = f"http://localhost:{settings.port('METRICS_HTTP')}/metrics"
    until(lambda: requests.get(page.removesuffix("metrics"), timeout=20).status_code == 404, seconds=60)
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(requests.get, page, timeout=60) for _ in range(20)]
        until(lambda: sum(one.done() for one in answers) == 20 - metrics_page.WAITING, seconds=60)
        goes_on.set()
    codes = [one.result().status_code for one in answers]
    assert sorted(codes) == [200] * metrics_page.WAITING + [503] * (20 - metrics_page.WAITING) and asked == [1]


@pytest.fixture
def prometheus(servers, token, tmp_path):
    """Where Prometheus answers, started as docs/alerts.md says, but that it asks every two seconds."""
    for file in (PROMETHEUS / "prometheus.yml", PROMETHEUS / "rules.yml"):
        text = snippets.at_ports_of(servers.settings, file.read_text())
        (tmp_path / file.name).write_text(re.sub(r"(scrape_\w+): \d+s", r"\1: 2s", text))
    (tmp_path / "metrics").write_text(token)
    address = f"127.0.0.1:{free_port()}"
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [SERVER, "--config.file=prometheus.yml", f"--web.listen-address={address}"],
            cwd=tmp_path, stdout=log, stderr=log,
        )  # fmt: skip
    yield f"http://{address}/api/v1"
    process.terminate()
    process.wait(60)


@pytest.mark.skipif(not SERVER, reason="prometheus is not here; .ci/run fetches it")
def test_a_prometheus_of_debian_s_reads_the_page_by_its_token_and_answers_with_it(prometheus):
    def answer(question):
        found = requests.get(f"{prometheus}/query", params={"query": question}, timeout=20).json()["data"]["result"]
        return [one["value"][1] for one in found]

    until(lambda: answer('up{job="aero"}') == ["1"], seconds=60)
    assert answer('aero_service_ready{service="namenode"}') == ["0"]
    [group] = requests.get(f"{prometheus}/rules", timeout=20).json()["data"]["groups"]
    assert {rule["name"] for rule in group["rules"]} == {rule["alert"] for rule in RULES}


BEANS = {
    "java.lang:type=Memory": {"HeapMemoryUsage": {"used": 70, "max": 100}},
    "java.lang:type=Threading": {"ThreadCount": 33},
    "Hadoop:service=NameNode,name=FSNamesystem": {"CapacityUsed": 5, "MissingBlocks": 2, "NumLiveDataNodes": 1},
}


def test_what_java_servers_say_of_themselves_is_told_of_those_that_are_ready(monkeypatch):
    monkeypatch.setattr(probes, "bean", lambda _, door, query: BEANS[query])
    yarn = {"clusterMetrics": {"totalMB": 3, "allocatedMB": 1, "appsPending": 4}}
    monkeypatch.setattr(probes, "json_page", lambda *_: yarn)
    told = {(one.name, *one.labels.values()): one.value for one in server_metrics.values(look(namenode=None))}
    assert told == {
        ("aero_java_heap_used_bytes", "namenode"): 70,
        ("aero_java_heap_max_bytes", "namenode"): 100,
        ("aero_java_threads", "namenode"): 33,
        ("aero_hdfs_bytes", "used"): 5,
        ("aero_hdfs_blocks", "missing"): 2,
        ("aero_hdfs_datanodes", "live"): 1,
    }
    told = {(one.name, *one.labels.values()): one.value for one in server_metrics.values(look(resourcemanager=None))}
    assert told["aero_yarn_memory_bytes", "total"] == 3 * 2**20 and told["aero_yarn_applications", "waiting"] == 4


def test_the_rules_ask_for_metrics_that_there_are():
    asked = {name for rule in RULES for name in re.findall(r"\baero_\w+", rule["expr"])}
    assert asked and asked <= set(metrics.HELP)


@pytest.mark.skipif(not PROMTOOL, reason="promtool is not here; .ci/run fetches it")
def test_promtool_finds_the_rules_true_of_their_cases():
    for words in (["check", "rules", "rules.yml"], ["test", "rules", "rules_test.yml"],
                  ["check", "config", "--syntax-only", "prometheus.yml"]):  # fmt: skip
        result = subprocess.run([PROMTOOL, *words], cwd=PROMETHEUS, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.skipif(not PROMTOOL, reason="promtool is not here; .ci/run fetches it")
def test_promtool_reads_what_is_printed():
    text = metrics.text(metrics.samples(look()))
    result = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
