"""The Java that runs every server, and the flags it needs there."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

VERSIONS = (17, 21)
JVMS = Path("/usr/lib/jvm")
VECTOR = "jdk.incubator.vector"  # a module that Spark names in every command

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
    """The folder of a Java of VERSIONS: that of JAVA_HOME, else the one on the PATH, else one under /usr/lib/jvm, else
    the one that `aero up` fetches into the cache (aero/cluster/tools.py). One that lacks a module which Spark names is
    in a folder of the cache that gets along with it (aero/cluster/java_vector.py)."""
    on_path = shutil.which("java")
    candidates = [
        os.environ.get("JAVA_HOME"),
        str(Path(on_path).resolve().parent.parent) if on_path else None,
        *(str(folder) for version in VERSIONS for folder in sorted(JVMS.glob(f"*{version}*"))),
    ]
    found = (Path(candidate) for candidate in candidates if candidate and _major_version(Path(candidate)) in VERSIONS)
    return _whole(next(found, None) or _fetched())


def _fetched() -> Path:
    from aero.cluster import tools  # The images' build has a Java, and none of these modules.
    from aero.settings import load_settings

    return tools.java_folder(load_settings().cache)


def _whole(java_home: Path) -> Path:
    if not _lacks_vector(java_home):
        return java_home
    from aero.cluster import java_vector
    from aero.settings import load_settings

    return java_vector.completed(java_home, load_settings().cache)


def _lacks_vector(java_home: Path) -> bool:
    """Whether a Java says which modules it has, and has not this one."""
    release = java_home / "release"
    modules = re.search(r'^MODULES="(.*)"', release.read_text(), re.MULTILINE) if release.is_file() else None
    return modules is not None and VECTOR not in modules[1].split()


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
