import json

import build_views
import pytest
from click.testing import CliRunner

from aero import load_plan
from aero.datasets import AIRLINE_DELAYS_MONTHLY, CANCELLATIONS_MONTHLY, FLIGHT_STATISTICS_DAILY
from aero.errors import AeroError
from aero.load_plan import ViewLoad


@pytest.fixture
def flights(spark, tmp_path):
    """Two flights of 2013 in aero_clean.flights, with the columns that cancellations_monthly reads."""
    spark.sql(f"CREATE DATABASE aero_clean LOCATION '{tmp_path}/clean'")
    spark.sql("""
        CREATE TABLE aero_clean.flights USING orc AS
        SELECT DATE '2013-01-01' AS flight_date, 'UA' AS airline_id, 'EWR' AS origin_id, 'IAH' AS destination_id,
               code IS NOT NULL AS is_cancelled, code AS cancellation_code, 2013 AS year, 1 AS month
        FROM VALUES ('B'), (NULL) AS codes(code)
    """)
    yield
    spark.sql("DROP DATABASE aero_clean CASCADE")


@pytest.fixture(autouse=True)
def without_a_metastore(monkeypatch):
    """Spark knows `STORED AS ORC` only with a metastore; `USING orc` is the same writer."""
    statement = ViewLoad.statement
    monkeypatch.setattr(
        ViewLoad, "statement", lambda load, folder: statement(load, folder).replace("STORED AS ORC", "USING orc")
    )


@pytest.fixture
def plan(tmp_path):
    """A function that writes a plan and returns its path."""

    def write(*entries):
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(entries))
        return path

    return write


def names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_read_plan_gives_the_loads_in_order(plan):
    path = plan(
        {"view": "flight_statistics_daily", "year": 2013, "month": 1, "location": "/a", "made_from": ["/c"]},
        {"view": "airline_delays_monthly", "year": 2013, "month": None, "location": "/b", "made_from": ["/c", "/d"]},
    )

    assert load_plan.read(path, ViewLoad) == [
        ViewLoad(FLIGHT_STATISTICS_DAILY, 2013, 1, "/a", ("/c",)),
        ViewLoad(AIRLINE_DELAYS_MONTHLY, 2013, None, "/b", ("/c", "/d")),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"view": "delays"}, "there is no view `delays`"),
        ({"month": 1}, "aero_batch.airline_delays_monthly wants a year and no month"),
        ({"view": "flight_statistics_daily"}, "aero_batch.flight_statistics_daily wants a year and a month"),
        ({"place": "/a"}, "Give each entry exactly location, made_from, month, view, year"),
        ({"year": "last"}, "this plan cannot be read: .*last"),
    ],
)
def test_read_plan_names_the_entry_that_is_wrong(plan, change, message):
    right = {"view": "airline_delays_monthly", "year": 2013, "month": None, "location": "/a", "made_from": []}
    path = plan(right | change)

    with pytest.raises(AeroError, match=f"(?s)plan.json: .*{message}"):
        load_plan.read(path, ViewLoad)


def test_a_plan_that_is_absent_is_named(tmp_path):
    result = CliRunner().invoke(build_views.main, ["--plan", str(tmp_path / "none.json")])

    assert result.exit_code == 1
    assert "none.json: this plan cannot be read" in result.output


def test_build_leaves_the_rows_in_their_place_and_nothing_beside_it(spark, flights, tmp_path):
    place = tmp_path / "year=2013" / "load=8c1f"

    line = build_views.build(spark, ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, str(place), ("/flights/load=5d2e",)))

    assert line == "aero_batch.cancellations_monthly year=2013: 2 rows"
    assert json.loads((place / "_inputs.json").read_text()) == ["/flights/load=5d2e"]
    assert [row["cancellation_code"] for row in spark.read.orc(str(place)).collect()] == [None, "B"]
    assert names(place.parent) == ["load=8c1f"]


def test_build_replaces_what_a_killed_run_left_beside_the_place(spark, flights, tmp_path):
    left = tmp_path / "year=2013" / "_loading-8c1f"
    left.mkdir(parents=True)
    (left / "part-0.orc").write_text("half of a file")

    build_views.build(spark, ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, f"{left.parent}/load=8c1f"))

    assert names(left.parent) == ["load=8c1f"]
    assert spark.read.orc(f"{left.parent}/load=8c1f").count() == 2


def test_build_does_nothing_where_the_rows_are_already(spark, flights, tmp_path):
    place = tmp_path / "load=8c1f"
    place.mkdir()

    line = build_views.build(spark, ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, str(place)))

    assert line == "aero_batch.cancellations_monthly year=2013: is there already"
    assert names(place) == []


def test_build_refuses_an_empty_view_and_leaves_nothing(spark, flights, tmp_path):
    place = tmp_path / "year=2012" / "load=8c1f"

    with pytest.raises(AeroError, match="aero_clean.flights has no flights there"):
        build_views.build(spark, ViewLoad(CANCELLATIONS_MONTHLY, 2012, None, str(place)))

    assert names(place.parent) == []


def test_build_all_goes_on_after_a_failure_and_returns_what_failed(spark, flights, tmp_path, capsys):
    failed = build_views.build_all(
        spark,
        [
            ViewLoad(AIRLINE_DELAYS_MONTHLY, 2013, None, f"{tmp_path}/airline"),  # Its columns are not in this table.
            ViewLoad(FLIGHT_STATISTICS_DAILY, 2013, 1, f"{tmp_path}/daily"),
            ViewLoad(CANCELLATIONS_MONTHLY, 2012, None, f"{tmp_path}/2012"),
            ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, f"{tmp_path}/2013"),
        ],
    )

    assert failed == [
        "aero_batch.airline_delays_monthly year=2013",
        "aero_batch.flight_statistics_daily year=2013 month=01",
        "aero_batch.cancellations_monthly year=2012",
    ]
    printed = capsys.readouterr()
    assert printed.out == "aero_batch.cancellations_monthly year=2013: 2 rows\n"
    assert "aero_batch.cancellations_monthly year=2012: failed: aero_clean.flights has no flights there" in printed.err
    assert "UNRESOLVED_COLUMN" in printed.err
    assert names(tmp_path) == ["2013", "clean"]
