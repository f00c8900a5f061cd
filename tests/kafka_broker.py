"""Kafka's broker in a data root and on ports of its own, as the platform starts it."""

import os
import subprocess

import pytest

from aero import people
from aero.cluster import jars, services
from aero.screen import Console
from aero.settings import DOORS, PORTS, load_settings
from tests.ports import free_port
from tests.waiting import until

READER, OPERATOR = ("ann-reader", "a-long-password"), ("olga", "another-long-password")


class Broker:
    """The platform's own broker in a data root and on ports of its own, with the door outside that containers have."""

    def __init__(self, home):
        self.patch, self.process = pytest.MonkeyPatch(), None
        self.outside = free_port()
        for name in PORTS:
            self.patch.setenv(name, str(free_port()))
        for name in (*DOORS, "AERO_SECRETS_DIR", "AERO_PORT_OFFSET"):
            self.patch.delenv(name, raising=False)
        self.patch.setenv("AERO_HOME", str(home))
        self.patch.setenv("KAFKA_HEAP_MB", "256")
        self.patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
        inside, controller = os.environ["KAFKA_PORT"], os.environ["KAFKA_CONTROLLER_PORT"]
        listeners = f"INSIDE://localhost:{inside},OUTSIDE://localhost:{self.outside}"
        self.patch.setenv("KAFKA_LISTENERS", f"{listeners},CONTROLLER://localhost:{controller}")
        self.patch.setenv("KAFKA_ADVERTISED_LISTENERS", listeners)
        with self.patch.context() as patch:
            patch.setattr(jars, "BUNDLES", {name: jars.BUNDLES[name] for name in ("kafka", "hive/doors", "jobs")})
            jars.resolve(load_settings(), Console(stderr=True))
        people.make_platform_accounts(load_settings())
        people.add(load_settings(), READER[0], "reader", READER[1])
        people.add(load_settings(), OPERATOR[0], "operator", OPERATOR[1])
        self.log = home / "kafka.log"

    def start(self, door):
        """Start it with its door open or closed; ready and provisioned when this returns."""
        self.patch.setenv("BROKER_DOOR", door)
        self.settings = load_settings()
        variables, kafka = services.environment(self.settings), services.BY_NAME["kafka"]
        command = kafka.command(variables)
        kafka.prepare(self.settings, variables, command)
        with self.log.open("a") as log:
            self.process = subprocess.Popen(["nice", *command], env=os.environ | variables, stdout=log, stderr=log)
        until(self._is_ready, seconds=120, may_be_away=False)
        kafka.provision(self.settings, variables)

    def _is_ready(self):
        assert self.process.poll() is None, self.log.read_text()[-5000:]
        return services.BY_NAME["kafka"].waits_for(self.settings) is None

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def end(self):
        """Stop it at once, and give the process its variables back."""
        if self.process:
            self.process.kill()
        self.patch.undo()

    @property
    def inside(self):
        return self.settings.address("KAFKA")
