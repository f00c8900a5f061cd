"""A proxy in the environment stands between nobody and this platform's servers: every client that speaks HTTP."""

import json
import os
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from luigi.rpc import RemoteScheduler

from aero import connections
from aero.cluster import probes, surroundings
from aero.settings import load_settings
from aero.superset.client import Superset
from luigi_tasks.sources.download import Patience, head

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
NOBODY = "http://127.0.0.1:9"


class _Server(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"FileStatuses": {"FileStatus": []}, "response": [], "beans": [{"is": 1}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_POST = do_HEAD = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def port(monkeypatch, tmp_path):
    """The port of a server that answers every client; open doors, and a proxy at which nobody listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(urllib.request, "_opener", None)  # It keeps the proxies of its first use for good.
        monkeypatch.setenv("AERO_HOME", str(tmp_path))
        monkeypatch.setenv("HTTP_DOOR", "open")
        for name in ("NAMENODE_HTTP_PORT", "SUPERSET_PORT", "LUIGID_PORT"):
            monkeypatch.setenv(name, str(server.server_port))
        for name in (*VARIABLES, *map(str.upper, VARIABLES)):
            monkeypatch.setenv(name, "")  # So that it is put back, whoever sets it.
            monkeypatch.delenv(name)
        yield server.server_port
        server.shutdown()


CLIENTS = {
    "WebHDFS": lambda settings: connections.webhdfs().list("/") == [],
    "urllib": lambda settings: probes.bean(settings, "NAMENODE_HTTP", "any") == {"is": 1},
    "Superset": lambda settings: Superset(settings).is_answering(),
    "luigid": lambda settings: RemoteScheduler(f"http://{settings.address('LUIGID')}").task_list("", "") == [],
    "a mirror": lambda settings: bool(head(f"http://{settings.address('LUIGID')}/1.zip", Patience(1)).size),
}


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("client", CLIENTS)
def test_no_client_of_this_platform_goes_through_a_proxy(port, monkeypatch, client, variable):
    monkeypatch.setenv(variable, NOBODY)
    monkeypatch.setenv("no_proxy", "intranet.example")
    assert CLIENTS[client](load_settings())


def test_the_names_of_a_cluster_s_servers_are_passed_by_too_and_what_was_set_stays(monkeypatch, port):
    monkeypatch.setenv("HTTPS_PROXY", NOBODY)
    monkeypatch.setenv("NO_PROXY", "intranet.example, .corp")
    monkeypatch.setenv("NAMENODE_HOST", "namenode")
    load_settings()
    load_settings()
    names = "intranet.example,.corp,localhost,127.0.0.1,::1,namenode"
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == names
    assert surroundings.variables()["no_proxy"] == names


@pytest.mark.parametrize("before", [{}, {"no_proxy": "*", "http_proxy": NOBODY}])
def test_nothing_is_set_where_it_need_not_be(monkeypatch, port, before):
    for name, value in before.items():
        monkeypatch.setenv(name, value)
    load_settings()
    assert {name: os.environ[name] for name in VARIABLES if name in os.environ} == before
