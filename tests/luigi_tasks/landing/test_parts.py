from pathlib import Path

import pytest

from luigi_tasks.landing import parts

ROOT = Path("/data")


@pytest.mark.parametrize(
    "name",
    [
        "part-0000{}-6f.c000.snappy.parquet", "00000{}_0", "part-{}.parquet", "part.{}.parquet", "data_0_{}_0.csv.gz",
        "flights-00000000000{}.csv.gz", "flights00000000000{}", "000{}_part_00.gz", "flights_000{}_part_00.parquet",
    ],
)  # fmt: skip
def test_files_as_programs_name_the_parts_of_a_table_are_one(name):
    files = [ROOT / "t" / name.format(number) for number in (0, 1)]
    assert parts.tables(files, ROOT) == dict.fromkeys(files, ROOT / "t")
    assert parts.tables(files[:1], ROOT) == {}


@pytest.mark.parametrize(
    "name", ["data_200{}.csv", "200{}.csv.bz2", "On_Time_2019_{}.zip", "ontime_2019112912000{}.csv"]
)
def test_files_of_months_and_years_are_no_parts(name):
    assert parts.tables([ROOT / name.format(number) for number in (1, 2)], ROOT) == {}
