"""What a platform holds while it works: a sample every half minute."""

import statistics
import threading
import time
from contextlib import suppress
from typing import Any

import psutil

from aero import connections
from aero.cluster.probes import bean
from aero.datasets import STREAM_CHECKPOINTS
from aero.settings import Settings
from bench.chaos import plan
from bench.chaos.targets import Targets, memory_mb
from bench.stream import Probes

PAUSE_SECONDS = 30.0
# The stream's containers beside the services. No load runs.
HOLDERS = (*(name for name in plan.SERVICES if name != "replay"), plan.MASTER, plan.EXECUTOR)
Sample = dict[str, Any]


class Sampler(threading.Thread):
    """Samples in the background, from now until `ends` is set; `probes` are the events that are waited for."""

    def __init__(self, settings: Settings, probes: Probes, pause_seconds: float = PAUSE_SECONDS):
        super().__init__(name="samples", daemon=True)
        self.settings, self.probes, self.pause_seconds = settings, probes, pause_seconds
        self.ends, self.samples = threading.Event(), []
        self._targets, self._began, self._seen = Targets(settings, lambda: 0), time.monotonic(), 0

    def run(self) -> None:
        """One that meets a process that ends, or a server that is away, is left out."""
        while not self.ends.wait(self.pause_seconds):
            with suppress(psutil.Error, OSError):
                self.samples.append(self.sample())

    def sample(self) -> Sample:
        """`minute` since the begin; MiB, handles and threads by holder; HBase's regions; files and bytes of the
        stream's checkpoint; seconds from Kafka to HBase of the events seen since the sample before."""
        seconds = self.probes.seconds[self._seen :]
        self._seen += len(seconds)
        content = connections.webhdfs().content(STREAM_CHECKPOINTS.path)
        # On one machine the region server is in the process of the master.
        regions = bean(self.settings, "HBASE_MASTER_HTTP", "Hadoop:service=HBase,name=RegionServer,sub=Server")
        return {
            "minute": round((time.monotonic() - self._began) / 60, 2),
            **held({name: self._targets.of(name) for name in HOLDERS}),
            "regions": {"HBase": (regions or {}).get("regionCount")},
            "checkpoint": {"files": content["fileCount"], "KiB": content["length"] // 1024},
            "latency": latency(seconds),
        }


def held(processes: dict[str, list[psutil.Process]]) -> dict[str, dict[str, int]]:
    """What the processes of each holder hold together: memory_mb, handles and threads. One that does not run has
    none."""
    there = {name: found for name, found in processes.items() if found}
    return {
        "memory_mb": {name: memory_mb(found) for name, found in there.items()},
        "handles": {name: sum(one.num_fds() for one in found) for name, found in there.items()},
        "threads": {name: sum(one.num_threads() for one in found) for name, found in there.items()},
    }


def latency(seconds: list[float]) -> dict[str, float]:
    """Their median and p95; nothing of fewer than two."""
    if len(seconds) < 2:
        return {}
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return {"p50": round(statistics.median(seconds), 2), "p95": round(cuts[-1], 2)}
