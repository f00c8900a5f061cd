import gzip
import hashlib

from click.testing import CliRunner

from aero.datasets import REPOSITORY
from bench import prezip
from tests.luigi_tasks.bts_files import csv_bytes, month_zip, row


def test_a_zip_is_timed_and_told_by_what_sql_will_read(tmp_path):
    (tmp_path / "On_Time_2013_1.zip").write_bytes(month_zip(2013, 1))
    found = prezip.landed(tmp_path)
    assert found["files"] == 1 and all(found[step] >= 0 for step in prezip.STEPS)
    (tmp_path / "On_Time_2013_2.zip").write_bytes(month_zip(2013, 2))
    both = prezip.landed(tmp_path)
    assert both["files"] == 2 and both["digest"] != found["digest"]


def test_two_checkouts_that_land_the_same_print_the_same(tmp_path):
    (tmp_path / "On_Time_2013_1.zip").write_bytes(month_zip(2013, 1))
    result = CliRunner().invoke(prezip.main, [str(tmp_path), "--rounds", "1", "--beside", str(REPOSITORY)])
    here, beside = result.output.splitlines()
    assert here.split()[0] == "here" and beside.split()[0] == "beside"
    assert here.split("; ")[1] == beside.split("; ")[1]


def test_what_is_digested_is_the_readable_file(tmp_path):
    content = csv_bytes([row(2013, 1)] * 3)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(content, mtime=0))
    digest = hashlib.sha256(gzip.compress(content, mtime=0)).hexdigest()
    assert prezip.landed(tmp_path)["digest"] == digest[:16]
