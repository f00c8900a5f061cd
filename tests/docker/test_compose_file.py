"""docker/compose.yaml agrees with the list of roles and with what the documentation promises of it."""

import re

import pytest
import yaml

from aero.cli import main
from aero.cluster import roles
from aero.datasets import REPOSITORY
from aero.live.sources import SOURCES
from aero.settings import HOSTS

DOCKER = REPOSITORY / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
ROLES = {name: service for name, service in SERVICES.items() if name != "client"}
ENVIRONMENT = dict(
    line.split("=", 1)
    for line in (DOCKER / "cluster.env").read_text().splitlines()
    if line and not line.startswith("#")
)
# Roles whose memory is more than a heap: a NodeManager has containers too, the others are no Java processes.
OWN_MEMORY = {
    "nodemanager",
    "postgres",
    "redis",
    "luigid",
    "superset",
    "superset-worker",
    "scheduler",
    *SOURCES,
}


def _megabytes(service: dict) -> int:
    return int(re.fullmatch(r"(\d+)m", service["mem_limit"])[1])


def test_every_role_has_a_container_of_its_name():
    assert set(ROLES) == set(roles.BY_NAME)
    assert all(service["command"] == name for name, service in ROLES.items())


@pytest.mark.parametrize("name", sorted(roles.BY_NAME))
def test_a_role_starts_when_what_it_needs_is_ready(name):
    needed = SERVICES[name].get("depends_on", {})
    assert set(needed) == set(roles.BY_NAME[name].after)
    assert all(needs == {"condition": "service_healthy"} for needs in needed.values())


@pytest.mark.parametrize("name", sorted(ROLES))
def test_every_container_restarts_rotates_its_log_and_says_when_it_is_ready(name):
    service = SERVICES[name]
    assert service["restart"] == ("on-failure:5" if name in SOURCES else "unless-stopped")
    assert service["healthcheck"]["test"] == ["CMD", "aero-ready"]
    assert service["logging"]["options"]["max-size"] and service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"] and "user" not in service and "privileged" not in service


def test_memory_limits_hold_the_heaps_and_fit_16_gib():
    for name in set(ROLES) - OWN_MEMORY:
        assert _megabytes(SERVICES[name]) >= 1.25 * roles.BY_NAME[name].heap_mb + 64, name
    always = [service for service in ROLES.values() if "profiles" not in service]
    assert sum(_megabytes(service) for service in always) <= 16 * 1024


def test_only_doors_are_published_and_on_loopback_alone():
    doors = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(doors) == {"namenode", "hiveserver2", "hbase-master", "kafka", "luigid", "superset"}
    assert all(re.match(r"127\.0\.0\.1:\$\{[A-Z0-9_]+_DOOR\}:\d+$", port) for ports in doors.values() for port in ports)
    inhibited = {"com.docker.network.bridge.inhibit_ipv4": "true"}
    assert COMPOSE["networks"]["inside"] == {"internal": True, "driver_opts": inhibited}
    assert SERVICES["datanode"]["networks"] == SERVICES["hbase-thrift"]["networks"] == ["inside"]
    assert SERVICES["resourcemanager"]["networks"] == SERVICES["nodemanager"]["networks"] == ["inside"]


def test_state_is_in_named_volumes_and_a_volume_has_one_writer():
    writers: dict[str, list[str]] = {}
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            source, target, *mode = volume.split(":")
            assert source in COMPOSE["volumes"] and target.startswith("/var/lib/aero/"), volume
            if mode != ["ro"]:
                writers.setdefault(source, []).append(name)
    # Reports, plans, locks, passwords, logs and the audit are folders that several processes share, as on one machine.
    shared = {source for source, names in writers.items() if len(names) > 1}
    assert shared <= {"live", "schedule", "run", "secrets", "audit", "runs", "events"}
    assert set(writers) == set(COMPOSE["volumes"])


def test_every_host_of_the_settings_is_a_container():
    named = {name: host for name, host in ENVIRONMENT.items() if name.endswith("_HOST") and name != "BIND_HOST"}
    assert set(named) == {*HOSTS, "REDIS_HOST"}
    assert set(named.values()) <= set(SERVICES)


def test_versions_and_doors_are_pinned_in_one_file():
    written = (DOCKER / "compose.yaml").read_text()
    given = dict(line.split("=", 1) for line in (DOCKER / ".env").read_text().splitlines() if re.match(r"[A-Z]", line))
    assert set(re.findall(r"\$\{(\w+)\}", written)) == set(given) - {"COMPOSE_PROJECT_NAME"}
    assert len(set(given.values())) == len(given)


def test_every_command_of_the_documentation_for_the_containers_is_one():
    pages = [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]
    commands = [name for page in pages for name in re.findall(r"aero --profile compose (\w+)", page.read_text())]
    assert len(commands) > 5 and set(commands) <= set(main.commands)
    targets = set(re.findall(r"make (compose-\w+)", pages[0].read_text()))
    makefile = (REPOSITORY / "Makefile").read_text()
    assert targets and all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_images_hold_what_setup_cfg_and_the_poms_name_and_nothing_else():
    dockerfile = (DOCKER / "Dockerfile").read_text()
    assert re.findall(r"^FROM (\S*[:/]\S*)", dockerfile, re.MULTILINE) == ["debian:bookworm-slim"] * 2
    final = dockerfile.split("AS python\n")[1]
    assert "pip" not in final and "mvn" not in final and "curl" not in final and "certificates" not in final
