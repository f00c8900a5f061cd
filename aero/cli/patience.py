"""Who keeps a command waiting: it says so, where a server that the command needs does not answer.

Clients wait for a minute or two, and a frozen server takes their connections: without this a command hangs and says
nothing. One that only looks ends then; one that writes waits on, since its work is to go on when the server does.
"""

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from aero.cli.audited import is_looking
from aero.errors import AeroError
from aero.settings import Settings, load_settings

# Between two looks, and how long a look waits for an answer: less than a probe of aero/cluster/readiness.py does. A
# server is silent that is so in two looks: a machine may be slow once.
PAUSE_SECONDS, LOOK_SECONDS = 4.0, 4.0
_LEDGER = ("namenode",)
_LIVE = ("hbase", "hbase-thrift")
_SQL = ("hiveserver2", "spark-thrift", "metastore", "namenode")
_ALL = (*_LEDGER, "datanode", "resourcemanager", "nodemanager", "metastore", "hiveserver2", "kafka", "luigid", *_LIVE)
# What a command needs; what is not here asks nobody, or says itself whom it waits for.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "accept": _LEDGER, "archive": _ALL, "board": _LIVE, "checks": _LEDGER, "clean-slate": _ALL,
    "coverage": (*_LEDGER, "metastore"), "diff": _SQL, "explain": _LEDGER,
    "export": (*_LEDGER, "datanode", "metastore"), "flight": _LIVE,
    "freshness": (*_LEDGER, *_LIVE, "metastore"), "increment": _ALL, "live": (*_LEDGER, *_LIVE, "kafka"), "load": _ALL,
    "months": (*_LEDGER, "metastore"), "rebuild": _ALL, "rollback": _ALL, "sql": _SQL, "unpin": _LEDGER,
    "versions": _LEDGER,
}  # fmt: skip
_LOOKS = frozenset({("live", "status")})


@contextmanager
def said(words: list[str]) -> Iterator[None]:
    """While the command of these words runs, say of a server that it needs that it does not answer. The words may come
    to be known later."""
    over = threading.Event()
    threading.Thread(target=_watch, args=(words, over), name="says who does not answer", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch(words: list[str], over: threading.Event) -> None:
    before: dict[str, str] = {}
    while not over.wait(PAUSE_SECONDS):
        needed = NEEDS.get(words[0] if words else "", ())
        silent = who_is_silent(load_settings(), needed) if needed else {}
        if over.is_set():
            return
        if silent and ends(words):
            AeroError(*words_of(silent)).show()
            sys.stdout.flush()
            os._exit(1)  # The main thread waits in a client that would go on for a minute or two.
        for name in silent.keys() - before.keys():
            print(f"It waits: {silent[name]}", file=sys.stderr, flush=True)
        for name in before.keys() - silent.keys():
            print(f"{name} answers again.", file=sys.stderr, flush=True)
        before = silent


def who_is_silent(settings: Settings, needed: tuple[str, ...]) -> dict[str, str]:
    """Of the needed services that run those that do not answer in time, and a sentence for each."""
    from aero.cluster import answers, services
    from aero.cluster.supervision import Supervisor

    processes = Supervisor(settings).processes()
    silent = [name for name in needed if name in processes and processes[name].alive]
    for _ in range(2):
        waits = answers.waits(settings, [services.BY_NAME[name] for name in silent], LOOK_SECONDS)
        silent = [name for name in silent if waits[name] == answers.silent(LOOK_SECONDS)]
    return {name: f"{name} is up, and has not answered for {2 * LOOK_SECONDS:g} s." for name in silent}


def ends(words: list[str]) -> bool:
    """Whether a command that only looks: nothing is half done when it ends."""
    return is_looking(words) or tuple(words[:2]) in _LOOKS


def words_of(silent: Mapping[str, str]) -> tuple[str, str]:
    """What is wrong, and what to do."""
    names = " ".join(silent)
    return " ".join(
        silent.values()
    ), f"See: aero status. One that stays silent is started anew: aero down {names}; aero up"
