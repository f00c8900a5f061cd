"""The platform that a measurement starts for itself; no command of it runs here."""

import json
from pathlib import Path

import pytest

from aero.errors import AeroError
from aero.month import Month
from bench.performance import cluster
from bench.performance.sizes import Months

PANDEMIC = Months(Month(2020, 4), Month(2020, 6))
ROWS = {"in": 3, "clean": 3, "quarantined": 0}


class Platform(cluster.Cluster):
    """Its loads fail until `refused` are accepted."""

    def __init__(self, home: Path, refused: set[str]):
        super().__init__(home)
        self.refused, self.said = refused, []

    def aero(self, *words: str, may_end_with: int = 0) -> str:
        self.said.append(words[0])
        if words[0] == "months":
            states = {month: "failed" if str(month) in self.refused else "published" for month in PANDEMIC.every}
            return json.dumps([{"year": one.year, "month": one.month, "state": states[one]} for one in states])
        if words[0] == "accept":
            self.refused.remove(words[1])
        elif self.refused:
            raise AeroError("1 failed, all else is loaded")
        return json.dumps({"rows": ROWS})


@pytest.fixture(autouse=True)
def no_reports(monkeypatch):
    monkeypatch.setattr(cluster, "_stages", dict)
    monkeypatch.setenv("AERO_HOME", "")
    monkeypatch.setenv("AERO_PORT_OFFSET", "0")


def test_the_month_that_stood_still_is_accepted_and_the_load_goes_on(tmp_path):
    platform = Platform(tmp_path, {"2020-05"})
    assert platform.load(PANDEMIC, tmp_path)["rows"] == ROWS
    assert platform.said == ["load", "months", "accept", "load"]


@pytest.mark.parametrize("refused", [{"2019-01"}, {"2020-04"}, {"2020-04", "2020-05"}])
def test_a_load_that_fails_otherwise_is_a_failure(tmp_path, refused):
    platform = Platform(tmp_path, refused)
    with pytest.raises(AeroError, match="1 failed"):
        platform.load(PANDEMIC, tmp_path)
    assert platform.said == ["load", "months"]
