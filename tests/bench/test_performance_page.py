"""The page says what was measured: medians, ranges and ratios, and what stands beside them by hand stays."""

import json
import statistics

import pytest

from aero.datasets import REPOSITORY
from bench.performance import figures, page, plots
from bench.performance.engines import CHDB, DUCKDB, ENGINES, HIVE, SPARK

ROUNDS = {
    DUCKDB: [0.01, 0.02, 0.03, 0.02, 0.02],
    CHDB: [0.04, 0.04, 0.04, 0.04, 0.04],
    SPARK: [0.5, 0.3, 0.4, 0.9, 0.4],
    HIVE: [1.0, 1.2, 1.1, 3.0, 1.2],
}


def question(set_of, engines=ENGINES, factor=1):
    times = {one: {"first": 9.0, "seconds": [factor * each for each in ROUNDS[one]]} for one in engines}
    return {"set": set_of, "what": "Flights by year.", "rows": 7, "engines": times}


def load(seconds, size):
    return {"seconds": seconds, "bytes": size, "rows": {"in": 3_000_000}}


ABOUT = {
    "when": "2026-11-28T12:00:00+00:00",
    "commit": "0123456789abcdef",
    "rounds": 5,
    "load_average": 0.25,
    "minutes": 9.4,
    "machine": {"processor": "a processor", "processors": 2, "memory_gib": 24, "system": "Linux 6.1", "python": "3.11"},
    "versions": {"duckdb": "2.0.1"},
}
QUICK = ABOUT | {
    "name": "quick",
    "rows": 3_000_000,
    "months": ["2007-07", "2007-12"],
    "csv_bytes": 1_350_000_000,
    "loading": {"aero load": load(100.0, 60_000_000), DUCKDB: load(20.0, 90_000_000)},
    "questions": {
        "q0": question("ontime"),
        "q1": question("ontime", factor=4),
        "a01": question("analytics", (DUCKDB, CHDB, SPARK)),
    },
    "ladder": [
        {
            "name": "text",
            "seconds": [3.0, 4.0, 3.5],
            "read": 1_350_000_000,
            "files": 2,
            "stripes": 0,
            "bytes": 1_350_000_000,
        },
        {"name": "view", "seconds": [0.1, 0.1, 0.1], "read": 4_321, "files": 1, "stripes": 1, "bytes": 9_000_000},
    ],
}
LOADED = load(100.0, 1) | {"memory_mb": {"luigi": [90, 80, 80, 80, 81, 80, 80, 80, 80, 82]}}
ROW = {
    "months": 2,
    "loads": [LOADED | {"is_whole": True}],
    "replaced": {"seconds": 40.0, "stages": {"landing": 3.0, "cleaning": 25.0, "views": 7.0, "load": 1.0}},
    "commands": {"months": [1.5] * 5, "status": [0.5] * 5},
    "questions": {"q0": question("ontime", (SPARK, HIVE))},
    "memory_mb": {"metastore": 512, "namenode": 300},
    "disk_bytes": {"raw": 2_000_000_000, "clean": 500_000_000, "batch": 10_000_000},
}


def history(*whole):
    rows = [
        ROW | {"rows": (number + 1) * 10**6, "loads": [LOADED | {"is_whole": is_whole}]}
        for number, is_whole in enumerate(whole)
    ]
    return ABOUT | {"sizes": rows}


@pytest.fixture
def written(tmp_path):
    """A function that makes the page and a README of some results, and returns their texts."""

    def write(found):
        texts = []
        for name in ("performance.md", "README.md"):
            (tmp_path / name).write_text("above <!-- performance: begin -->old<!-- performance: end --> below")
        page.write(found, tmp_path / "performance.md", tmp_path / "README.md")
        for name in ("performance.md", "README.md"):
            texts.append((tmp_path / name).read_text())
        return texts

    return write


