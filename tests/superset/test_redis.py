"""Redis lets in who has its password, and Superset uses of it only what it has put there itself."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from aero.cluster import readiness, redis, roles, superset_venv
from aero.datasets import REPOSITORY
from aero.screen import Console
from aero.settings import load_settings
from tests.ports import free_port
from tests.waiting import until

PROGRAM = shutil.which("redis-server")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="redis-server is not installed")

SCRIPT = """
import pickle, sys
import redis
from signed_cache import signed_redis

class Evil:
    def __reduce__(self):
        return print, ("it ran",)

url = f"redis://:{sys.argv[1]}@localhost:{sys.argv[2]}/0"
cache, raw = signed_redis("a secret", url, key_prefix="x_"), redis.from_url(url)
cache.set("a", {"rows": [1, None]})
cache.set("n", 7)
print(cache.get("a"), cache.get("n"), cache.get("none"))
for evil in (b"!" + pickle.dumps(Evil()), pickle.dumps(Evil()), bytes(32) + pickle.dumps(Evil()), b"7"):
    raw.set("x_a", evil)
    print(cache.get("a"))
try:
    redis.from_url(f"redis://localhost:{sys.argv[2]}/0").ping()
except redis.AuthenticationError as refused:
    print(refused)
"""


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Redis as its container starts it, on a port of its own."""
    settings = load_settings()
    environment = settings.environment | {"AERO_SECRETS_DIR": str(tmp_path / "secrets"), "REDIS_PORT": str(free_port())}
    settings = replace(settings, home=tmp_path, environment=environment)
    settings.secrets.mkdir()
    monkeypatch.setattr(redis, "CONFIGURATION", tmp_path / "redis.conf")
    redis.make_password(settings)
    redis.configure(settings, {}, [])
    command = roles.BY_NAME["redis"].command(settings.environment)
    process = subprocess.Popen([PROGRAM, str(redis.CONFIGURATION), *command[2:]], stdout=subprocess.DEVNULL)
    try:
        until(lambda: readiness.redis(settings) is None)
        yield settings, process.pid
    finally:
        process.terminate()
        process.wait(30)


def test_a_value_of_somebody_else_is_not_there_and_without_the_password_there_is_nothing(server):
    settings, pid = server
    superset_venv.install(settings, Console(quiet=True))
    password = redis.password(settings)
    result = subprocess.run(
        [superset_venv.folder(settings) / "bin" / "python", "-c", SCRIPT, password, str(settings.port("REDIS"))],
        env={"PYTHONPATH": str(REPOSITORY / "superset")},
        capture_output=True,
        text=True,
    )
    assert result.stdout.splitlines() == [
        "{'rows': [1, None]} 7 None",
        *["None"] * 4,
        "Authentication required.",
    ], result.stderr
    assert password not in " ".join(psutil.Process(pid).cmdline())
    assert redis.CONFIGURATION.stat().st_mode & 0o077 == 0


def test_a_password_is_made_once(tmp_path):
    settings = replace(load_settings(), environment={"AERO_SECRETS_DIR": str(tmp_path)})
    redis.make_password(settings)
    before = redis.password(settings)
    redis.make_password(settings)
    assert redis.password(settings) == before and len(before) == 64
    assert os.stat(Path(tmp_path) / "redis").st_mode & 0o077 == 0
