import json
import re

import build_views
import orc_stripes
import pytest
from click.testing import CliRunner
from py4j.protocol import Py4JError

from aero import load_plan
from aero.datasets import AIRLINE_DELAYS_MONTHLY, CANCELLATIONS_MONTHLY, FLIGHT_STATISTICS_DAILY
from aero.errors import AeroError
from aero.load_plan import ViewLoad

TWO_MONTHS = [[1, "/c"], [2, "/d"]]
JANUARY = ((1, "/flights/load=5d2e"),)
FEBRUARY = (2, "/flights/load=77aa")


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
        {"view": "flight_statistics_daily", "year": 2013, "month": 1, "location": "/a", "made_from": [[1, "/c"]]},
        {
            "view": "airline_delays_monthly",
            "year": 2013,
            "month": None,
            "location": "/b",
            "made_from": [[1, "/c"], [2, "/d"]],
        },
    )

    assert load_plan.read(path, ViewLoad) == [
        ViewLoad(FLIGHT_STATISTICS_DAILY, 2013, 1, "/a", ((1, "/c"),)),
        ViewLoad(AIRLINE_DELAYS_MONTHLY, 2013, None, "/b", ((1, "/c"), (2, "/d"))),
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

    line = build_views.build(spark, ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, str(place), JANUARY))

    assert line == "aero_batch.cancellations_monthly year=2013: 2 rows"
    inputs = json.loads((place / "_inputs.json").read_text())
    assert inputs["months"] == [{"month": 1, "flights": "/flights/load=5d2e", "stripes": 1}]
    assert [row["cancellation_code"] for row in spark.read.orc(str(place)).collect()] == [None, "B"]
    assert names(place.parent) == ["load=8c1f"]


def test_build_replaces_what_a_killed_run_left_beside_the_place(spark, flights, tmp_path):
    left = tmp_path / "year=2013" / "_loading-8c1f"
    left.mkdir(parents=True)
    (left / "part-0.orc").write_text("half of a file")

    build_views.build(spark, ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, f"{left.parent}/load=8c1f", JANUARY))

    assert names(left.parent) == ["load=8c1f"]
    assert spark.read.orc(f"{left.parent}/load=8c1f").count() == 2


def test_build_does_nothing_where_the_rows_are_already(spark, flights, tmp_path):
    place = tmp_path / "load=8c1f"
    place.mkdir()

    line = build_views.build(spark, ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, str(place), JANUARY))

    assert line == "aero_batch.cancellations_monthly year=2013: is there already"
    assert names(place) == []


@pytest.fixture
def before(spark, flights, tmp_path):
    """The folder of a load of January, beside which February is added."""
    folder = tmp_path / "year=2013" / "load=1"
    build_views.build(spark, ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, str(folder), JANUARY))
    spark.sql("INSERT INTO aero_clean.flights SELECT * EXCEPT (month), 2 AS month FROM aero_clean.flights")
    return folder


def built_beside(spark, before):
    """What building January and February beside a load prints; the rows of both are there, in one file."""
    place = before.with_name("load=2")
    line = build_views.build(spark, ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, str(place), (*JANUARY, FEBRUARY)))
    rows = spark.read.orc(str(place)).collect()
    assert [(row["month"], row["cancellation_code"]) for row in rows] == [(1, None), (1, "B"), (2, None), (2, "B")]
    assert names(place) == ["_inputs.json", "part-00000.orc"]
    return line


def test_a_month_that_is_beside_the_place_is_not_made_of_flights_again(spark, before, monkeypatch):
    asked, statement = [], ViewLoad.statement
    monkeypatch.setattr(ViewLoad, "statement", lambda load, months: asked.append(months) or statement(load, months))

    line = built_beside(spark, before)

    assert asked == [[2]]
    assert line == "aero_batch.cancellations_monthly year=2013: 4 rows, 1 of 2 months taken over"


def of_another(change):
    """A function that changes what a load says of itself."""

    def changes(spark, before):
        inputs = json.loads((before / "_inputs.json").read_text())
        (before / "_inputs.json").write_text(json.dumps(change(inputs)))
        (before / "._inputs.json.crc").unlink()

    return changes


def cut(spark, before):
    path = before / "part-00000.orc"
    path.write_bytes(path.read_bytes()[:100])
    (before / ".part-00000.orc.crc").unlink()


