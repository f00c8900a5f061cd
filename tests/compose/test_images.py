"""No image has what an attacker looks for: another user, a way to become one, a port that is open and not declared."""

import subprocess

import pytest

from aero.cluster import compose, roles
from aero.settings import PORTS
from tests.compose import cluster

pytestmark = pytest.mark.compose

IMAGES = ("hadoop", "hive", "hbase", "kafka", "work", "postgres", "redis", "superset")
# Ports that a server opens beside the declared ones, on the network inside only. Those of HBase and Tez vary.
ALSO_OPEN = {"kafka": {9094}, "nodemanager": {13562}}
INSIDE_ITS_CONTAINER = {"kafka": {PORTS["KAFKA_CONTROLLER_PORT"]}}


def _version() -> str:
    lines = compose.FILE.with_name(".env").read_text().splitlines()
    return next(line.partition("=")[2] for line in lines if line.startswith("AERO_VERSION="))


def _in_image(image: str, script: str) -> list[str]:
    options = ["--rm", "--network=none", "--user=0", "--entrypoint=sh"]
    command = ["docker", "run", *options, f"aero/{image}:{_version()}", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("image", IMAGES)
def test_no_program_changes_its_user(containers, image):
    assert _in_image(image, "find / -xdev -perm /6000 -type f") == []


@pytest.mark.parametrize("image", IMAGES)
def test_nobody_can_log_in_and_the_server_is_not_root(containers, image):
    assert cluster.docker("inspect", "-f", "{{.Config.User}}", f"aero/{image}:{_version()}") == "aero"
    passwords = _in_image(image, "cut -d: -f1,2 /etc/shadow")
    assert [line for line in passwords if line.split(":")[1] not in ("*", "!", "!*")] == []


@pytest.mark.parametrize("image", IMAGES)
def test_nothing_of_the_build_is_left(containers, image):
    tools = (
        "for tool in mvn pip pip3 gcc curl wget javac; do command -v $tool; done; ls /usr/local/share/ca-certificates"
    )
    assert _in_image(image, f"{tools}; true") == []
    writable = "find /opt /usr /etc -xdev ! -type l \\( -user aero -o -perm -o+w \\) ! -type c"
    assert _in_image(image, writable) == []


@pytest.mark.parametrize("name", list(compose.ALWAYS))
def test_a_role_listens_only_where_it_says(containers, name):
    script = 'cat /proc/net/tcp /proc/net/tcp6 | awk \'$4 == "0A" {split($2, at, ":"); print at[1], at[2]}\''
    open_ports = set()
    for line in cluster.inside(name, "sh", "-c", script).splitlines():
        address, port = line.split()
        is_loopback = address.endswith("0100007F") or address == "0B00007F"  # The second is Docker's name server.
        if not is_loopback:
            open_ports.add(int(port, 16))
    declared = {PORTS[port] for port in roles.BY_NAME[name].ports} | ALSO_OPEN.get(name, set())
    declared -= INSIDE_ITS_CONTAINER.get(name, set())
    fixed = {port for port in open_ports if port < 32768}
    assert fixed == declared - (set() if name != "stream" else declared)
