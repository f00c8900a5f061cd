"""The network of one service, cut off or slowed: rules of the kernel's firewall for its ports on loopback.

Only root may. The kernel ends a rule by itself when its time is over, also where this program was killed; the ports are
those of one data root.
"""

import time

from aero.cluster import firewall, services
from aero.errors import AeroError
from aero.settings import Settings

# A packet on loopback has up to 64 KiB. What is dropped is sent again, a fifth of a second later or more.
PACKETS_PER_SECOND = 100
CUT, SLOW = "drop", f"limit rate over {PACKETS_PER_SECOND}/second drop"


def hold(settings: Settings, name: str, rule: str, seconds: int) -> bool:
    """Let packets to and from the ports of a service meet a rule, CUT or SLOW, for so long. Nobody is told that they
    are dropped, as on a broken line. Returns whether the kernel took the rule."""
    try:
        firewall.apply(_rules(settings, name, rule, seconds))
    except AeroError:
        return False
    try:
        time.sleep(seconds)
    finally:
        firewall.remove(_table(settings))
    return True


def _table(settings: Settings) -> str:
    return f"{firewall.name(settings)}_chaos"


def _rules(settings: Settings, name: str, rule: str, seconds: int) -> str:
    ports = [settings.port(port.removesuffix("_PORT")) for port in services.BY_NAME[name].ports]
    elements = ", ".join(f"{port} timeout {seconds}s" for port in ports)
    table = _table(settings)
    return (
        f"table inet {table}\n"
        f"delete table inet {table}\n"
        f"table inet {table} {{\n"
        f"  set ports {{ type inet_service; flags timeout; elements = {{ {elements} }} }}\n"
        "  chain in {\n"
        "    type filter hook input priority filter; policy accept;\n"
        f'    iifname "lo" tcp dport @ports {rule}\n'
        f'    iifname "lo" tcp sport @ports {rule}\n'
        "  }\n"
        "}\n"
    )
