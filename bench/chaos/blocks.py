"""A block of a file in HDFS whose bytes are changed or gone for a while, as on a disk that goes bad and is replaced by
its copy. There is one copy of a block, so its file cannot be read meanwhile."""

import random
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aero import connections, metastore
from aero.datasets import FLIGHTS
from aero.settings import Settings
from tests.command import AERO

CHANGED_BYTES = 512


def of_flights(settings: Settings, number: int) -> Path | None:
    """The file on disk of a block of flights that readers see, of a month by `number`; None where there are none."""
    folders = sorted(metastore.locations(FLIGHTS).values())
    if not folders:
        return None
    folder = random.Random(number).choice(folders)
    client = connections.webhdfs()
    files = [f"{folder}/{name}" for name in client.list(folder) if name.endswith(".orc")]
    return on_disk(settings, files[0]) if files else None


def on_disk(settings: Settings, path: str) -> Path | None:
    """The file on disk of the first block of a file in HDFS; None where HDFS does not tell it."""
    found = re.search(r"\bblk_\d+", checked(path))
    return next((settings.home / "hdfs" / "data").glob(f"**/{found[0]}"), None) if found else None


def checked(path: str) -> str:
    """What Hadoop's fsck says of a file and its blocks."""
    return subprocess.run([AERO, "hdfs", "fsck", path, "-files", "-blocks"], capture_output=True, text=True).stdout


@contextmanager
def corrupt(block: Path) -> Iterator[None]:
    """Other bytes in the middle of the block."""
    middle = block.stat().st_size // 2
    with block.open("r+b", buffering=0) as file:
        file.seek(middle)
        before = file.read(CHANGED_BYTES)
        file.seek(middle)
        file.write(bytes(255 - byte for byte in before))
        try:
            yield
        finally:
            file.seek(middle)
            file.write(before)


@contextmanager
def missing(block: Path) -> Iterator[None]:
    """No block: it lies above the folders in which the DataNode looks, on the same disk, which may be its own."""
    aside = next(one for one in block.parents if one.name == "data") / f"{block.name}.aside"
    block.rename(aside)
    try:
        yield
    finally:
        aside.rename(block)
