"""The same month twice in a folder: which files say the same, and which do not."""

import io

import pandas
import pytest

from aero.bts import LAYOUTS
from luigi_tasks import inspection
from luigi_tasks.landing import looking
from luigi_tasks.sources.folder import Folder
from tests.luigi_tasks.exports import EXPORTS, NAMES, Export, rows_of, written
from tests.samples import DATA

FLIGHTS = rows_of(DATA / "bts" / "reporting_2019_11.csv")
EXACT = Export({name: (name, str) for name in NAMES})
WHOLE = written(EXACT, FLIGHTS)
KAGGLE = written(EXPORTS["Kaggle 2015"], FLIGHTS)


def _by_pandas(content: bytes) -> pandas.DataFrame:
    return pandas.read_csv(io.BytesIO(content))


def _parquet(content: bytes) -> bytes:
    _by_pandas(content).to_parquet(packed := io.BytesIO())
    return packed.getvalue()


def _offered(folder, first: bytes, second: bytes):
    (folder / "a.csv").write_bytes(first)
    (folder / "b.csv").write_bytes(second)
    return Folder(folder).offers([(2019, 10), (2019, 11)])


SAME = {
    "numbers as pandas writes them": lambda content: _by_pandas(content).to_csv(index=False).encode(),
    "Parquet": _parquet,
    "another order": lambda content: b"".join([*content.splitlines(True)[:1], *content.splitlines(True)[:0:-1]]),
    "empty lines": lambda content: content + b"\n\r\n",
    "its header again": lambda content: content + content.splitlines(True)[0],
}


@pytest.mark.parametrize("written_anew", SAME)
@pytest.mark.parametrize("content", [WHOLE, KAGGLE], ids=["BTS", "Kaggle"])
def test_a_month_that_is_written_in_another_way_is_the_same(tmp_path, content, written_anew):
    offers = _offered(tmp_path, content, SAME[written_anew](content))
    assert ([offer.name for offer in offers.files], offers.faults) == ([f"{tmp_path}/a.csv"], ())
    assert offers.notes == (f"2019-11: {tmp_path}/b.csv holds the same as {tmp_path}/a.csv, left alone",)


def test_names_of_before_2018_say_the_same(tmp_path):
    renamed = dict(zip(LAYOUTS["reporting"].columns, LAYOUTS["reporting_old"].columns, strict=True))
    old = written(Export({renamed[name]: (name, str) for name in NAMES}), FLIGHTS)
    assert len(_offered(tmp_path, WHOLE, old).files) == 1


def test_a_month_of_which_one_value_or_one_row_differs_is_asked_about(tmp_path):
    last = KAGGLE.splitlines(True)[-1]
    for other in (KAGGLE.replace(b",-", b",", 1), KAGGLE + last, KAGGLE.removesuffix(last)):
        assert len(_offered(tmp_path, KAGGLE, other).faults) == 1


def test_a_month_of_a_file_of_several_that_is_there_alone_too_is_one_month(tmp_path):
    october = [row | {"Month": "10", "FlightDate": row["FlightDate"].replace("-11-", "-10-")} for row in FLIGHTS]
    both = written(EXPORTS["Kaggle 2015"], [*october, *FLIGHTS])
    offers = _offered(tmp_path, KAGGLE, both)
    found = [(str(offer), offer.name.rpartition("/")[2]) for offer in offers.files]
    assert (found, offers.faults) == ([("2019-10", "b.csv"), ("2019-11", "a.csv")], ())
    records = inspection.inspected(list(looking.looks(tmp_path, whole=True)))
    assert [record["would"] for record in records] == [
        "lands as 2019-11, written anew in the layout reporting",
        "lands as 2019-10, split into 2 files, written anew in the layout reporting;"
        f" left alone for 2019-11: it holds the same as {tmp_path}/a.csv",
    ]
