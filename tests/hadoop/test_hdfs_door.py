"""The web doors of HDFS, on a NameNode, a DataNode and a SecondaryNameNode of the test's own."""

import re
import socket
from pathlib import Path

import hdfs
import pytest
import requests

from aero import connections, people
from aero.cluster import readiness
from aero.errors import AeroError
from aero.ops import java_metrics
from tests.command import aero
from tests.hadoop.servers import OPERATOR, READER, Servers, refusals
from tests.waiting import until


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    started = Servers(tmp_path_factory.mktemp("hdfs"))
    try:
        started.start("namenode", "datanode", "secondarynamenode")
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def written(servers):
    """A file of a megabyte, by the client that every load has: NameNode and DataNode let it in."""
    connections.webhdfs().write("/door/file", data=b"x" * 1_000_000)
    return "/door/file"


def test_what_a_client_of_ours_writes_it_reads_again(written):
    client = connections.webhdfs()
    with client.read(written) as file:
        assert len(file.read()) == 1_000_000
    client.write(written, data=b"y", append=True)
    assert client.status(written)["length"] == 1_000_001
    client.delete(written)
    client.write(written, data=b"x" * 1_000_000)


@pytest.mark.parametrize("page", [
    "/", "/dfshealth.html", "/jmx", "/conf", "/stacks", "/logLevel?log=x", "/static/hadoop.css", "/fsck",
    "/imagetransfer?getimage=1&txid=latest", "/webhdfs/v1/?op=LISTSTATUS&user.name=aero", "/not-there",
])  # fmt: skip
def test_the_namenode_shows_nothing_to_those_who_may_not(servers, page):
    assert servers.asked("NAMENODE_HTTP", page).status_code == 401
    assert servers.asked("NAMENODE_HTTP", page, who=READER).status_code == 403


def test_no_port_of_theirs_shows_a_page_without_a_password(servers):
    assert servers.unguarded() == []


@pytest.mark.parametrize("door", ["NAMENODE_HTTP", "SECONDARY_NAMENODE_HTTP", "DATANODE_HTTP"])
def test_each_server_refuses_in_each_way(servers, door):
    refusals(servers, door, "/jmx")
    assert servers.asked(door, "/jmx", who=OPERATOR).json()["beans"]


def test_a_datanode_gives_and_takes_no_bytes_without_a_password(servers, written):
    place = servers.asked("NAMENODE_HTTP", f"/webhdfs/v1{written}?op=OPEN&user.name=aero", who=OPERATOR)
    path = place.headers["Location"].partition(str(servers.settings.port("DATANODE_HTTP")))[2]
    refusals(servers, "DATANODE_HTTP", path)
    assert len(servers.asked("DATANODE_HTTP", path, who=OPERATOR).content) == 1_000_000
    create = path.replace("op=OPEN", "op=CREATE").replace(written, "/door/smuggled")
    for who, status in ((None, 401), (READER, 403), ((OPERATOR[0], "wrong"), 401)):
        assert servers.asked("DATANODE_HTTP", create, "PUT", who).status_code == status
    assert connections.webhdfs().status("/door/smuggled", strict=False) is None


@pytest.mark.parametrize("name", ["first", "second", "third"])
def test_a_whole_small_file_that_comes_before_its_password_is_proven_is_written(servers, name):
    people.add(servers.settings, name, "operator", "a-password-for-long")
    who, path = (name, "a-password-for-long"), f"/webhdfs/v1/door/{name}?op=CREATE&user.name=aero&noredirect=true"
    place = servers.asked("NAMENODE_HTTP", path, "PUT", OPERATOR).json()["Location"]
    sent = place.partition(str(servers.settings.port("DATANODE_HTTP")))[2]
    assert servers.asked("DATANODE_HTTP", sent, "PUT", who, data=b"small").status_code == 201
    assert connections.webhdfs().status(f"/door/{name}")["length"] == 5


