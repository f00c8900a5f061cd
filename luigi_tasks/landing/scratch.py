"""Folders for what a process unpacks, beside the downloads: gone with the process, or a day after it was killed."""

import shutil
import tempfile
import time

from aero.settings import load_settings
from luigi_tasks.landing.raw import ABANDONED_AFTER_SECONDS

PREFIX = "pieces-of-files-"


def folder() -> "tempfile.TemporaryDirectory[str]":
    """A new folder. What processes that were killed left a day ago goes."""
    place = load_settings().downloads
    place.mkdir(parents=True, exist_ok=True)
    for left in place.glob(f"{PREFIX}*"):
        if time.time() - left.stat().st_mtime > ABANDONED_AFTER_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=PREFIX, dir=place)
