"""Storms and holidays on charts over time: layers are there once however often it is synced, and charts show them."""

import json
import shutil
from dataclasses import replace
from datetime import date

import pytest

from aero.superset import annotations, assets, client, setup
from aero.superset.annotations import BY_DAY, BY_MONTH, HOLIDAYS

MARKED = {content["uuid"]: content for file in assets.files() if assets.layers_of(content := assets.read(file))}


@pytest.fixture(scope="module")
def superset(server):
    """The administrator of a Superset that was synced twice; between, somebody changed a layer."""
    own = {"SUPERSET_PORT": server.address.rpartition(":")[2]}
    settings = replace(server.settings, environment=server.settings.environment | own)
    superset = client.Superset(settings)
    setup.sync(settings)
    [number] = [one["id"] for one in _layers(superset) if one["name"] == BY_DAY]
    path = f"/api/v1/annotation_layer/{number}/annotation/"
    [nemo] = [one for one in _annotations(superset, number) if one["short_descr"].startswith("Nemo")]
    superset.ask("DELETE", f"{path}{nemo['id']}")
    more = {"short_descr": "No storm", "start_dttm": "2013-05-01T00:00:00", "end_dttm": "2013-05-02T00:00:00"}
    superset.ask("POST", path, json=more)
    setup.sync(settings)
    return superset


def _layers(superset):
    return superset.result("/api/v1/annotation_layer/", params=client.ALL)


def _annotations(superset, number):
    return annotations.annotations_of(superset, f"/api/v1/annotation_layer/{number}/annotation/")


def test_after_two_syncs_each_layer_and_each_annotation_is_there_once(superset):
    names = [one["name"] for one in _layers(superset)]
    assert [names.count(name) for name in annotations.layers()] == [1, 1, 1]
    numbers = {one["name"]: one["id"] for one in _layers(superset)}
    for name, wanted in annotations.layers().items():
        there = [one["short_descr"] for one in _annotations(superset, numbers[name])]
        assert sorted(there) == sorted(one.short_descr for one in wanted)


def test_a_chart_that_names_layers_has_their_numbers_in_what_it_shows_and_asks(superset):
    names = {one["id"]: one["name"] for one in _layers(superset)}
    charts = [one["id"] for one in superset.charts() if one["uuid"] in MARKED]
    assert len(charts) == len(MARKED)
    for chart in (superset.result(f"/api/v1/chart/{number}") for number in charts):
        shown = json.loads(chart["params"])["annotation_layers"]
        wanted = assets.layers_of(MARKED[chart["uuid"]])
        assert [one | {"value": names[one["value"]]} for one in shown] == wanted
        asked = json.loads(chart["query_context"] or "{}").get("queries", [])
        assert len(asked) == len(MARKED[chart["uuid"]].get("query_context", {}).get("queries", []))
        assert all(query["annotation_layers"] == shown for query in asked)


def test_numbers_of_this_superset_come_into_no_file(superset, tmp_path, monkeypatch):
    shutil.copytree(assets.FOLDER, tmp_path / "assets")
    monkeypatch.setattr(assets, "FOLDER", tmp_path / "assets")
    own = assets.files()
    assert [file for file in assets.take_over(superset.export_assets()) if file in own] == []


def test_an_event_stands_at_its_month_and_around_its_days_and_a_holiday_on_its_day():
    layers = {name: {one.short_descr: one for one in found} for name, found in annotations.layers().items()}
    assert layers[BY_MONTH]["Sandy"][2:] == ("2012-10-01T00:00:00", "2012-10-01T00:00:00")
    assert layers[BY_DAY]["Sandy"][2:] == ("2012-10-27T12:00:00", "2012-10-31T12:00:00")
    assert layers[BY_DAY]["Sandy"].long_descr.startswith("2012-10-28 to 2012-10-31: Hurricane")
    christmas = layers[HOLIDAYS]["Christmas Day 2013"]
    assert christmas.start_dttm == christmas.end_dttm == "2013-12-25T00:00:00"
    assert f"Christmas Day {date.today().year + 1}" in layers[HOLIDAYS]


def test_every_event_has_days_in_order_and_a_source():
    for name, found in annotations.layers().items():
        assert len({one.short_descr for one in found}) == len(found)
        assert all(one.start_dttm <= one.end_dttm for one in found)
        assert name == HOLIDAYS or all(one.long_descr.endswith(")") for one in found)
    assert not assets.layers_of({}) and MARKED
