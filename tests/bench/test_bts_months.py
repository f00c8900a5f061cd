"""The command that makes months, and how its files are written."""

import csv

import pytest
from click.testing import CliRunner

from aero.bts import LAYOUTS, header_columns, recognise
from aero.month import Month
from bench import bts_months
from bench.generator import rows
from bench.generator.files import files
from tests.bench.generated import SEED, text
from tests.samples import BTS_FILES


@pytest.mark.parametrize("layout", LAYOUTS)
def test_header_is_that_of_the_layout(layout):
    header = rows.header(layout).decode()
    assert recognise(header, "file.csv").name == layout
    assert header.endswith(",\n") == (layout != "dataexpo")
    assert ('"Operating_Airline "' in header) == (layout == "marketing")


def test_a_month_is_the_same_bytes_whatever_is_made_beside_it(tmp_path):
    def made(folder, first, last, *more):
        asked = [
            "--from",
            first,
            "--to",
            last,
            "--rows-per-month",
            "300",
            "--zip",
            "--out",
            str(tmp_path / folder),
            *more,
        ]
        assert CliRunner().invoke(bts_months.main, asked).exit_code == 0
        return {path.name: path.read_bytes() for path in (tmp_path / folder).glob("*.zip")}

    alone = made("alone", "2013-02", "2013-02")
    beside = made("beside", "2013-01", "2013-02", "--processes", "2")
    assert list(alone) == ["On_Time_Reporting_Carrier_On_Time_Performance_1987_present_2013_2.zip"]
    assert beside.items() >= alone.items()
    assert made("other", "2013-02", "2013-02", "--seed", "8") != alone


def test_a_stopped_command_goes_on_and_keeps_whole_files_only(tmp_path):
    asked = ["--from", "2013-01", "--to", "2013-03", "--rows-per-month", "200", "--out", str(tmp_path)]
    assert CliRunner().invoke(bts_months.main, asked).exit_code == 0
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")}
    january, february, _ = sorted(tmp_path.glob("*.csv"))
    january.unlink()
    february.write_bytes(february.read_bytes()[:1000])

    again = CliRunner().invoke(bts_months.main, asked)

    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")} == before
    assert "1 of 3 files are there already" in again.stderr
    assert "2013_1.csv: 200 rows" in again.stderr
    other = CliRunner().invoke(bts_months.main, [*asked, "--seed", "8"])
    assert "already" not in other.stderr


def test_the_data_expo_has_a_file_a_year():
    year = [Month(2007, number) for number in range(1, 13)]
    (file,) = files(year, [1] * 12, "dataexpo", SEED, is_packed=True)
    assert (file.name, file.member) == ("2007.csv.bz2", "2007.csv")


@pytest.mark.parametrize(
    ("when", "layout", "complaint"),
    [
        ("2017-12", "marketing", "begins with 2018-01"),
        ("2009-01", "dataexpo", "ends with 2008-12"),
        ("1987-09", "reporting", "first month is 1987-10"),
    ],
)
def test_a_month_that_never_was_is_an_error(tmp_path, when, layout, complaint):
    asked = ["--from", when, "--to", when, "--scale", "1", "--layout", layout, "--out", str(tmp_path)]
    result = CliRunner().invoke(bts_months.main, asked)
    assert (result.exit_code, complaint in result.stderr, list(tmp_path.iterdir())) == (1, True, [])


def test_fields_are_written_as_bts_writes_them():
    header, *lines = text("2013-07").decode("ascii").splitlines()
    assert all(line.endswith(',""' + ",") for line in lines)
    names = header.split(",")
    first = dict(zip(names, next(csv.reader([lines[0]], quoting=csv.QUOTE_NONE))))
    assert first['"FlightDate"'].startswith("2013-07-")
    joined = "\n".join(lines)
    assert ',"2400",' in joined and '"0000"' not in joined
    assert ',"",,,0,,,,,"",,,"",,,"","",' in joined  # two spellings of nothing
    assert ',"Chicago, IL","IL","17","Illinois",41,' in joined


def test_a_row_has_as_many_bytes_as_a_real_one_and_packs_as_well(tmp_path):
    (file,) = files([Month(2013, 7)], [20_000], "reporting", SEED, is_packed=True)
    size = file.write(tmp_path)
    assert size / 20_000 == pytest.approx(451, rel=0.1)
    assert 9 < size / (tmp_path / file.name).stat().st_size < 13


@pytest.mark.parametrize("file", BTS_FILES, ids=str)
def test_headers_are_those_of_sample_rows(file):
    real = file.path.read_text(encoding="latin-1").splitlines()[0]
    assert header_columns(rows.header(file.layout).decode()) == header_columns(real)


def shapes(of_lines):
    """How each column is written, by its place: quoted, a decimal, a bare integer or text, or one of two nothings."""
    found: dict[int, set[str]] = {}
    for line in of_lines:
        whole = line.replace(", ", "; ").rstrip(",\n")
        for place, field in enumerate(whole.split(",")):
            shape = "quoted" if field[:1] == '"' else "decimal" if "." in field else "bare" if field else ""
            found.setdefault(place, set()).add('""' if field == '""' else shape)
    return found


@pytest.mark.parametrize("file", [file for file in BTS_FILES if file.family == "reporting"], ids=str)
def test_each_column_is_written_as_in_sample_rows(file):
    real = shapes(file.path.read_text(encoding="latin-1").splitlines()[1:])
    made = shapes(text(file.when, file.layout).decode("ascii").splitlines()[1:])
    columns = LAYOUTS[file.layout].columns
    assert {columns[place]: found - made[place] for place, found in real.items() if found - made[place]} == {}


def test_help_shows_an_example():
    result = CliRunner().invoke(bts_months.main, ["--help"])
    assert result.exit_code == 0 and "Example: --from 2013-01" in result.output
