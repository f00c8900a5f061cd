"""What a service is, and the command that starts it. aero/cluster/services.py lists those of one machine,
aero/cluster/roles.py what a cluster of containers has beside them.

A heap is the number in the list, unless the environment sets another: HIVESERVER2_HEAP_MB=2048 or
SPARK_THRIFT_HEAP_MB=4096, the name in capitals, `-` as `_`, then `_HEAP_MB`. For containers docker/cluster.env sets it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aero.cluster.java_runtime import JavaRuntime
from aero.settings import Settings, number


@dataclass(frozen=True)
class Service:
    """One server process."""

    name: str
    what: str  # One line for people.
    main: str  # Its Java class and arguments; a whole command where it has no runtime. `{NAME}` is a variable's value.
    waits_for: Callable[[Settings], str | None]  # A probe of aero/cluster/readiness.py: None when it is ready.
    heap_mb: int  # What its Java heap may grow to, where the environment says no other; 0: it has none.
    ports: tuple[str, ...]  # Settings of the ports that it listens on; aero/settings.py has their numbers.
    runtime: JavaRuntime | None = None
    after: tuple[str, ...] = ()  # Services that must be ready before it starts.
    beside: tuple[str, ...] = ()  # Services that start with it, not waited for: without them it runs and says so.
    # Called before its start, with the variables and its command. Safe to repeat.
    prepare: Callable[[Settings, dict[str, str], list[str]], None] | None = None
    # Called when it is ready, and what `provision_after` names is too, where that starts as well. Safe to repeat.
    provision: Callable[[Settings, dict[str, str]], None] | None = None
    provision_after: tuple[str, ...] = ()
    page: str = ""  # The setting of its page's port, without _PORT.
    on_demand: bool = False  # `aero up` starts it only where it is named or needed.

    @property
    def heap_variable(self) -> str:
        return f"{self.name.upper().replace('-', '_')}_HEAP_MB"

    def heap(self) -> int:
        """Megabytes that its heap may grow to: `heap_mb`, or what the environment says.

        Raises AeroError where that is no whole number above 0.
        """
        return number(self.heap_variable, self.heap_mb) if self.heap_mb else 0

    def command(self, variables: Mapping[str, str]) -> list[str]:
        """The argument list that starts it in the foreground."""
        main = self.main.format_map(variables).split()
        if not self.runtime:
            return main
        flags = [f"-Xmx{self.heap()}m", f"-Daero.service={self.name}", *self.agent(variables)]
        return [*self.runtime.command(variables, *flags), *main]

    def agent(self, variables: Mapping[str, str]) -> list[str]:
        """The flag by which its Java writes its metrics down (hive/doors, aero.metrics); none in a container."""
        return [f"{agent}={self.name}"] if (agent := variables["METRICS_AGENT"]) else []
