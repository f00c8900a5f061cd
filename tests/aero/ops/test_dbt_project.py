"""The project for dbt: what the tables' comments claim is tested, and no file of the user's is replaced."""

import pytest
import yaml
from click.testing import CliRunner

from aero.cli import main
from aero.datasets import (
    AIRLINE_CANCELLATIONS_MONTHLY,
    AIRLINE_DELAYS_MONTHLY,
    AUDIT,
    FLIGHTS,
    FLIGHTS_REPORTING,
    FORECAST_MODELS,
    FRESHNESS,
    LIVE_FLIGHTS,
    LIVE_FLIGHTS_MOVING,
    WEATHER_HOURLY,
)
from aero.errors import AeroError
from aero.ops import catalog, dbt_project
from aero.ops.catalog import Column
from aero.settings import load_settings

TABLES = [catalog.table(dataset) for dataset in catalog.datasets_of()]
OURS = (*dbt_project.OURS, dbt_project.SOURCES)


def _written(folder):
    return dbt_project.write(folder, TABLES, load_settings())


def _found(dataset):
    [sources] = yaml.safe_load(dbt_project.sources([catalog.table(dataset)]))["sources"]
    assert sources["schema"] == dataset.database
    return sources["tables"][0]


@pytest.mark.parametrize(
    ("dataset", "key"),
    [
        (AIRLINE_DELAYS_MONTHLY, ["year", "month", "airline_id"]),
        (AIRLINE_CANCELLATIONS_MONTHLY, ["year", "month", "airline_id", "is_cancelled", "cancellation_code"]),
        (WEATHER_HOURLY, ["airport_id", "hour_at"]),
        (FORECAST_MODELS, ["training_id", "model_name"]),
        (FLIGHTS, ["flight_date", "airline_id", "flight_number", "origin_id", "destination_id",
                   "COALESCE(scheduled_departure_local, departure_local)"]),
        (LIVE_FLIGHTS, []),
        (FRESHNESS, []),
    ],
    ids=lambda value: getattr(value, "name", None),
)  # fmt: skip
def test_a_grain_says_of_what_there_is_one_row_each_or_does_not(dataset, key):
    assert dbt_project.key(catalog.table(dataset)) == key


@pytest.mark.parametrize(
    ("kind", "what", "claimed"),
    [
        ("INT", "1 to 12", (1, 12)),
        ("INT", "1 Monday to 7 Sunday, of the scheduled local date at the origin", (1, 7)),
        ("DOUBLE", "0 to 1: on_time_departures / total_flights", (0, 1)),
        ("STRING", "1 to 12", None),
        ("STRING", "reporting or marketing: of the newest raw file", ["reporting", "marketing"]),
        ("STRING", "On-Time, Minor, Moderate or Major", ["On-Time", "Minor", "Moderate", "Major"]),
        ("STRING", "A carrier, B weather, C national air system", ["A", "B", "C"]),
        ("STRING", "fail (a gate: it stops the publication) or warn", None),
        ("STRING", "Operated or branded code-share partners", None),
        ("BOOLEAN", "15 minutes late or more", None),
    ],
)
def test_words_of_a_column_say_its_values_or_do_not(kind, what, claimed):
    test = dbt_project.values(Column("column", kind, "", what, "", is_partition=False))
    [arguments] = [one["arguments"] for one in (test or {"none": {"arguments": None}}).values()]
    if isinstance(claimed, tuple):
        claimed = {"least": claimed[0], "most": claimed[1]}
    assert arguments == ({"values": claimed} if isinstance(claimed, list) else claimed)


def test_a_column_has_its_comment_and_what_is_claimed_of_null():
    columns = {column["name"]: column for column in _found(FLIGHTS)["columns"]}
    assert columns["departure_delay_minutes"] == {
        "name": "departure_delay_minutes",
        "description": "Minutes, negative when early; NULL if it did not depart",
        "data_type": "int",
    }
    assert columns["airline_id"]["data_tests"] == ["not_null"]  # Of the key, and no NULL is spoken of.
    weather = {column["name"]: column.get("data_tests", []) for column in _found(WEATHER_HOURLY)["columns"]}
    assert weather["source"] == ["not_null"] and weather["wind_direction_degrees"] == []
    code = {column["name"]: column.get("data_tests") for column in _found(AIRLINE_CANCELLATIONS_MONTHLY)["columns"]}
    assert code["cancellation_code"] == [{"accepted_values": {"arguments": {"values": ["A", "B", "C", "D"]}}}]


def test_every_table_that_an_analyst_asks_in_spark_is_a_source():
    sources = yaml.safe_load(dbt_project.sources(TABLES))["sources"]
    names = {f"{one['name']}.{table['name']}" for one in sources for table in one["tables"]}
    assert names == {one.name for one in TABLES if not one.name.startswith(FLIGHTS_REPORTING.database)} - {
        AUDIT.name,
        LIVE_FLIGHTS_MOVING.name,
    }


def test_the_project_comes_in_by_the_door_of_these_settings(tmp_path):
    assert {path.relative_to(tmp_path).as_posix() for path in _written(tmp_path)} == {*OURS, *dbt_project.YOURS}
    door = yaml.safe_load((tmp_path / "profiles.yml").read_text())["aero"]["outputs"]["spark"]
    assert (door["host"], door["port"]) == (load_settings().host("SPARK_THRIFT"), load_settings().port("SPARK_THRIFT"))


def test_said_again_what_is_ours_is_new_and_what_is_the_user_s_stays(tmp_path):
    _written(tmp_path)
    for name in (*OURS, *dbt_project.YOURS):
        with (tmp_path / name).open("a") as file:
            file.write("# changed\n")
    assert {path.relative_to(tmp_path).as_posix() for path in _written(tmp_path)} == set(OURS)
    changed = {name for name in (*OURS, *dbt_project.YOURS) if "# changed" in (tmp_path / name).read_text()}
    assert changed == set(dbt_project.YOURS)


@pytest.mark.parametrize("name", OURS)
def test_a_file_that_another_wrote_is_not_replaced_nor_anything_written(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("version: 2\n")
    with pytest.raises(AeroError, match="this command did not write it"):
        _written(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / name]


def test_the_command_names_what_it_wrote(tmp_path):
    shown = CliRunner().invoke(main, ["tables", FLIGHTS.name, "--as-dbt", str(tmp_path / "flights")])
    assert shown.exit_code == 0 and str(tmp_path / "flights" / "profiles.yml") in shown.output.replace("\n", "")
    [source] = yaml.safe_load((tmp_path / "flights" / dbt_project.SOURCES).read_text())["sources"]
    assert [table["name"] for table in source["tables"]] == [FLIGHTS.table]
