"""Ports for servers that a test starts."""

import random
import socket

# Below those that the kernel gives to outgoing connections: one of these may take a port between here and its server.
NO_CONNECTION_HAS = range(30_000, 32_768)


def free_port() -> int:
    """A port that nothing listens on."""
    for port in random.sample(NO_CONNECTION_HAS, len(NO_CONNECTION_HAS)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise OSError("no port is free")
