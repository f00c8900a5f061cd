"""Every file under a path: nothing is passed over."""

import os
from pathlib import Path


def files(path: Path) -> tuple[list[Path], list[Path]]:
    """Every file under a folder, links followed, each folder once; hidden ones too. And the folders that may not be
    read, of whose files nothing is known. Both in the order of names."""
    if not os.path.isdir(path):
        return [path], []
    seen: set[Path] = set()
    found: list[Path] = []
    closed: list[Path] = []

    def refused(wrong: OSError) -> None:
        closed.append(Path(wrong.filename))

    for folder, folders, names in os.walk(path, onerror=refused, followlinks=True):
        real = Path(folder).resolve()
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        found += [Path(folder) / name for name in names]
    return sorted(found), sorted(closed)
