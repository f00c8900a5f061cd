"""The names of HDFS as files: an image of all names at a change, and the edits, which are all changes behind it.

    <folder>/current/fsimage_0000000000000000042         all names after change 42
    <folder>/current/edits_0000000000000000043-…047      changes 43 to 47
    <folder>/current/edits_inprogress_0000000000000000048  those since, still written
    <folder>/current/seen_txid                           the first change of the newest file of edits

The NameNode's folders and the SecondaryNameNode's checkpoint have the same files, of different age.
"""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aero.cluster import hdfs_guard

_IMAGE = re.compile(r"fsimage_(\d+)")
_EDITS = re.compile(r"edits_(?:(\d+)-(\d+)|inprogress_(\d+))")


@dataclass(frozen=True)
class Names:
    """What can be had again: the newest `image`, the `edits` behind it without a gap, and the last change that they
    have (`reached`; more where the last file is still written). `known` is the last change of which the folders tell.
    """

    image: Path
    edits: tuple[Path, ...]
    reached: int
    known: int

    @property
    def lost(self) -> int:
        """How many changes are lost at least: those with no file of edits left."""
        return max(0, self.known - self.reached)

    @property
    def is_to_the_end(self) -> bool:
        """Whether the file of edits that was written last is there: then all changes are."""
        return bool(self.edits) and self.edits[-1].name.startswith("edits_inprogress_") and not self.lost


def newest(folders: Iterable[Path]) -> Names | None:
    """The newest names that the folders together tell, None where no whole image is left. Of two files of a name the
    first folder's is taken."""
    folders = list(folders)
    files = {file.name: file for folder in reversed(folders) for file in _files(folder)}
    seen = [_number(file) for folder in folders if (file := folder / "current" / "seen_txid").is_file()]
    images = {
        int(found[1]): files[name] for name in files if (found := _IMAGE.fullmatch(name)) and _is_whole(files[name])
    }
    if not images:
        return None
    edits = sorted(_segment(name, file) for name, file in files.items() if _EDITS.fullmatch(name))
    longest = {first: (last, file) for first, last, file in edits}  # A finished file comes after an unfinished one.
    reached, chain = max(images), []
    for first, (last, file) in longest.items():
        if first <= reached + 1 and last > reached:
            chain.append(file)
            reached = last
    known = max([reached, *seen, *(last for _, last, _ in edits)])
    return Names(images[max(images)], tuple(chain), reached, known)


def is_whole(folder: Path) -> bool:
    """Whether a NameNode starts from this folder with all changes that the folder tells of."""
    names = newest([folder])
    return bool(names and hdfs_guard.cluster_id(folder) and not names.lost)


def write(names: Names, version: Path, to: Path) -> None:
    """Write the names into a new folder, with the file that says of which HDFS they are."""
    current = to / "current"
    shutil.rmtree(to, ignore_errors=True)
    current.mkdir(mode=0o700, parents=True)
    for file in (version, names.image, names.image.with_name(f"{names.image.name}.md5"), *names.edits):
        shutil.copyfile(file, current / file.name)
    (current / "seen_txid").write_text(f"{names.reached}\n")


def _files(folder: Path) -> list[Path]:
    current = folder / "current"
    return [file for file in current.iterdir() if file.is_file()] if current.is_dir() else []


def _is_whole(image: Path) -> bool:
    """Its sum is written beside it when it is whole."""
    return image.stat().st_size > 0 and image.with_name(f"{image.name}.md5").is_file()


def _segment(name: str, file: Path) -> tuple[int, int, Path]:
    """First and last change of a file of edits; of one that is still written, its first."""
    found = _EDITS.fullmatch(name)
    assert found
    first = int(found[1] or found[3])
    return first, int(found[2] or first), file


def _number(file: Path) -> int:
    text = file.read_text(encoding="utf-8").strip()
    return int(text) if text.isdecimal() else 0
