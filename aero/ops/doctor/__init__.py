"""`aero doctor`: the classic troubles of a cluster of this kind, looked for one by one. Nothing is changed.

A check takes what is known of the processes and returns what it found. It asks only servers that are ready: one that is
not is named by aero/ops/doctor/processes.py.
"""

from collections.abc import Callable
from functools import partial

import hdfs
import requests
from pyhive.exc import Error as HiveError
from thrift.Thrift import TException
from thriftpy2.thrift import TException as TException2

from aero.cluster import answers
from aero.errors import AeroError
from aero.ops.doctor import data, folders, machine, processes, servers
from aero.ops.doctor.finding import Finding, Look
from aero.settings import Settings

Check = Callable[[Look], list[Finding]]
# Of a machine of ours; a container has its own folders, and Docker its doors.
_HERE: tuple[Check, ...] = (
    machine.starts, machine.memory, machine.names, machine.open_files, machine.privacy,
    folders.names_of_hdfs, folders.tables_of_the_metastore, folders.logs_of_kafka,
)  # fmt: skip
_EVERYWHERE: tuple[Check, ...] = (
    processes.ended, processes.waiting, processes.live,
    servers.safe_mode, servers.blocks, servers.datanodes, servers.name_folders, servers.checkpoint,
    servers.workers, servers.queued, servers.regions, servers.listeners,
    data.failed_months, data.views_behind, data.scheduler, data.drifted,
)  # fmt: skip


# What a server that is away, or answers with an error, is raised as.
FAULTS = (hdfs.HdfsError, requests.RequestException, HiveError, TException, TException2, OSError)
BY_NAME = {check.__name__: check for check in (*_HERE, *_EVERYWHERE)}


def checks(settings: Settings) -> tuple[Check, ...]:
    return _EVERYWHERE if settings.is_container else (*_HERE, *_EVERYWHERE)


def look(settings: Settings, seconds: float) -> tuple[Look, list[Finding]]:
    """What was looked at, and what is wrong, in the order of the checks. Services have `seconds` to answer, and so has
    each check after them."""
    seen = processes_now(settings, seconds)
    asked = {f"{number} {_words(check)}": check for number, check in enumerate(checks(settings))}
    said = answers.within(seconds, {name: partial(_checked, check, seen) for name, check in asked.items()})
    return seen, _once([one for name, check in asked.items() for one in said.get(name, [_late(check, seconds)])])


def processes_now(settings: Settings, seconds: float) -> Look:
    """What is known before the first check; services have `seconds` to answer."""
    return Look(settings, *answers.of_running(settings, seconds))


def _checked(check: Check, seen: Look) -> list[Finding]:
    try:
        return check(seen)
    except AeroError as error:
        return [Finding.of("no-answer", error)]
    except FAULTS as fault:
        return [Finding("no-answer", f"{_words(check)} could not be looked at.", (repr(fault),), "aero status")]


def _late(check: Check, seconds: float) -> Finding:
    what = f"{_words(check)} could not be looked at in {seconds:g} s."
    return Finding("no-answer", what, (), "aero status; aero doctor --within 60")


def _words(check: Check) -> str:
    return check.__name__.replace("_", " ").capitalize()


def _once(found: list[Finding]) -> list[Finding]:
    """Each once: several checks may meet the same error, such as that there is no Java."""
    return list({one.what: one for one in found}.values())
