"""The sample files are what their generators write, and their expectations are complete."""

import json

import pytest

from tests.data import write_bts, write_live
from tests.data.flights import FILES
from tests.samples import DATA, Samples

OWN = Samples("own", DATA)


@pytest.mark.parametrize("name", FILES)
def test_a_bts_file_is_what_its_generator_writes(name):
    assert (DATA / "bts" / name).read_bytes() == write_bts.content(*FILES[name])


def test_the_page_is_what_its_generator_writes():
    assert json.loads(write_live.FILE.read_text(encoding="utf-8")) == write_live.records()


def test_every_sample_file_is_used():
    used = {file.path for file in OWN.bts.values()} | {DATA / "live" / name for name in OWN.expected["live"].values()}
    used |= {DATA / name for name in OWN.expected["ref"].values()}
    there = {path for folder in ("bts", "live", "ref") for path in (DATA / folder).iterdir()}
    assert there == used
