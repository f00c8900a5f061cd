"""`aero notebook`: JupyterLab with its token, notebooks that stay as they were left, a kernel that has the product."""

import json
import re
import signal
import subprocess
import sys

import pytest
import requests
from click.testing import CliRunner

from aero import notebook
from aero.cli import main
from aero.cluster import jupyter, spark_session
from aero.connections import Login
from aero.errors import AeroError
from aero.screen import Console
from aero.settings import load_settings
from tests.command import AERO
from tests.ports import free_port
from tests.sasl_door import sasl_door
from tests.waiting import until

NAMES = ["airport_year.ipynb", "first_look.ipynb", "live_and_history.ipynb"]
# What a kernel finds: its own pandas and the product's packages, and the Python of Spark's workers.
LOOK = f"""
import os, sys, pandas, pyspark
from aero.cluster import spark
print([os.path.dirname(one.__file__) for one in (pandas, pyspark)], os.environ[{spark_session.WORKERS_PYTHON!r}])
"""


@pytest.fixture
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NOTEBOOK_HTTP_PORT", str(free_port()))


@pytest.fixture
def _installed():
    jupyter.VENV.install(load_settings(), Console(quiet=True))


def test_a_notebook_that_is_there_stays_as_it_is(tmp_path):
    folder = tmp_path / "new" / "flights"
    assert [file.name for file in jupyter.copy(folder)] == NAMES
    (folder / NAMES[0]).write_text("mine")
    (folder / NAMES[1]).unlink()
    assert [file.name for file in jupyter.copy(folder)] == [NAMES[1]]
    assert (folder / NAMES[0]).read_text() == "mine"
    (tmp_path / "file").touch()
    with pytest.raises(AeroError, match="can't be put into"):
        jupyter.copy(tmp_path / "file" / "flights")


def test_notebooks_come_without_what_a_run_leaves_and_begin_with_the_session():
    for file in jupyter.NOTEBOOKS.glob("*.ipynb"):
        book = json.loads(file.read_text())
        code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
        assert code[0]["source"] == ["from aero.notebook import spark"]
        assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)
        assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])


@pytest.mark.usefixtures("_home", "_installed")
def test_the_printed_address_alone_opens_jupyterlab_until_ctrl_c(tmp_path):
    with subprocess.Popen([AERO, "notebook", tmp_path / "flights"], stdout=subprocess.PIPE, text=True) as process:
        address, token = re.fullmatch(
            r"(http://localhost:\d+/)lab\?token=(\S{32})\n", process.stdout.readline()
        ).groups()
        contents = f"{address}api/contents"
        until(lambda: requests.get(address, timeout=5).status_code)
        assert requests.get(contents, timeout=30).status_code == 403
        found = requests.get(contents, params={"token": token}, timeout=30).json()["content"]
        assert sorted(one["name"] for one in found) == NAMES
        [kernel] = (
            requests.get(f"{address}api/kernelspecs", params={"token": token}, timeout=30)
            .json()["kernelspecs"]
            .values()
        )
        assert kernel["spec"]["display_name"] == "AERO"
        again = subprocess.run([AERO, "notebook", tmp_path / "flights"], capture_output=True, text=True)
        assert again.returncode == 1 and "NOTEBOOK_HTTP_PORT" in again.stderr
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


@pytest.mark.usefixtures("_home", "_installed")
def test_a_kernel_has_its_own_packages_and_behind_them_the_product_s(tmp_path):
    book = json.loads((jupyter.NOTEBOOKS / NAMES[1]).read_text())
    book["cells"] = [book["cells"][1] | {"source": LOOK, "cell_type": "code", "outputs": [], "execution_count": None}]
    (tmp_path / "look.ipynb").write_text(json.dumps(book))
    settings = load_settings()
    jupyter_python = f"{jupyter.VENV.folder(settings)}/bin/python"
    ran = subprocess.run(
        [jupyter_python, "-m", "nbconvert", "--execute", "--to", "notebook", "--stdout", "look.ipynb"],
        cwd=tmp_path, env=jupyter.environment(settings), capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    [cell] = json.loads(ran.stdout)["cells"]
    shown = "".join(cell["outputs"][0]["text"])
    assert shown.startswith(f"['{jupyter.VENV.folder(settings)}/") and f"'{sys.prefix}/" in shown
    assert shown.split()[-1] == sys.executable


def test_without_a_network_it_says_what_to_look_at(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_CACHE", str(tmp_path / "cache"))
    for name, value in {"INDEX_URL": f"http://127.0.0.1:{free_port()}/", "RETRIES": "0", "NO_INDEX": "0"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    result = CliRunner().invoke(main, ["notebook", str(tmp_path / "flights")])
    assert result.exit_code == 1 and "Is the network there?" in result.output
    assert not (tmp_path / "flights").exists()


def test_who_comes_as_somebody_asks_as_this_person_and_has_no_session(monkeypatch):
    monkeypatch.setenv(notebook.NAME, "ada")
    monkeypatch.setenv(notebook.PASSWORD, "correct-horse-battery")
    monkeypatch.setenv("SPARK_DOOR", "closed")
    with sasl_door() as (port, came):
        monkeypatch.setenv("SPARK_THRIFT_PORT", str(port))
        with pytest.raises(AeroError, match="does not let ada in"):
            notebook.spark.sql("SELECT 1").toPandas()
    assert came == [("ada", "correct-horse-battery")]
    assert notebook.spark.login == Login("ada", "correct-horse-battery")
    with pytest.raises(AttributeError, match=re.escape("spark.table is not for ada")):
        notebook.spark.table("a")
