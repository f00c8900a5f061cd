"""A stage of the Dockerfile that copies a few modules of `aero` copies all that these import."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from aero.datasets import REPOSITORY

DOCKERFILE = (REPOSITORY / "docker" / "Dockerfile").read_text()


@pytest.mark.parametrize("stage, module", [("jars", "jars"), ("superset-packages", "superset_venv")])
def test_a_stage_of_the_build_has_all_that_its_module_imports(stage, module, tmp_path):
    instructions = re.search(rf"^FROM \S+ AS {stage}\n(.*?)^FROM ", DOCKERFILE, re.MULTILINE | re.DOTALL)[1]
    for line in re.findall(r"^COPY (aero/.*)", instructions, re.MULTILINE):
        *files, target = line.split()
        folder = tmp_path / target.removeprefix("/opt/aero/")
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copy(REPOSITORY / file, folder)
    files = "*(sys.modules[name].__file__ for name in sys.modules if name.startswith('aero'))"
    show = f"import aero.cluster.{module}, sys; print({files})"
    result = subprocess.run(
        [sys.executable, "-c", show],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    # What is missing here is found in the repository, where that is installed.
    assert [file for file in result.stdout.split() if not file.startswith(str(tmp_path))] == []
    assert result.returncode == 0, result.stderr