def row_of(text, begin):
    (line,) = [line for line in text.splitlines() if line.startswith(begin)]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_question_has_its_medians_ranges_and_ratios(written):
    text, _ = written({"quick": QUICK})
    assert row_of(text, "| q0 |") == [
        "q0", "Flights by year.", "7",
        "0.02 (0.01–0.03)", "0.04 (0.04–0.04)", "0.4 (0.3–0.9)", "1.2 (1–3)", "20.0", "10.0",
    ]  # fmt: skip
    assert row_of(text, "| a01 |")[6] == "not asked"


def test_a_set_has_its_means_sums_and_ratios(written):
    text, _ = written({"quick": QUICK})
    # Medians 0.4 and 1.6: their geometric mean is 0.8.
    assert row_of(text, f"| ontime | {SPARK} |") == ["ontime", SPARK, "0.8", "2", "20.0", "10.0"]
    assert f"| analytics | {HIVE} |" not in text


def test_loading_is_compared_with_duckdb(written):
    text, _ = written({"quick": QUICK})
    assert "All of it took 9 min." in text
    assert row_of(text, "| aero load |") == ["aero load", "100", "30,000", "5.0", "20.0"]


def test_each_rung_of_the_ladder_has_its_time_and_what_it_read(written):
    text, _ = written({"quick": QUICK})
    assert row_of(text, "| text |") == ["text", "3.5 (3–4)", "1,350,000,000", "2", "–", "1.350"]
    assert row_of(text, "| view |") == ["view", "0.1 (0.1–0.1)", "4,321", "1", "1", "0.009"]


def test_the_readme_has_the_figures_of_the_largest_size_and_what_is_around_stays(written):
    text, readme = written({"quick": QUICK, "full": QUICK | {"rows": 48_800_000}})
    assert readme.startswith("above <!-- performance: begin -->: of 48.8 million flights")
    assert "takes 0.8 s by Spark, 2.4 s by Hive and 0.04 s by DuckDB" in readme
    assert text.endswith("<!-- performance: end --> below") and "old" not in text + readme


def test_a_size_of_the_history_is_a_column_and_an_interrupted_load_is_marked(written):
    text, readme = written({"history": history(True, False)})
    assert row_of(text, "| most memory in each load: luigi, MiB |")[1:] == ["90"] * 2
    assert row_of(text, "| a month replaced, s |")[1:] == ["40", "40"]
    assert row_of(text, "| of it landed / cleaned / its views, s |")[1:] == ["3 / 25 / 7"] * 2
    assert row_of(text, f"| 1 ontime questions by {HIVE}, s |")[1:] == ["1.2", "1.2"]
    assert row_of(text, "| loading the rows beyond the size before, s |")[1:] == ["100", "100 \\*"]
    assert row_of(text, "| raw layer, GB |")[1:] == ["2.00", "2.00"]
    assert "old" in readme


def test_the_plots_are_files_beside_the_page_and_show_the_medians(written, tmp_path):
    written({"quick": QUICK, "history": history(True, True)})
    for name in ("performance_quick", "performance_quick_loading", "performance_history"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    (axes,) = plots.asking(QUICK).axes
    widths = sorted(bar.get_width() for bar in axes.patches)
    medians = [statistics.median(one) for one in ROUNDS.values()]
    assert widths == pytest.approx(sorted([*medians, *(4 * each for each in medians), *medians[:3]]))


def test_the_ratio_of_two_engines_is_that_of_their_medians_question_by_question():
    assert figures.ratio(QUICK["questions"], HIVE, DUCKDB, "ontime") == pytest.approx(60)


def test_the_pages_are_those_of_the_results_that_are_kept(tmp_path):
    found = page.results()
    copies = [tmp_path / name for name in ("performance.md", "README.md")]
    for copy, original in zip(copies, (page.PAGE, page.README)):
        copy.write_text(original.read_text())
    page.write(found, *copies)
    assert [copy.read_text() for copy in copies] == [page.PAGE.read_text(), page.README.read_text()]
    kept = {file.name for file in (REPOSITORY / "docs").glob("performance*.png")}
    assert {file.name for file in tmp_path.glob("*.png")} == kept


def test_results_are_read_by_name_and_those_never_made_are_left_out(tmp_path):
    (tmp_path / "full.json").write_text(json.dumps(QUICK))
    assert page.results(tmp_path) == {"full": QUICK}
