"""Superset's own virtual environment: Superset pins other versions of SQLAlchemy and pandas than the rest."""

from aero.cluster.venvs import Venv
from aero.datasets import REPOSITORY

_VENV = Venv("superset", REPOSITORY / "superset" / "requirements.txt", "Superset's packages")
folder, is_there, install = _VENV.folder, _VENV.is_there, _VENV.install
