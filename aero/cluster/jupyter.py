"""JupyterLab for who sits at this machine: on loopback, behind a token, its notebooks with `spark` (aero/notebook.py).

It is no service: it lives as long as `aero notebook`. Its packages are in a virtual environment of their own, where
`%pip install` adds to them; the product's are found behind them.
"""

import os
import secrets
import shutil
import socket
import sys
import sysconfig
from pathlib import Path

from aero.cluster import spark_session
from aero.cluster.venvs import Venv
from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.files import replace_json
from aero.settings import Settings

NOTEBOOKS = REPOSITORY / "docs" / "connect" / "notebooks"
# The product's packages behind it have parts that are made for one version of Python.
VENV = Venv(
    "notebook-{}.{}".format(*sys.version_info),
    NOTEBOOKS / "requirements.txt",
    "JupyterLab and what notebooks draw with",
)
_BESIDE = "import site; site.addsitedir({!r})"
# It would ask its makers for news, of the person whether it may, and offers to install what this environment lacks.
_QUIET = {"@jupyterlab/apputils-extension:announcements": True, "@jupyterlab/extensionmanager-extension": True}


def copy(folder: Path) -> list[Path]:
    """Put the notebooks into a folder, which is made where it is missing; those that were not there. One that is there
    stays as it is: somebody may have worked in it. Raises AeroError where the folder can't be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        missing = [file for file in sorted(NOTEBOOKS.glob("*.ipynb")) if not (folder / file.name).exists()]
        return [Path(shutil.copyfile(file, folder / file.name)) for file in missing]
    except OSError as error:
        raise AeroError(
            f"The notebooks can't be put into {folder}: {error.strerror}.", "Name another folder."
        ) from None


def environment(settings: Settings) -> dict[str, str]:
    """What Jupyter's programs need to start our kernel, and nothing that the user's own Jupyter is set to; the files
    that it names are written."""
    home = settings.home / "notebook"
    replace_json(home / "kernels" / "python3" / "kernel.json", _kernel(settings))
    replace_json(home / "config" / "labconfig" / "page_config.json", {"disabledExtensions": _QUIET})
    folders = {"PATH": home, "DATA_DIR": home, "CONFIG_DIR": home / "config", "RUNTIME_DIR": home / "runtime"}
    own = {f"JUPYTER_{name}": str(folder) for name, folder in folders.items()}
    # A kernel works in the folder of its notebook: there a path from here would lead elsewhere.
    ours = {"AERO_HOME": str(settings.home), "AERO_CACHE": str(settings.cache), "IPYTHONDIR": str(home / "ipython")}
    return os.environ | own | ours


def _kernel(settings: Settings) -> dict[str, object]:
    beside = _BESIDE.format(sysconfig.get_path("purelib"))
    return {
        "argv": [f"{VENV.folder(settings)}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}",
                 f"--IPKernelApp.exec_lines={beside}"],
        "display_name": "AERO",
        "language": "python",
        # Times of the data are UTC, and PySpark gives them in the zone of its process.
        "env": {spark_session.WORKERS_PYTHON: sys.executable, "TZ": "UTC"},
    }  # fmt: skip


def command(settings: Settings, folder: Path) -> list[str]:
    """The command that is JupyterLab, in the foreground, on notebooks of a folder. Raises AeroError where its port is
    taken."""
    port = settings.port("NOTEBOOK_HTTP")
    with socket.socket() as probe:
        if not probe.connect_ex(("127.0.0.1", port)):
            raise AeroError(f"Port {port} is taken: by another notebook?", "NOTEBOOK_HTTP_PORT sets another one.")
    return [
        f"{VENV.folder(settings)}/bin/python", "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder.resolve()}", "--ServerApp.answer_yes=True",
        "--log-level=ERROR", *(["--allow-root"] if os.geteuid() == 0 else []),
    ]  # fmt: skip


def address(settings: Settings, token: str) -> str:
    """Where the person finds it; whoever has it does there what the person may do."""
    return f"http://localhost:{settings.port('NOTEBOOK_HTTP')}/lab?token={token}"


def new_token() -> str:
    """The token of one start, as JUPYTER_TOKEN."""
    return secrets.token_urlsafe(24)
