"""The web doors of YARN, on a ResourceManager and a NodeManager of the test's own."""

import json

import pytest

from aero.cluster import readiness, sizes
from aero.ops import java_metrics
from tests.hadoop.servers import OPERATOR, READER, Servers, refusals
from tests.waiting import until

NEW = "/ws/v1/cluster/apps/new-application"
APPLICATIONS = "/ws/v1/cluster/apps"


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    started = Servers(tmp_path_factory.mktemp("yarn"))
    try:
        started.start("resourcemanager", "nodemanager")
        yield started
    finally:
        started.stop()


@pytest.mark.parametrize("page", ["/", "/cluster", "/conf", "/jmx", "/stacks", "/static/yarn.css", "/proxy/x",
                                  "/ws/v1/cluster/info", "/ws/v1/cluster/scheduler-conf", "/isActive"])  # fmt: skip
def test_the_resource_manager_shows_nothing_to_those_who_may_not(servers, page):
    assert servers.asked("RESOURCEMANAGER_HTTP", page).status_code == 401
    assert servers.asked("RESOURCEMANAGER_HTTP", page, who=READER).status_code == 403


@pytest.mark.parametrize("page", ["/", "/node", "/conf", "/ws/v1/node/info", "/container/x", "/static/yarn.css"])
def test_the_node_manager_shows_nothing_to_those_who_may_not(servers, page):
    assert servers.asked("NODEMANAGER_HTTP", page).status_code == 401
    assert servers.asked("NODEMANAGER_HTTP", page, who=READER).status_code == 403


def test_no_port_of_theirs_shows_a_page_without_a_password(servers):
    assert servers.unguarded() == []


def test_each_refuses_in_each_way_and_shows_an_operator_its_pages(servers):
    refusals(servers, "RESOURCEMANAGER_HTTP", "/ws/v1/cluster/info")
    refusals(servers, "NODEMANAGER_HTTP", "/ws/v1/node/info")
    assert "applications" in servers.asked("RESOURCEMANAGER_HTTP", "/cluster", who=OPERATOR).text.lower()
    assert servers.asked("NODEMANAGER_HTTP", "/ws/v1/node/info", who=OPERATOR).status_code == 200
    assert readiness.resource_manager(servers.settings) is None
    assert readiness.yarn(servers.settings) is None


def test_the_containers_of_the_node_manager_are_in_the_file_of_its_metrics(servers):
    until(
        lambda: dict(java_metrics.read(servers.settings, "nodemanager"))["aero_nodemanager_containers"] == 0, seconds=60
    )


def test_yarn_is_asked_what_it_has_for_applications_of_spark(servers):
    own = {name: int(servers.variables[f"YARN_{name}"]) for name in ("VCORES", "MEMORY_MB")}
    assert sizes.ask(servers.settings) == sizes.Queue(own["VCORES"], own["MEMORY_MB"] * 3 // 4)


@pytest.mark.parametrize("who, status", [(None, 401), (READER, 403), ((OPERATOR[0], "wrong"), 401)])
def test_nobody_else_may_begin_or_submit_an_application(servers, who, status):
    assert servers.asked("RESOURCEMANAGER_HTTP", NEW, "POST", who).status_code == status
    assert servers.asked("RESOURCEMANAGER_HTTP", f"{NEW}?user.name=aero", "POST", who).status_code == status
    assert servers.asked("RESOURCEMANAGER_HTTP", APPLICATIONS, "POST", who).status_code == status


def test_no_page_of_another_server_begins_one_through_an_operators_browser(servers):
    for headers in ({"Origin": "http://evil.example"}, {"Content_Type": "text/plain"}, {"Host": "evil.example"}):
        assert servers.asked("RESOURCEMANAGER_HTTP", NEW, "POST", OPERATOR, **headers).status_code == 403


def test_an_operator_begins_one_and_submits_it_under_their_own_name(servers):
    application = servers.asked("RESOURCEMANAGER_HTTP", NEW, "POST", OPERATOR).json()["application-id"]
    order = {
        "application-id": application,
        "application-name": "door",
        "am-container-spec": {"commands": {"command": "true"}},
        "application-type": "TEST",
        "max-app-attempts": 1,
        "resource": {"memory": 256, "vCores": 1},
    }
    with_body = {"data": json.dumps(order), "Content_Type": "application/json"}
    assert servers.asked("RESOURCEMANAGER_HTTP", APPLICATIONS, "POST", OPERATOR, **with_body).status_code == 202

    def application_now():
        return servers.asked("RESOURCEMANAGER_HTTP", f"{APPLICATIONS}/{application}", who=OPERATOR).json()["app"]

    until(lambda: application_now()["state"] in ("FAILED", "FINISHED"), seconds=120)  # `true` is no master.
    assert application_now()["user"] == "olga"
    *_, submitted = [line for line in servers.audit("yarn") if line.outcome == "allowed"]
    assert (submitted.who, submitted.what) == ("olga", f"POST {APPLICATIONS}")
