"""Sample rows for tests: the repository's own in tests/data, and real ones too where ../shared has them.

A test that takes the fixture `samples` runs on each; what is right for each stands in tests/data/expected.toml.
AERO_TEST_REAL_ROWS=0 leaves the real ones out.
"""

import json
import os
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
REAL = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class BtsFile:
    """A month of one family: where it is, its layout, and how many rows it has, all of them clean."""

    path: Path
    layout: str
    family: str
    year: int
    month: int
    rows: int

    @property
    def when(self) -> str:
        return f"{self.year}-{self.month:02d}"

    def __str__(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class Samples:
    """The files of one folder. `name` is their table in expected.toml."""

    name: str
    folder: Path

    @cached_property
    def expected(self) -> dict[str, Any]:
        return tomllib.loads((DATA / "expected.toml").read_text(encoding="utf-8"))[self.name]

    @cached_property
    def bts(self) -> dict[str, BtsFile]:
        """The files of the folder `bts` by their layout."""
        files = self.expected["bts"].items()
        return {layout: BtsFile(self.folder / "bts" / name, layout, **file) for layout, (name, file) in files}

    def live(self, answer: str) -> Any:
        """A live source's answer, by its key in expected.toml."""
        path = self.folder / "live" / self.expected["live"][answer]
        return json.loads(path.read_text(encoding="utf-8"))


ALL = [Samples("own", DATA)]
if REAL.is_dir() and os.environ.get("AERO_TEST_REAL_ROWS") != "0":
    ALL.append(Samples("real", REAL))
BTS_FILES = [file for samples in ALL for file in samples.bts.values()]
