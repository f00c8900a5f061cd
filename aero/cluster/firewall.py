"""Rules of nftables that let the platform's own user alone connect to the ports that ask nobody for a name.

Hadoop, HBase and ZooKeeper take any name they are told, as long as there is no Kerberos: on one machine every other
user could come in through loopback. The rules tell users apart by the id that the kernel knows. They leave open to all
what asks for a password.
"""

import re
import shutil
import subprocess

from aero.errors import AeroError
from aero.settings import PORTS, Settings

# Ports that everybody may reach while their doors are closed (aero/settings.py): they ask for a password then.
DOORS = {
    "HIVE": ("HIVESERVER2_PORT",),
    "SPARK": ("SPARK_THRIFT_PORT",),
    "BROKER": ("KAFKA_PORT",),
    "METASTORE": (),  # It asks too, and nobody but the platform has anything to ask of it.
    "HTTP": (*(name for name in PORTS if name.endswith("_HTTP_PORT")), "LUIGID_PORT"),
}
ALWAYS_OPEN = ("SUPERSET_PORT",)
# Bits of the connection's mark: it comes from somebody else; a port of the platform's own answered it.
STRANGE, SHUT = "0x04000000", "0x08000000"
_BEGINS, _ANSWERS = "tcp flags & (syn | ack) == syn", "tcp flags & (syn | ack) == syn | ack"


def open_ports(settings: Settings) -> set[int]:
    """Ports that everybody may reach."""
    closed = [ports for door, ports in DOORS.items() if settings.is_closed(door)]
    return {settings.port(name.removesuffix("_PORT")) for names in (ALWAYS_OPEN, *closed) for name in names}


def name(settings: Settings) -> str:
    """The table's, one for each platform of the machine."""
    return f"aero_{settings.port('NAMENODE')}"


def rules(settings: Settings, user: int | None = None) -> str:
    """The file for `nft -f`, which replaces the rules from before. `user`: the platform's, by default who owns its
    data."""
    if settings.is_container:
        raise AeroError(
            "A container has no rules of its own.", "On the machine that runs them: aero --profile compose firewall"
        )
    user = user if user is not None else _owner(settings)
    opened = open_ports(settings)
    closed = {settings.port(one.removesuffix("_PORT")) for one in PORTS} - opened
    own = "0" if user == 0 else f"{{ 0, {user} }}"
    table = name(settings)
    return (
        f"# What only the platform's own user ({user}) and root may connect to. Made by `aero firewall`.\n"
        f"table inet {table}\n"
        f"delete table inet {table}\n"
        f"table inet {table} {{\n"
        f"  set closed {{ type inet_service; elements = {{ {_listed(closed)} }} }}\n"
        "  chain out {\n"
        "    type filter hook output priority filter; policy accept;\n"
        f'    oifname "lo" tcp dport @closed {_BEGINS} meta skuid != {own} counter reject with tcp reset\n'
        f"{_others(user, own, opened)}"
        "  }\n"
        "}\n"
    )


def name_of_containers(project: str) -> str:
    """The table's of a cluster of containers."""
    return f"aero_containers_{re.sub(r'[^a-z0-9]', '_', project.lower())}"


def rules_of_containers(table: str, subnets: list[str]) -> str:
    """The same for the networks of containers: of this machine root alone connects to the containers' own addresses,
    where servers believe any name. Doors that are published stay open to all: Docker's process connects for whoever
    comes there, as root, or the kernel leads them there."""
    return (
        f"# Whom this machine lets connect to its containers by their addresses: root. Made by `aero firewall`.\n"
        f"table inet {table}\n"
        f"delete table inet {table}\n"
        f"table inet {table} {{\n"
        "  chain out {\n"
        "    type filter hook output priority filter; policy accept;\n"
        "    ct status dnat accept\n"
        f"    ip daddr {{ {', '.join(subnets)} }} {_BEGINS} meta skuid != 0 counter reject with tcp reset\n"
        "  }\n"
        "}\n"
    )


def _others(user: int, own: str, opened: set[int]) -> str:
    """The rules for the ports that stand in no setting, such as Tez's and Spark's, of which the kernel says only whose
    the program is that answers there. Root's programs are of all kinds: as root there are no such rules."""
    if user == 0:
        return (
            "    # The platform runs as root, and so do programs that others must reach: no rule for any other port.\n"
        )
    return (
        "    # Ports that stand in no setting: an answer of the platform's to somebody else is kept back; when they\n"
        "    # ask again, a second later, they are told that nobody is there.\n"
        f'    oifname "lo" {_BEGINS} ct mark & {SHUT} == {SHUT} counter reject with tcp reset\n'
        f'    oifname "lo" {_BEGINS} meta skuid != {own} ct mark set ct mark | {STRANGE}\n'
        f'    oifname "lo" {_ANSWERS} meta skuid {user} ct mark & {STRANGE} == {STRANGE} tcp sport != '
        f"{{ {_listed(opened)} }} ct mark set ct mark | {SHUT} counter drop\n"
    )


def _listed(ports: set[int]) -> str:
    return ", ".join(map(str, sorted(ports)))


def _owner(settings: Settings) -> int:
    try:
        return settings.home.stat().st_uid
    except FileNotFoundError:
        raise AeroError(f"{settings.home} is not there: nothing was started yet.", "Start it: aero up") from None


def apply(text: str) -> None:
    """Have the kernel take the rules. Raises AeroError where it does not, as from anybody but root."""
    _nft(text, "aero firewall | sudo nft -f -")


def remove(table: str) -> None:
    """Take the rules of a table back, if they are there."""
    _nft(f"table inet {table}\ndelete table inet {table}\n", f"sudo nft delete table inet {table}")


def _nft(text: str, instead: str) -> None:
    if not (command := shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin")):
        install = "Install it: apt-get install nftables (Debian, Ubuntu), dnf install nftables (Fedora)."
        raise AeroError("nft is not installed.", install)
    result = subprocess.run([command, "-f", "-"], input=text, capture_output=True, text=True)
    if result.returncode:
        raise AeroError(f"nft refused the rules: {result.stderr.strip()[:500]}", f"Only root may: {instead}")