def of_another_writer(spark, before):
    rows = spark.read.orc(str(before)).localCheckpoint()
    rows.write.mode("overwrite").option("compression", "zlib").orc(f"{before}-zlib")
    [file] = before.with_name("load=1-zlib").glob("*.orc")
    file.rename(before / "part-00000.orc")
    (before / ".part-00000.orc.crc").unlink()


@pytest.mark.parametrize(
    "changed",
    [
        of_another(lambda inputs: inputs | {"definition": "of before"}),
        of_another(lambda inputs: inputs | {"months": [inputs["months"][0] | {"flights": "/flights/load=other"}]}),
        of_another(lambda inputs: ["/flights/load=5d2e"]),
        of_another(lambda inputs: {}),
        of_another(lambda inputs: inputs | {"months": [inputs["months"][0] | {"stripes": 2}]}),
        cut,
        of_another_writer,
        lambda spark, before: (before / "part-00000.orc").unlink(),
        lambda spark, before: (before / "_inputs.json").unlink(),
        lambda spark, before: (before / "_inputs.json").write_text("not what its checksum says"),
    ],
    ids="SQL,flights,old inputs,no inputs,stripes,cut,another writer,file gone,inputs gone,inputs unreadable".split(
        ","
    ),
)
def test_a_load_beside_the_place_that_is_of_something_else_or_broken_gives_no_month(spark, before, changed):
    changed(spark, before)

    assert built_beside(spark, before) == "aero_batch.cancellations_monthly year=2013: 4 rows"


def test_a_month_that_was_kept_when_the_others_were_made_is_not_lost_when_it_cannot_be_read_again(
    spark, before, monkeypatch
):
    of_name, looked = build_views.read_text, []

    def read_once(spark, path):
        looked.append(path)
        if len(looked) > 1:
            raise ValueError("it is gone")
        return of_name(spark, path)

    monkeypatch.setattr(build_views, "read_text", read_once)
    load = ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, str(before.with_name("load=2")), (*JANUARY, FEBRUARY))

    assert build_views.build_all(spark, [load]) == []

    assert sorted(row["month"] for row in spark.read.orc(load.location).collect()) == [1, 1, 2, 2]


def test_a_month_of_two_files_is_whole_where_another_month_has_none(spark, flights, tmp_path):
    spark.sql("INSERT INTO aero_clean.flights SELECT * FROM aero_clean.flights")
    load = ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, f"{tmp_path}/load=1", (*JANUARY, FEBRUARY))

    assert build_views.build_all(spark, [load]) == []

    rows = spark.read.orc(load.location).collect()
    assert [(row["month"], row["total_flights"]) for row in rows] == [(1, 2), (1, 2)]


def test_build_refuses_an_empty_view_and_leaves_nothing(spark, flights, tmp_path):
    place = tmp_path / "year=2012" / "load=8c1f"

    with pytest.raises(AeroError, match="aero_clean.flights has no flights there"):
        build_views.build(spark, ViewLoad(CANCELLATIONS_MONTHLY, 2012, None, str(place), JANUARY))

    assert names(place.parent) == []


def test_build_all_goes_on_after_a_failure_and_returns_what_failed(spark, flights, tmp_path, capsys):
    failed = build_views.build_all(
        spark,
        [
            ViewLoad(
                AIRLINE_DELAYS_MONTHLY, 2013, None, f"{tmp_path}/airline", JANUARY
            ),  # Its columns are not in this table.
            ViewLoad(FLIGHT_STATISTICS_DAILY, 2013, 1, f"{tmp_path}/daily", JANUARY),
            ViewLoad(CANCELLATIONS_MONTHLY, 2012, None, f"{tmp_path}/2012", JANUARY),
            ViewLoad(CANCELLATIONS_MONTHLY, 2013, None, f"{tmp_path}/2013", JANUARY),
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
    assert re.search(
        r"airline_delays_monthly year=2013: failed: .*Binder Error: Referenced column .* not found", printed.err
    )
    assert names(tmp_path) == ["2013", "clean"]


class HalfWritten:
    """What ORC's writer is after HDFS had no room for it."""

    is_closed = False

    def close(self):
        self.is_closed = True
        raise Py4JError("Column has wrong number of index entries found: 0 expected: 1")


def test_what_is_raised_is_why_a_file_was_not_written_and_not_what_its_closing_says():
    writer = HalfWritten()
    with pytest.raises(Py4JError, match="no room"), orc_stripes.finished(writer):
        raise Py4JError("no room")
    assert writer.is_closed
    with pytest.raises(Py4JError, match="wrong number"), orc_stripes.finished(writer):
        pass
