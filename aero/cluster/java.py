"""The Java 17 that runs every server, and the flags it needs there."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from aero.errors import AeroError

VERSION = 17

_OPENED = (
    "java.lang java.lang.reflect java.util java.util.concurrent java.util.concurrent.atomic java.util.regex java.io"
    " java.net java.nio java.time sun.nio.ch"
).split()
# Hadoop, Hive, Tez and Kafka reach into these packages by reflection, which Java 17 allows only with these flags.
OPENS = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
HBASE_OPENS = [
    "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
    "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
    "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
]


@cache
def home() -> Path:
    """The folder of a JDK 17: that of JAVA_HOME, else the one on the PATH, else one under /usr/lib/jvm.

    Raises AeroError that names what was found instead.
    """
    on_path = shutil.which("java")
    candidates = [
        os.environ.get("JAVA_HOME"),
        str(Path(on_path).resolve().parent.parent) if on_path else None,
        *sorted(map(str, Path("/usr/lib/jvm").glob("*17*"))),
    ]
    found = {}
    for candidate in filter(None, candidates):
        version = _major_version(Path(candidate))
        if version == VERSION:
            return Path(candidate)
        found[candidate] = version
    seen = "; ".join(f"{path} is {version or 'no JDK'}" for path, version in found.items()) or "none was found"
    raise AeroError(
        f"A JDK {VERSION} is needed: {seen}.",
        "Install it, such as with: apt-get install openjdk-17-jdk-headless, or set JAVA_HOME to one.",
    )


def _major_version(java_home: Path) -> int | None:
    binary = java_home / "bin" / "java"
    if not binary.exists():
        return None
    output = subprocess.run([binary, "-version"], capture_output=True, text=True).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', output)
    return int(version.group(1)) if version else None


def maven_environment() -> dict[str, str]:
    """This process' environment, so that Maven compiles with the same JDK."""
    return os.environ | {"JAVA_HOME": str(home())}
