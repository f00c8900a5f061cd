"""What a Java server says of itself is in a file of its own, as long as it says it, and in no port."""

import os
import re
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from aero.cluster import java, services, spark
from aero.cluster.supervision import Process
from aero.datasets import REPOSITORY
from aero.ops import java_metrics, server_metrics
from aero.ops.doctor.finding import Look
from aero.settings import load_settings
from tests.waiting import until

DOORS = REPOSITORY / "hive" / "doors"
AGENT = DOORS / "src" / "main" / "java" / "aero" / "metrics" / "Agent.java"
# A program with a bean of Kafka's name, and garbage.
PROGRAM = """
import java.lang.management.ManagementFactory;
import javax.management.ObjectName;

public class Broker {
  public interface CounterMBean { long getCount(); }
  public static class Counter implements CounterMBean { public long getCount() { return 7; } }

  public static void main(String[] none) throws Exception {
    ObjectName name = new ObjectName("kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec");
    ManagementFactory.getPlatformMBeanServer().registerMBean(new Counter(), name);
    while (true) { System.gc(); Thread.sleep(100); }
  }
}
"""


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    """The agent as hive/doors/pom.xml packs it."""
    folder = tmp_path_factory.mktemp("agent")
    subprocess.run([f"{java.home()}/bin/javac", "-d", folder / "classes", AGENT], check=True)
    entry = re.search(r"<(Premain-Class)>(.*)</Premain-Class>", (DOORS / "pom.xml").read_text())
    (folder / "manifest").write_text(f"{entry[1]}: {entry[2]}\n")
    jar = folder / "agent.jar"
    command = [f"{java.home()}/bin/jar", "cfm", jar, folder / "manifest", "-C", folder / "classes", "."]
    subprocess.run(command, check=True)
    return jar


@pytest.fixture
def settings(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    return load_settings()


@pytest.fixture
def broker(agent, settings, tmp_path):
    """A Java program that runs as the service `kafka` does."""
    (tmp_path / "Broker.java").write_text(PROGRAM)
    flags = ["-XX:+UseSerialGC", "-Xmx64m", "-Daero.metrics.seconds=1", f"-javaagent:{agent}=kafka"]
    process = subprocess.Popen([f"{java.home()}/bin/java", *flags, tmp_path / "Broker.java"])
    yield process
    process.kill()
    process.wait()


def _told(settings, state="RUNNING"):
    """The figures of the service `kafka`, by name."""
    seen = Look(settings, {"kafka": Process("kafka", state, 0, 0)}, {"kafka": "it to answer"})
    told = list(server_metrics.values(seen))
    assert all(one.labels == {"service": "kafka"} for one in told)
    return {one.name: one.value for one in told}


def test_a_server_tells_of_itself_be_it_that_it_does_not_answer_and_opens_no_port(broker, settings):
    until(lambda: _told(settings)["aero_kafka_records_total"] == 7, seconds=60)
    told = _told(settings)
    assert 0 < told["aero_java_heap_used_bytes"] <= told["aero_java_heap_max_bytes"] <= 64 * 2**20
    assert told["aero_java_threads"] > 3 and told["aero_java_gc_runs_total"] >= 1
    assert told["aero_java_gc_seconds_total"] < told["aero_java_cpu_seconds_total"] < 120
    assert 0 < told["aero_java_open_files"] < told["aero_java_max_files"]
    assert not [name for name in told if "hive" in name or "hbase" in name or "datanode" in name]
    assert not psutil.Process(broker.pid).net_connections()


def test_its_figures_are_new_and_one_that_fell_silent_or_was_stopped_is_left_out(broker, settings):
    until(lambda: _told(settings), seconds=60)
    before = _told(settings)["aero_java_cpu_seconds_total"]
    until(lambda: _told(settings)["aero_java_cpu_seconds_total"] > before, seconds=60)
    assert not _told(settings, "STOPPED")
    broker.kill()
    broker.wait()
    assert _told(settings)
    file = settings.home / "run" / "metrics" / "kafka"
    os.utime(file, (then := time.time() - java_metrics.STALE_SECONDS - 1, then))
    assert not _told(settings)


def test_each_figure_of_the_agent_is_said_what_it_is():
    named = re.findall(r'new Figure\(\s*"(\w+)"', AGENT.read_text())
    assert {f"aero_{name}" for name in named} == set(java_metrics.HELP) and len(named) == len(java_metrics.HELP)


@pytest.mark.parametrize("service", [one for one in services.SERVICES if one.heap_mb], ids=lambda one: one.name)
def test_every_java_service_of_one_machine_has_it_and_none_in_a_container(service, monkeypatch):
    def command():
        settings = load_settings()
        if service.runtime:
            return service.command(services.environment(settings))
        return spark.environment(settings, service.name)["SPARK_SUBMIT_OPTS"].split()

    [flag] = [one for one in command() if one.startswith("-javaagent:")]
    assert re.fullmatch(rf"-javaagent:/\S+/hive-doors-\w+/lib/doors-1\.jar={service.name}", flag)
    monkeypatch.setenv("METRICS_AGENT", "")
    assert not [one for one in command() if one.startswith("-javaagent:")]
    assert "METRICS_AGENT=" in Path(REPOSITORY / "docker" / "cluster.env").read_text().splitlines()
