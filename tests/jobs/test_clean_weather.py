"""The weather's job, by Spark: files in, folders of months out."""

import json

import clean_weather
from pyarrow import orc

from aero import load_plan
from aero.datasets import WEATHER_HOURLY, WEATHER_QUARANTINE
from aero.load_plan import WeatherYear
from tests.data.weather import file_of, global_hourly

LGA, JFK = "72503014732", "74486094789"


def test_months_of_several_files_become_folders_with_their_report(spark, tmp_path, capsys):
    files = []
    for station, airport in ((LGA, "LGA"), (JFK, "JFK")):
        path = f"/aero/raw/weather/global_hourly/year=2013/{station}/landed=1/{station}.csv"
        (tmp_path / path[1:]).parent.mkdir(parents=True)
        lines = [global_hourly(STATION=station, DATE=f"2013-{month:02d}-01T00:51:00") for month in (1, 2, 3)]
        (tmp_path / path[1:]).write_bytes(file_of(*lines, global_hourly(STATION="none")))
        files.append((path, "global_hourly", {station: airport}))
    plan = tmp_path / "plan.json"
    load_plan.write(plan, [WeatherYear(2013, (1, 2), "aaaaaaaaaaaa-1", tuple(files))])

    clean_weather.run(spark, plan, tmp_path.as_uri())

    told = sorted(capsys.readouterr().out.splitlines())
    assert told == [
        "2013-01: 4 lines, 2 hours of 2 airports, 0 passed over, 2 refused (unknown_station 2)",
        "2013-02: 2 lines, 2 hours of 2 airports, 0 passed over, 0 refused",
    ]
    january = tmp_path / WEATHER_HOURLY.load_path("aaaaaaaaaaaa-1", 2013, 1)[1:]
    hours = orc.read_table(january / "part-00000.orc").to_pylist()
    assert [(row["airport_id"], row["temperature_celsius"], row["load_id"]) for row in hours] == [
        ("JFK", 4.4, "aaaaaaaaaaaa-1"), ("LGA", 4.4, "aaaaaaaaaaaa-1"),
    ]  # fmt: skip
    assert json.loads((january / "_report.json").read_text())["newest_hour_at"] == "2013-01-01 00:00:00+00:00"
    refused = tmp_path / WEATHER_QUARANTINE.load_path("aaaaaaaaaaaa-1", 2013, 1)[1:]
    assert orc.read_table(refused / "part-00000.orc")["reason"].to_pylist() == ["unknown_station"] * 2
    assert not (tmp_path / WEATHER_HOURLY.partition_path(2013, 3)[1:]).exists()
