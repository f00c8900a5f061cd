"""The Java agent that keeps the doors of Tez's masters on loopback."""

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aero.cluster import java, services
from aero.datasets import REPOSITORY
from aero.settings import load_settings

ASM = ("--add-exports", "java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED")
BINDS = Path(__file__).with_name("Binds.java")
AGENT = REPOSITORY / "hadoop" / "src" / "main" / "java" / "aero" / "hadoop" / "Loopback.java"


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    """The agent as hadoop/pom.xml packs it."""
    folder = tmp_path_factory.mktemp("agent")
    subprocess.run([f"{java.home()}/bin/javac", *ASM, "-nowarn", "-d", folder / "classes", AGENT], check=True)
    entries = re.search(r"<manifestEntries>(.*)</manifestEntries>", (REPOSITORY / "hadoop/pom.xml").read_text(), re.S)
    manifest = "".join(f"{entry.tag}: {entry.text}\n" for entry in ElementTree.fromstring(entries[0]))
    (folder / "manifest").write_text(manifest)
    jar = folder / "agent.jar"
    command = [f"{java.home()}/bin/jar", "cfm", jar, folder / "manifest", "-C", folder / "classes", "."]
    subprocess.run(command, check=True)
    return jar


def addresses(*flags):
    """Where a program's doors are."""
    command = [f"{java.home()}/bin/java", *flags, BINDS]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(line.split() for line in said.splitlines())


def test_without_the_agent_a_door_is_open_on_every_interface():
    found = addresses()
    assert all(found[way] in ("0.0.0.0", "0:0:0:0:0:0:0:0") for way in ("channel", "channel-socket", "socket"))


@pytest.mark.parametrize("flags", [(), ("-Djava.net.preferIPv4Stack=true",)], ids=["both", "IPv4"])
def test_with_the_agent_each_door_is_on_loopback(agent, flags):
    found = addresses(f"-javaagent:{agent}", *flags)
    assert found.pop("elsewhere") == "127.0.0.2"  # Whoever names an address gets it.
    assert found.pop("client") in ("0.0.0.0", "0:0:0:0:0:0:0:0")  # What goes out may go anywhere.
    assert found.pop("came-in") == "yes"
    assert len(found) == 6 and set(found.values()) == {"127.0.0.1"}


def test_tezs_masters_have_it_on_one_machine_and_not_in_a_cluster(monkeypatch):
    site = ElementTree.parse(REPOSITORY / "hive" / "conf" / "tez-site.xml")
    settings = {entry.findtext("name"): entry.findtext("value") for entry in site.iter("property")}
    assert settings["tez.am.launch.cmd-opts"].endswith(" ${env.LOOPBACK_AGENT:-}")
    variables = services.environment(load_settings())
    assert variables["LOOPBACK_AGENT"] == f"-javaagent:{variables['HADOOP_LIB']}/hadoop-1.jar"
    assert "LOOPBACK_AGENT=\n" in (REPOSITORY / "docker" / "cluster.env").read_text()
