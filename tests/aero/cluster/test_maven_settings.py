"""A mirror of Maven Central in the user's settings.xml is asked by what fetches Maven; Maven reads it itself."""

import subprocess
import threading
from base64 import b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from rich.console import Console

from aero.cluster import java, maven_settings, tools
from aero.errors import AeroError

SETTINGS = """<?xml version="1.0"?>
<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">
  <mirrors>
    <mirror><id>other</id><url>http://127.0.0.1:9/</url><mirrorOf>jcenter,!central</mirrorOf></mirror>
    <mirror><id>site</id><url>{url}</url><mirrorOf>*</mirrorOf></mirror>
  </mirrors>
  <servers><server><id>site</id><username>ada</username><password>${{env.THE_PASSWORD}}</password></server></servers>
</settings>
"""


@contextmanager
def mirror(asked: list):
    """A site that asks for a password, and has nothing."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            login = self.headers.get("Authorization")
            asked.append((self.path, login))
            self.send_response(404 if login else 401)
            self.send_header("WWW-Authenticate", 'Basic realm="the site"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/maven"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user without settings."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("THE_PASSWORD", "a word & more")
    monkeypatch.setenv("AERO_CACHE", str(tmp_path / "cache"))
    (tmp_path / ".m2").mkdir()
    return tmp_path


def test_a_mirror_is_asked_for_maven_by_the_name_and_password_of_its_server(home):
    asked: list = []
    with mirror(asked) as url:
        maven_settings.file().write_text(SETTINGS.format(url=url))
        with pytest.raises(AeroError, match="Maven .* could not be fetched"):
            tools.fetch_maven(home / "cache", java.home(), Console(quiet=True))
    signed = f"Basic {b64encode(b'ada:a word & more').decode()}"
    wanted = f"/maven/org/apache/maven/apache-maven/{tools.MAVEN}/apache-maven-{tools.MAVEN}.pom"
    assert (wanted, signed) in asked


def test_a_proxy_is_given_to_java_and_variables_are_read(home):
    proxy = """<active>{}</active><host>{}</host><port>3128</port><password>a "word" \\</password>
               <nonProxyHosts>localhost|*.site</nonProxyHosts>"""
    both = "".join(f"<proxy>{proxy.format(*one)}</proxy>" for one in (("false", "old"), ("true", "${env.THE_PROXY}")))
    maven_settings.file().write_text(f"<settings><proxies>{both}</proxies></settings>")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THE_PROXY", "proxy.site")
        [flags], files = maven_settings.for_ivy(home)
    told = subprocess.run(
        [java.home() / "bin" / "java", flags, "-XshowSettings:properties", "-version"], capture_output=True, text=True
    ).stderr
    assert files == [] and {line.strip() for line in told.splitlines() if "proxy" in line.lower()} >= {
        "http.proxyHost = proxy.site", "http.proxyPort = 3128", "https.proxyHost = proxy.site",
        "https.proxyPort = 3128", "http.nonProxyHosts = localhost|*.site", 'https.proxyPassword = a "word" \\',
    }  # fmt: skip


def test_without_settings_ivy_has_its_own_and_damaged_ones_are_named(home):
    assert maven_settings.for_ivy(home) == ([], [])
    maven_settings.file().write_text("<settings>")
    with pytest.raises(AeroError, match=r"settings\.xml: no XML"):
        maven_settings.for_ivy(home)
