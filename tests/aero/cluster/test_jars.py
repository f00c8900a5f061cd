"""The jars that Maven copies for the servers."""

import re

from rich.console import Console

from aero.cluster import jars
from aero.settings import load_settings

ZOOKEEPER = re.compile(r"zookeeper(?:-jute)?-(\d+)\.(\d+)\.(\d+)\.jar")


def test_no_server_has_a_zookeeper_that_logs_the_secrets_of_its_settings():
    """CVE-2026-24308, before 3.8.6 and 3.9.5."""
    settings = load_settings()
    jars.resolve(settings, Console(quiet=True))
    found = {
        f"{bundle}: {jar.name}": tuple(map(int, version.groups()))
        for bundle in jars.BUNDLES
        for jar in jars.folder(settings, bundle).rglob("*.jar")
        if (version := ZOOKEEPER.fullmatch(jar.name))
    }
    assert {name.split(":")[0] for name in found} == {"hadoop", "hive", "hbase"}
    old = [name for name, version in found.items() if version < (3, 8, 6) or (3, 9, 0) <= version < (3, 9, 5)]
    assert old == []
