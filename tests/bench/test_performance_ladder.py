"""What is said of the files of a rung is what they are."""

import io

import pyarrow as pa
import pytest
from pyarrow import orc

from aero import connections
from bench.performance import ladder
from tests.hdfs_in_memory import HdfsInMemory

# Random enough to fill several stripes of the least size.
ROWS = pa.table({"n": [(number * 2_654_435_761) % 2**40 for number in range(200_000)]})


def orc_file(stripe_bytes):
    file = io.BytesIO()
    orc.write_table(ROWS, file, stripe_size=stripe_bytes)
    return file.getvalue()


def test_files_bytes_and_stripes_of_a_folder_are_counted_and_what_is_no_row_is_not(monkeypatch):
    many, one, text = orc_file(65_536), orc_file(64 * 2**20), b"1,one\n"
    client = HdfsInMemory({"/t/a/1.orc": many, "/t/b/1.orc": one, "/t/b/2.csv": text, "/t/b/_report.json": b"{}"})
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    stripes = orc.ORCFile(io.BytesIO(many)).nstripes
    assert stripes > 1
    assert ladder._on_disk("/t") == {"files": 3, "bytes": len(many) + len(one) + len(text), "stripes": stripes + 1}


@pytest.mark.parametrize("rung", ladder.RUNGS)
def test_every_rung_asks_its_own_table_of_one_month(rung):
    sql = rung.question.format(table=rung.table, year=2007, month=12)
    assert f"FROM {rung.table} WHERE year = 2007 AND month = 12" in sql
