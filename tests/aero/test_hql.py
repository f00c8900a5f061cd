import pytest

from aero import hql
from aero.errors import AeroError

HEADER = "-- Counts flights.\n-- Parameters: year (of the flights).\n-- Usage: aero sql count.hql --set year=2013\n"
NO_PARAMETERS = "-- Counts.\n-- Parameters: none.\n-- Usage: aero sql count.hql\n"


@pytest.fixture
def write(tmp_path):
    """A function that writes an .hql file and returns its path."""

    def write(text):
        path = tmp_path / "count.hql"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_read_takes_the_header_apart(write):
    path = write(
        "-- Counts flights of a year,\n-- the cancelled ones too.\n"
        "-- Grain: one row.\n-- It is fast.\n"
        "-- Parameters: year (of the flights),\n--   place (folder, such as /aero/clean)\n"
        "-- Usage: aero sql count.hql --set year=2013 --set place=/aero\n"
        "SELECT COUNT(*), '${place}' FROM flights WHERE year = ${year};\n"
    )

    file = hql.read(path)

    assert file.path == path
    assert file.purpose == "Counts flights of a year, the cancelled ones too."
    assert file.parameters == {"year": "of the flights", "place": "folder, such as /aero/clean"}
    assert file.usage == "aero sql count.hql --set year=2013 --set place=/aero"
    assert file.text == path.read_text()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "-- Counts.\n",
        "-- Counts.\n-- Parameters: none.\n",
        "-- Counts.\n-- Usage: aero sql count.hql\n",
        "-- Parameters: none.\n-- Usage: aero sql count.hql\n",
        "\n" + NO_PARAMETERS,
    ],
)
def test_read_refuses_a_file_without_purpose_parameters_and_usage(write, header):
    path = write(header + "SELECT 1;\n")

    with pytest.raises(AeroError, match="count.hql: it must open with its purpose, parameters and usage"):
        hql.read(path)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("SELECT ${year}, ${mnoth};", "parameter `mnoth` is used but not declared"),
        ("SELECT 1;\n-- not ${year}", "parameter `year` is declared but not used"),
    ],
)
def test_read_refuses_parameters_that_differ_from_those_declared(write, statement, fault):
    path = write(HEADER + statement)

    with pytest.raises(AeroError, match=fault):
        hql.read(path)


def test_a_file_of_a_users_owes_no_header_but_its_parameters(write):
    path = write("SELECT ${year}; -- the second\nSELECT 2;")
    assert hql.filled(hql.read_plain(path), {"year": 2013}) == ["SELECT 2013", "SELECT 2"]
    with pytest.raises(AeroError, match=r"parameter `year` .* is missing") as refused:
        hql.filled(hql.read_plain(path))
    assert refused.value.fix == f"Usage: aero sql {path} --set year=…"


def test_a_file_that_is_absent_is_named(tmp_path):
    with pytest.raises(AeroError, match="absent.hql: there is no such file"):
        hql.read(tmp_path / "absent.hql")


def test_statements_are_split_outside_of_quotes_and_comments_only(write):
    path = write(
        NO_PARAMETERS
        + "CREATE TABLE IF NOT EXISTS a (b STRING COMMENT 'x; y -- z');\n"
        + "-- a comment; with semicolons;\n"
        + "SELECT 'it''s; one', \"two;\" -- and; here\n, `three;` FROM a;\n"
        + "/* nothing; */ ;\n"
        + "-- the end;\n"
    )

    assert hql.statements(path) == [
        "CREATE TABLE IF NOT EXISTS a (b STRING COMMENT 'x; y -- z')",
        "SELECT 'it''s; one', \"two;\" -- and; here\n, `three;` FROM a",
    ]


def test_split_takes_text_without_a_header():
    assert hql.split("SELECT 1; -- one\nSELECT ';';\n") == ["SELECT 1", "SELECT ';'"]


def test_statements_have_their_parameters_filled_in(write):
    path = write(HEADER + "SELECT ${year} - 1;\nSELECT '${year}', '$year';\n")

    assert hql.statements(path, {"year": 2013}) == ["SELECT 2013 - 1", "SELECT '2013', '$year'"]


def test_a_missing_parameter_is_named_with_the_usage(write):
    path = write(HEADER + "SELECT ${year};")

    with pytest.raises(AeroError, match=r"count.hql: parameter `year` \(of the flights\) is missing") as error:
        hql.statements(path)

    assert error.value.fix == "Usage: aero sql count.hql --set year=2013"


def test_an_unknown_parameter_is_named_with_the_known_ones(write):
    path = write(HEADER + "SELECT ${year};")

    with pytest.raises(AeroError, match="count.hql: there is no parameter `yaer`") as error:
        hql.statements(path, {"yaer": 2013})

    assert error.value.fix == "Its parameters: year."


@pytest.mark.parametrize("value", ["1'", '1"', "1`", "1; DROP TABLE a", "1 -- 2", "1 /* 2", "1\\", "1\n2"])
def test_a_parameter_cannot_end_the_place_it_is_put_into(write, value):
    path = write(HEADER + "SELECT ${year};")

    with pytest.raises(AeroError, match="count.hql: parameter `year` is "):
        hql.statements(path, {"year": value})


def test_columns_are_those_of_the_table_then_of_its_partitions(write):
    path = write(
        NO_PARAMETERS
        + "CREATE EXTERNAL TABLE IF NOT EXISTS a.b (\n"
        + "  one INT COMMENT 'First, (of two)',\n"
        + "  two ARRAY<STRUCT<x: INT, y: DECIMAL(4, 2)>>\n"
        + ")\nCOMMENT 'a (b), c'\nPARTITIONED BY (year INT COMMENT 'It''s a year')\nSTORED AS ORC;\n"
    )

    assert hql.columns(path) == [
        hql.Column("one", "INT", "First, (of two)"),
        hql.Column("two", "ARRAY<STRUCT<x: INT, y: DECIMAL(4, 2)>>", ""),
        hql.Column("year", "INT", "It's a year"),
    ]


def test_columns_of_a_file_that_makes_no_table_are_an_error(write):
    path = write(NO_PARAMETERS + "SELECT 1;\n")

    with pytest.raises(AeroError, match="count.hql: it does not create one table"):
        hql.columns(path)


@pytest.mark.parametrize("read", [hql.read, hql.read_plain])
def test_a_file_that_is_no_text_is_named(tmp_path, read):
    file = tmp_path / "a.hql"
    file.write_bytes("-- café\n".encode("latin-1"))
    with pytest.raises(AeroError, match=r"a\.hql: it cannot be read as text in UTF-8: .*0xe9"):
        read(file)