def test_a_second_request_on_one_connection_is_asked_again(servers, written):
    """Whoever shares a connection with a request that came in, as behind a proxy, does not come in with it."""
    header = requests.auth._basic_auth_str(*OPERATOR)
    first = f"GET /jmx HTTP/1.1\r\nHost: localhost\r\nAuthorization: {header}\r\n\r\n"
    second = "GET /webhdfs/v1/?op=LISTSTATUS&user.name=aero HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("localhost", servers.settings.port("NAMENODE_HTTP")), timeout=20) as connection:
        connection.sendall((first + second).encode())
        answers = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert re.findall(r"HTTP/1.1 (\d+)", answers) == ["200", "401"]
    with socket.create_connection(("localhost", servers.settings.port("DATANODE_HTTP")), timeout=20) as connection:
        connection.sendall((second + second).encode())
        answers = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert re.findall(r"HTTP/1.1 (\d+)", answers) == ["401"]


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example", "Content_Type": "text/plain"},
    {"Content_Type": "text/plain;charset=UTF-8"},
    {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"},
])  # fmt: skip
def test_no_page_of_another_server_empties_a_file_through_an_operators_browser(servers, written, headers):
    truncate = f"/webhdfs/v1{written}?op=TRUNCATE&newlength=0&user.name=aero"
    assert servers.asked("NAMENODE_HTTP", truncate, "POST", OPERATOR, **headers).status_code == 403
    assert connections.webhdfs().status(written)["length"] == 1_000_000


def test_a_link_from_one_of_the_pages_to_another_is_followed(servers):
    link = {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert servers.asked("DATANODE_HTTP", "/datanode.html", who=OPERATOR, **link).status_code == 200
    assert servers.asked("DATANODE_HTTP", "/jmx", who=OPERATOR, Sec_Fetch_Site="same-origin").status_code == 200


def test_the_names_of_the_machine_are_known_and_others_are_added(servers):
    assert servers.asked("NAMENODE_HTTP", "/jmx", who=OPERATOR, Host="127.0.0.1:80").status_code == 200
    assert servers.asked("NAMENODE_HTTP", "/jmx", who=OPERATOR, Host="LOCALHOST:9").status_code == 200
    assert "AERO_HTTP_HOSTS" in servers.asked("NAMENODE_HTTP", "/jmx", who=OPERATOR, Host="aero.example").text


def test_the_secondary_namenode_comes_in_and_sends_its_checkpoint_back(servers):
    """An image larger than one piece, which Java sends as a stream that cannot be sent twice."""
    client = connections.webhdfs()
    for top in ("left", "right"):
        client.makedirs(f"/{top}" + "/d" * 900)
    names = Path(servers.variables["AERO_HOME"]) / "hdfs" / "name" / "current"
    until(lambda: any(image.stat().st_size > 70_000 for image in names.glob("fsimage_*[0-9]")), seconds=60)
    assert "status code 401" not in servers.log("secondarynamenode").read_text()


def test_fsck_comes_in_too(servers, written):
    assert f"{written} 1000000 bytes" in aero("hdfs", "fsck", written, "-files").out


def test_what_the_datanode_took_is_in_the_file_of_its_metrics(servers, written):
    def told():
        return dict(java_metrics.read(servers.settings, "datanode"))

    until(lambda: told()["aero_datanode_written_bytes_total"] >= 1_000_000, seconds=60)
    assert told()["aero_datanode_failed_volumes"] == 0 and "aero_java_gc_seconds_total" in told()


def test_what_is_asked_and_refused_stands_in_the_audit(servers):
    servers.asked("NAMENODE_HTTP", "/webhdfs/v1/door/x?op=MKDIRS&user.name=aero&delegation=SECRET", "PUT", OPERATOR)
    servers.asked("NAMENODE_HTTP", "/webhdfs/v1/door/y?op=MKDIRS&user.name=aero", "PUT", READER)
    servers.asked("NAMENODE_HTTP", "/audited", who=(OPERATOR[0], "wrong"))
    servers.asked("NAMENODE_HTTP", "/jmx?read", who=OPERATOR)
    # A checkpoint of the secondary NameNode may come in between.
    *_, allowed, refused, wrong = [one for one in servers.audit("webhdfs") if one.who in {OPERATOR[0], READER[0]}]
    assert (allowed.who, allowed.outcome, allowed.address) == ("olga", "allowed", "127.0.0.1")
    assert "MKDIRS" in allowed.what and "SECRET" not in allowed.what
    assert (refused.who, refused.outcome) == ("ann-reader", "refused") and "no operator" in refused.why
    assert (wrong.who, wrong.outcome, wrong.what) == ("olga", "not signed in", "GET /audited")


def test_the_readiness_of_each_is_seen_through_its_door(servers):
    assert readiness.namenode(servers.settings) is None
    assert readiness.hdfs(servers.settings) is None
    assert readiness.secondary_namenode(servers.settings) is None


def test_without_its_password_file_a_client_says_what_to_do(servers, monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_SECRETS_DIR", str(tmp_path))
    with pytest.raises(AeroError, match="nothing was started yet"):
        connections.webhdfs()
    with pytest.raises(hdfs.HdfsError, match="Authentication failure"):
        address = f"http://{servers.settings.address('NAMENODE_HTTP')}"
        hdfs.InsecureClient(address, user="aero").list("/")
