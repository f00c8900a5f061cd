"""The Java that runs every server, and the flags it needs there."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

VERSIONS = (17,)
JVMS = Path("/usr/lib/jvm")

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
    """The folder of a Java 17: that of JAVA_HOME, else the one on the PATH, else one under /usr/lib/jvm, else the
    one that `aero up` fetches into the cache (aero/cluster/tools.py)."""
    on_path = shutil.which("java")
    candidates = [
        os.environ.get("JAVA_HOME"),
        str(Path(on_path).resolve().parent.parent) if on_path else None,
        *(str(folder) for version in VERSIONS for folder in sorted(JVMS.glob(f"*{version}*"))),
    ]
    found = (Path(candidate) for candidate in candidates if candidate and _major_version(Path(candidate)) in VERSIONS)
    return next(found, None) or _fetched()


def _fetched() -> Path:
    from aero.cluster import tools  # The images' build has a Java, and neither of these two modules.
    from aero.settings import load_settings

    return tools.java_folder(load_settings().cache)


def has_compiler() -> bool:
    """Whether that Java compiles: a run time alone does not."""
    return (home() / "bin" / "javac").is_file()


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
