"""What a service finds around it: folders that no other user may enter, and no variable that it has no use for.

The shell that starts the services may hold keys of other things. A service gets of it what the machine says to every
program, what begins with AERO_, and what the configuration files read.
"""

import os
import re
import shutil
import stat
from functools import cache

from aero.datasets import REPOSITORY
from aero.screen import Console
from aero.settings import HOSTS, PORTS, Settings

UMASK = 0o077
# How programs, the network and certificates are found, and in which words and zone a program speaks.
_OF_THE_MACHINE = {
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "JAVA_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
}  # fmt: skip
# What programs of ours read, beside what the configuration files do. No key of a live source is among them: aero live
# start keeps it in a file.
_OF_OURS = {
    "BIND_HOST", "REDIS_HOST", "LUIGI_HISTORY_URL", "SUPERSET_DB_URL", "SUPERSET_PROCESSES", "AVIATIONSTACK_URL",
    "SPARK_THRIFT_MASTER", "SPARK_THRIFT_CORES", "SPARK_EXECUTOR_CORES", "SPARK_EXECUTOR_MEMORY", "SPARK_DRIVER_HOST",
    "SPARK_LOCAL_IP",
}  # fmt: skip
_FOR_OURS = re.compile(r"AERO_\w+|\w+_(DOOR|PAGE|HEAP_MB)")


def variables() -> dict[str, str]:
    """Of this process' variables those that a service may see."""
    names = _OF_THE_MACHINE | _OF_OURS | {*HOSTS, *PORTS} | _read_by_configuration()
    return {name: value for name, value in os.environ.items() if name in names or _FOR_OURS.fullmatch(name)}


@cache
def _read_by_configuration() -> frozenset[str]:
    files = (file for file in REPOSITORY.glob("*/conf/*") if file.is_file())
    texts = (file.read_text(encoding="utf-8") for file in files)
    return frozenset(name for text in texts for name in re.findall(r"\$\{env[.:](\w+)", text))


def prepare(settings: Settings, console: Console, anew: bool) -> None:
    """Make the folders of data and of temporary files, for their owner alone; say what should be otherwise.

    `anew`: nothing runs yet, and no temporary file is in use.
    """
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(settings.home.stat().st_mode) & UMASK:
        settings.home.chmod(0o700)
        console.print(f"  closed   {settings.home} to other users of this machine", markup=False, highlight=False)
    if anew and os.geteuid() == 0 and not settings.is_container:
        console.print(
            "[yellow]warning[/]  You are root, and so is who breaks into a service. Better is an account of its own:"
            " useradd --create-home --shell /bin/bash aero",
            highlight=False,
        )
    if anew:
        shutil.rmtree(settings.temporary, ignore_errors=True)
    settings.temporary.mkdir(mode=0o700, exist_ok=True)
