"""The web doors of HBase: the pages of its servers, without the servers."""

from pathlib import Path

import pytest

from aero.cluster import probes
from aero.cluster.java_runtime import HBASE
from tests.hadoop.servers import OPERATOR, READER, Servers, refusals
from tests.waiting import until

PAGES = Path(__file__).with_name("InfoPages.java")
DOORS = {"master": "HBASE_MASTER_HTTP", "regionserver": "HBASE_REGIONSERVER_HTTP", "thrift": "HBASE_THRIFT_HTTP"}


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    started = Servers(tmp_path_factory.mktemp("hbase"))
    try:
        arguments = [word for name, door in DOORS.items() for word in (name, str(started.settings.port(door)))]
        (started.settings.home / "logs").mkdir()
        flags = ("-Xmx128m", "-Daero.service=hbase", f"-Dhbase.log.dir={started.settings.home}/logs")
        started.run("pages", [*HBASE.command(started.variables, *flags), str(PAGES), *arguments])
        answers = "Hadoop:service=HBase,name=JvmMetrics"
        until(lambda: probes.page(started.settings, DOORS["thrift"], f"/jmx?qry={answers}"), seconds=300)
        yield started
    finally:
        started.stop()


@pytest.mark.parametrize("door", DOORS.values())
@pytest.mark.parametrize("page", ["/", "/own-page", "/jmx", "/conf", "/dump", "/logLevel", "/stacks", "/prof",
                                  "/static/js/tab.js", "/logs/", "/prometheus", "/not-there"])  # fmt: skip
def test_nothing_is_shown_to_those_who_may_not(servers, door, page):
    assert servers.asked(door, page).status_code == 401
    assert servers.asked(door, page, who=READER).status_code == 403


@pytest.mark.parametrize("door", DOORS.values())
def test_each_refuses_in_each_way_and_answers_an_operator(servers, door):
    refusals(servers, door, "/jmx")
    assert servers.asked(door, "/jmx", who=OPERATOR).json()["beans"]
    assert servers.asked(door, "/static/js/tab.js", who=OPERATOR).status_code == 200
    assert servers.asked(door, "/logs/", who=OPERATOR).status_code == 200


def test_refusals_stand_in_the_audit(servers):
    servers.asked(DOORS["master"], "/table.jsp?action=split&name=t", who=READER, Origin="http://evil.example")
    assert "http://evil.example" in servers.audit("hbase")[-1].why
