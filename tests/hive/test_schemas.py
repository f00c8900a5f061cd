"""General promises of every `.hql` file."""

import re

import pytest

from aero import hql
from aero.datasets import BATCH_VIEWS, DELAY_FORECASTS, FLIGHTS, FLIGHTS_QUARANTINE, REPOSITORY

FILES = sorted(
    path for top in ("hive", "bench") for path in (REPOSITORY / top).rglob("*.hql") if "target" not in path.parts
)
TABLES = [path for path in FILES if re.search(r"^CREATE\b.*\bTABLE\b", path.read_text(), re.MULTILINE)]


def name(path):
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_file_opens_with_purpose_parameters_and_a_usage_that_names_itself_and_them(path):
    file = hql.read(path)

    assert file.usage.split()[:3] == ["aero", "sql", name(path)]
    assert re.findall(r"--set (\w+)=", file.usage) == list(file.parameters)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_file_is_short_apart_from_a_line_a_column(path):
    columns = hql.columns(path) if path in TABLES else []

    assert len(path.read_text().splitlines()) - len(columns) < 120


@pytest.mark.parametrize("path", TABLES, ids=name)
def test_every_column_has_a_comment(path):
    assert [column.name for column in hql.columns(path) if not column.comment.strip()] == []


@pytest.mark.parametrize(
    "dataset", [FLIGHTS, FLIGHTS_QUARANTINE, DELAY_FORECASTS, *BATCH_VIEWS], ids=lambda dataset: dataset.table
)
def test_table_is_external_orc_in_its_own_folder_with_its_partitions(dataset):
    [statement] = hql.statements(dataset.hql("create"))

    assert statement.startswith(f"CREATE EXTERNAL TABLE IF NOT EXISTS {dataset.name} (")
    assert f"STORED AS ORC\nLOCATION '{dataset.path}'\n" in statement
    partitions = [column.name for column in hql.columns(dataset.hql("create"))][-len(dataset.partitions) :]
    assert partitions == list(dataset.partitions)


@pytest.mark.parametrize("dataset", [FLIGHTS, *BATCH_VIEWS], ids=lambda dataset: dataset.table)
def test_spark_reads_the_columns_as_they_are_read_here(spark, tmp_path, dataset):
    """Without a metastore Spark only knows tables of its own, so what makes it Hive's is left out."""
    [statement] = hql.statements(dataset.hql("create"))
    own = statement.replace("EXTERNAL ", "").replace("STORED AS ORC\n", "").replace(f"LOCATION '{dataset.path}'\n", "")
    spark.sql(f"CREATE DATABASE {dataset.database} LOCATION '{tmp_path}'")
    try:
        spark.sql(own)
        schema = spark.table(dataset.name).schema
    finally:
        spark.sql(f"DROP DATABASE {dataset.database} CASCADE")

    declared = hql.columns(dataset.hql("create"))
    assert [(field.name, _bare(field.dataType.simpleString()), field.metadata["comment"]) for field in schema] == [
        (column.name, _bare(column.type), column.comment) for column in declared
    ]


def _bare(type_name):
    return type_name.lower().replace(" ", "")
