"""The jars of the servers: what each folder's `pom.xml` names, copied once into the cache by Maven.

A folder of the cache is named after the hash of what it is built from, so a changed version is a new folder. It is
renamed into place when it is whole; from then on no network is needed.
"""

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.status import Status

from aero.cluster import java
from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.screen import Console

if TYPE_CHECKING:  # The images' build has jars.py without the settings, which change more often.
    from aero.settings import Settings

# The folders of the repository that have a pom.xml, and the variable that names the jars of each.
BUNDLES = {
    "hadoop": "HADOOP_LIB",
    "hive": "HIVE_LIB",
    "hive/hbase_handler": "HBASE_HANDLER_LIB",
    "hive/doors": "DOORS_LIB",
    "hbase": "HBASE_LIB",
    "hbase/spark": "HBASE_SPARK_LIB",
    "kafka": "KAFKA_LIB",
    "jobs": "JOBS_LIB",
}


def folder(settings: "Settings", bundle: str) -> Path:
    """Where a bundle's jars are, or will be."""
    source = REPOSITORY / bundle
    files = sorted([source / "pom.xml", *(file for file in source.glob("src/**/*") if file.is_file())])
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    return settings.cache / "jars" / f"{bundle.replace('/', '-')}-{digest}"


def environment(settings: "Settings") -> dict[str, str]:
    """The variables through which configuration files find the jars."""
    found = {variable: str(folder(settings, bundle) / "lib") for bundle, variable in BUNDLES.items()}
    return found | {
        "HADOOP_WEB": str(folder(settings, "hadoop") / "web"),
        "TEZ_LIB": str(folder(settings, "hive") / "tez"),
    }


def missing(settings: "Settings") -> list[str]:
    """The bundles that are not in the cache."""
    return [bundle for bundle in BUNDLES if not folder(settings, bundle).is_dir()]


def resolve(settings: "Settings", console: Console) -> None:
    """Fetch and build the missing bundles, one after the other, with a line for each on the console.

    Raises AeroError when Maven fails, or is missing and can't be fetched; the bundles that are whole stay.
    """
    if not (java.home() / "bin" / "java").is_file():
        from aero.cluster import tools

        tools.fetch_java(settings.cache, console)
        java.home.cache_clear()
    if not missing(settings):
        return
    (settings.cache / "jars").mkdir(parents=True, exist_ok=True)
    with (settings.cache / "jars" / ".lock").open("w") as lock:  # Another process may be at it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _resolve(settings, console, missing(settings))


def _resolve(settings: "Settings", console: Console, wanted: list[str]) -> None:
    maven = _maven(settings, console)
    for number, bundle in enumerate(wanted, 1):
        target = folder(settings, bundle)
        target.parent.mkdir(parents=True, exist_ok=True)
        with console.status(f"jars {number}/{len(wanted)}: {bundle}, from Maven") as status:
            _package(maven, bundle, target, status)
        jars = list(target.glob("lib/*.jar"))
        size = sum(jar.stat().st_size for jar in jars) / 1e6
        console.print(f"  jars {number}/{len(wanted)}  {bundle:<18} {len(jars):>3} jars, {size:,.0f} MB")


def _maven(settings: "Settings", console: Console) -> list[str]:
    """Maven's command: the machine's, with its compiler, as far as there are such; else those that are fetched."""
    found = shutil.which("mvn")
    if found and java.has_compiler():
        return [found]
    from aero.cluster import tools

    tools.fetch_maven(settings.cache, java.home(), console)
    by_itself = ["-Dmaven.compiler.fork=true", f"-Dmaven.compiler.executable={tools.javac(settings.cache)}"]
    return [found or str(tools.maven(settings.cache)), *([] if java.has_compiler() else by_itself)]


def _package(maven: list[str], bundle: str, target: Path, status: Status) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as scratch:
        command = [
            *maven,
            "-B",
            "-ntp",
            "-f",
            str(REPOSITORY / bundle / "pom.xml"),
            "package",
            f"-Djars={scratch}/jars",
        ]
        output = []
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=java.maven_environment()
        ) as maven_run:
            for line in maven_run.stdout or ():
                output.append(line.rstrip())
                fetched = sum(1 for _ in Path(scratch).rglob("*.jar"))
                status.update(f"jars: {bundle}, from Maven" + (f", {fetched} jars" if fetched else ""))
        if maven_run.returncode:
            errors = [line for line in output if line.startswith("[ERROR]")][:4] or output[-4:]
            raise AeroError(
                f"Maven could not resolve {bundle}/pom.xml:\n    " + "\n    ".join(errors),
                f"Is the network there? Try it by hand: {' '.join(command[:-1])} -Djars=build/{bundle}",
            )
        shutil.rmtree(Path(scratch) / "jars" / "build", ignore_errors=True)
        try:
            (Path(scratch) / "jars").rename(target)
        except OSError:
            if not target.is_dir():  # Another process has just made the same.
                raise
