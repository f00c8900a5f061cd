"""What grows in half an hour is told, and what only takes its heap at the begin is not."""

import json
import os
from contextlib import ExitStack

import psutil
import pytest

from bench.soak import page, samples


def sample(minute, **differing):
    whole = {
        "memory_mb": {"hbase": 900, "stream": 700},
        "handles": {"hbase": 400},
        "threads": {"hbase": 200},
        "regions": {"HBase": 12},
        "checkpoint": {"files": 210, "KiB": 300},
        "latency": {"p50": 1.1, "p95": 2.0},
    }
    return {"minute": minute, **{name: values | differing.get(name, {}) for name, values in whole.items()}}


def half_an_hour(of=lambda minute: {}):
    return [sample(minute, **of(minute)) for minute in range(30)]


def test_what_stays_as_it_is_or_fills_in_the_first_third_does_not_grow():
    assert page.growing(half_an_hour()) == []
    assert page.growing(half_an_hour(lambda minute: {"memory_mb": {"hbase": min(900, 300 + 100 * minute)}})) == []


@pytest.mark.parametrize(
    ("measure", "name", "value"),
    [
        ("memory_mb", "stream", lambda minute: 700 + 20 * minute),
        ("handles", "hbase", lambda minute: 400 + 10 * minute),
        ("threads", "hbase", lambda minute: 200 + 5 * minute),
        ("regions", "HBase", lambda minute: 12 + minute // 2),
        ("checkpoint", "files", lambda minute: 210 + 20 * minute),
        ("latency", "p95", lambda minute: 2.0 + minute / 5),
    ],
)
def test_each_measure_that_grows_is_named_and_one_that_goes_down_is_not(measure, name, value):
    [found] = page.growing(half_an_hour(lambda minute: {measure: {name: value(minute)}}))
    assert found.startswith(f"{page.MEASURES[measure][0]}, {name}: ")
    assert page.growing(half_an_hour(lambda minute: {measure: {name: value(30 - minute)}})) == []


def test_what_one_sample_lacks_is_left_out_of_its_line():
    found = half_an_hour()
    found[3]["latency"], found[4]["regions"] = {}, {"HBase": None}
    assert len(page.series(found, "latency")["p50"]) == len(page.series(found, "regions")["HBase"]) == 29
    assert page.growing(found) == []


def test_the_page_has_each_line_what_grows_and_the_plot(tmp_path):
    result = {"when": "2026-11-29T09:00:00+00:00", "commit": "0123456789abcdef", "rate": 200, "minutes": 30,
              "sent": 360_000, "samples": half_an_hour(lambda minute: {"regions": {"HBase": 12 + minute}})}  # fmt: skip
    written, kept, picture = (tmp_path / name for name in ("survival.md", "soak.json", "soak.png"))
    written.write_text("By hand.\n<!-- soak: begin --><!-- soak: end -->\n")
    kept.write_text(json.dumps(result))
    page.write(written, kept, picture)
    said = written.read_text()
    assert (
        "| memory, MiB: hbase | 900 | 900 |" in said
        and "What grows: regions, HBase: 26.5 in the second third, 36.5 in the last" in said
    )
    assert picture.read_bytes().startswith(b"\x89PNG") and said.startswith("By hand.\n")


def test_the_page_as_it_is_committed_is_that_of_the_run_that_is_kept(tmp_path):
    written = tmp_path / "survival.md"
    written.write_text(page.PAGE.read_text())
    page.write(written, picture=tmp_path / "soak.png")
    assert written.read_text() == page.PAGE.read_text()


def test_what_processes_hold_together_is_counted():
    here = psutil.Process()
    before = samples.held({"one": [here], "two": [here, here], "away": []})
    assert set(before["memory_mb"]) == {"one", "two"} and before["threads"]["two"] == 2 * before["threads"]["one"]
    with ExitStack() as opened:
        for _ in range(50):
            opened.enter_context(open(os.devnull))
        assert samples.held({"one": [here]})["handles"]["one"] == before["handles"]["one"] + 50


def test_latency_is_of_two_or_more():
    assert samples.latency([]) == {} == samples.latency([3.0])
    assert samples.latency([float(one) for one in range(1, 101)]) == {"p50": 50.5, "p95": 95.05}
