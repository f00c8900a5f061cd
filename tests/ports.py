"""Ports for servers that a test starts."""

import itertools
import os
import random
import socket

# Below those that the kernel gives to outgoing connections: one of these may take a port between here and its server.
NO_CONNECTION_HAS = range(30_000, 32_768)
# A server takes its port only once it is up: each port is given when all others were, and those of two processes that
# test side by side differ.
_own = [*NO_CONNECTION_HAS[os.environ.get("PYTEST_XDIST_WORKER") == "gw1" :: 2]]
_next = itertools.cycle(random.sample(_own, len(_own)))


def free_port() -> int:
    """A port that nothing listens on, and that no test has been given lately."""
    for port in itertools.islice(_next, len(_own)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise OSError("no port is free")
