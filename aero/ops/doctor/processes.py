"""Services that ended, end again and again, or run and do not get ready. What waits for one of those is no trouble of
its own."""

from aero import process_state
from aero.cluster import logs, services
from aero.cluster.service import Service
from aero.live.sources import SOURCES
from aero.ops.doctor.finding import Finding, Look
from aero.ops.doctor.log_lines import first_known

# supervisord's words: it has given up; it ends and is started again; it ended by itself.
_ENDED = {"FATAL": "could not be started", "BACKOFF": "ends as soon as it starts", "EXITED": "has ended by itself"}


def ended(look: Look) -> list[Finding]:
    """Services that the supervisor could not keep running."""
    found = []
    for name, process in look.processes.items():
        is_over = process.state == "EXITED" and services.BY_NAME[name].on_demand
        if process.state in _ENDED and not is_over:
            found.append(_explained(look, name, f"{name} {_ENDED[process.state]}", "ended", ()))
    return found


def waiting(look: Look) -> list[Finding]:
    """Services that run and are not ready, though all that they need is."""
    found = []
    for name, waits_for in look.waits.items():
        service = services.BY_NAME[name]
        is_up = look.processes[name].state == "RUNNING"
        if waits_for is not None and is_up and not _is_hindered(look, service):
            evidence = (f"it waits for {waits_for}", *_dependants(look, name))
            found.append(_explained(look, name, f"{name} runs and is not ready", "not-ready", evidence))
    return found


def _is_hindered(look: Look, service: Service) -> bool:
    return any(look.waits.get(needed, "its start") is not None for needed in service.after)


def _dependants(look: Look, name: str) -> tuple[str, ...]:
    needing = [one.name for one in services.with_dependants((name,)) if one.name != name and one.name in look.waits]
    held_up = sorted(one for one in needing if look.waits[one] is not None)
    return (f"that holds up {', '.join(held_up)}",) if held_up else ()


def _explained(look: Look, name: str, what: str, kind: str, evidence: tuple[str, ...]) -> Finding:
    """With what its log says: a line that is known, else the last ones that speak of errors."""
    lines = logs.tail(look.settings, name)
    if known := first_known(lines):
        trouble, line = known
        words = {"name": name, "heap": services.BY_NAME[name].heap_variable, "home": look.settings.home}
        return Finding(kind, f"{what}: {trouble.what}.", (*evidence, line), trouble.do.format_map(words), name)
    do = f"aero logs {name}; aero down {name}; aero up"
    return Finding(kind, f"{what}.", (*evidence, *logs.telling(lines)), do, name)


def live(look: Look) -> list[Finding]:
    """The stream and the live sources say themselves how they ended."""
    found = []
    for name in ("stream", *SOURCES) if look.is_running else ():
        state = process_state.read(look.settings, name)
        process = look.processes.get(name)
        if state.get("state") == process_state.FAILED and not (process and process.alive):
            problem = str(state.get("problem", "it did not say why"))
            what = f"{name} has failed, and runs no more."
            do = f"aero logs {name}; aero live start"
            found.append(Finding("live-failed", what, tuple(problem.splitlines()), do, name))
    return found
