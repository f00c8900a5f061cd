"""A Java without the module jdk.incubator.vector, as a wheel of PyPI is, made one that Spark starts.

Spark's launcher names the module in every command (org.apache.spark.launcher.JavaModuleOptions), and Java ends where it
is not there. Spark needs nothing of it: linear algebra, which would, looks for it and goes without. An empty one cannot
stand in for it: Java knows the hash of the true one.
"""

import hashlib
from pathlib import Path

from aero.cluster.java import VECTOR
from aero.files import locked

_SCRIPT = f"""#!/bin/sh
for one; do
    shift
    [ "$one" = --add-modules={VECTOR} ] || set -- "$@" "$one"
done
exec '{{java}}' "$@"
"""


def completed(java_home: Path, cache: Path) -> Path:
    """The folder of a Java that is the given one, but for that it is never asked for the module: in the cache, made
    where it is not there. The given one stays as it is."""
    target = cache / "tools" / f"java-{hashlib.sha256(str(java_home).encode()).hexdigest()[:8]}"
    with locked(target.with_name(f"{target.name}.lock")):
        if not (target / "bin" / "java").exists():
            (target / "bin").mkdir(parents=True, exist_ok=True)
            for one in (*java_home.iterdir(), *(java_home / "bin").iterdir()):
                link = target / one.relative_to(java_home)
                if one.name not in ("bin", "java") and not link.exists():
                    link.symlink_to(one)
            script = target / "bin" / ".java"
            script.write_text(_SCRIPT.format(java=java_home / "bin" / "java"))
            script.chmod(0o700)
            script.rename(target / "bin" / "java")
    return target
