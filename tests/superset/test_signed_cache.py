"""What Superset remembers is used only if Superset has put it there."""

import subprocess

import pytest

from aero.cluster import superset_venv
from aero.datasets import REPOSITORY
from aero.settings import load_settings

# Runs in Superset's Python: values are put in, changed behind the cache's back, and asked for.
SCRIPT = """
import pickle, sys
from pathlib import Path
from flask import Flask
from flask_caching import Cache

class Evil:
    def __reduce__(self):
        return print, ("it ran",)

app = Flask("x")
app.config["SECRET_KEY"] = "a secret"
cache = Cache()
cache.init_app(app, {"CACHE_TYPE": "signed_cache.SignedFiles", "CACHE_DIR": sys.argv[1], "CACHE_THRESHOLD": 5,
                     "CACHE_DEFAULT_TIMEOUT": 60})
with app.app_context():
    cache.set("a", {"rows": [1, None, "x"]})
    cache.set("b", 7)
    print(cache.get("a"), cache.get("b"), cache.get("c"))
    count = len(list(Path(sys.argv[1]).iterdir()))
    for number in range(20):
        cache.set(str(number), number)
    print("bounded:", len(list(Path(sys.argv[1]).iterdir())) < 10)
    cache.set("a", 1)
    for file in Path(sys.argv[1]).iterdir():
        content = file.read_bytes()
        evil = pickle.dumps(Evil())
        file.write_bytes(content[:4] + (evil if CUT is None else content[4:CUT] + evil))
    print(cache.get("a"))
"""


@pytest.mark.parametrize("kept_bytes", [None, 36, 40])
def test_a_value_of_somebody_else_is_not_there(tmp_path, kept_bytes):
    python = superset_venv.folder(load_settings()) / "bin" / "python"
    result = subprocess.run(
        [python, "-c", SCRIPT.replace("CUT", str(kept_bytes)), str(tmp_path)],
        env={"PYTHONPATH": str(REPOSITORY / "superset")},
        capture_output=True,
        text=True,
    )
    assert result.stdout.splitlines() == ["{'rows': [1, None, 'x']} 7 None", "bounded: True", "None"], result.stderr
