"""The job as it is started: a plan in, folders of ORC and reports out, on the local file system."""

import gzip
import json

import clean_flights
import load_folders
import pytest
from click.testing import CliRunner
from pyspark.sql import functions as F

from aero.errors import AeroError
from aero.load_plan import RawMonth
from aero.ops import checks
from aero.ops.profile import PROFILE, Profile
from tests.jobs.bts_rows import header, line

ZONES = {"JFK": "America/New_York", "LAX": "America/Los_Angeles"}


@pytest.fixture
def raw(tmp_path):
    """A function that writes a raw file of July 2013, if it is given lines, and returns its entry of a plan."""

    def entry(file="july.csv", lines=(), **changes):
        path = tmp_path / file
        text = "".join(f"{text}\n" for text in lines).encode()
        path.write_bytes(gzip.compress(text) if file.endswith(".gz") else text)
        known = {"year": 2013, "month": 7, "path": path.as_uri(), "file": file}
        return known | {"family": "reporting", "layout": "reporting", "load_id": "load-1"} | changes

    return entry


@pytest.fixture
def run(spark, tmp_path):
    """A function that runs the job on a plan, below a folder of the test's own."""

    def main(*plan, parallel=2):
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        lake = (tmp_path / "lake").as_uri()
        return CliRunner().invoke(
            clean_flights.main, ["--plan", str(tmp_path / "plan.json"), "--prefix", lake, "--parallel", parallel]
        )

    return main


@pytest.fixture
def clean(spark, tmp_path):
    """A function that cleans one month and returns its report."""

    def of(month):
        header, lines = clean_flights.read_lines(spark, month)
        [(_, report)] = clean_flights.clean_file(spark, header, lines, [month], ZONES, (tmp_path / "lake").as_uri())
        return report

    return of


def folder(tmp_path, table="flights", month="07", load="load-1"):
    return tmp_path / "lake" / "aero" / "clean" / table / "year=2013" / f"month={month}" / f"load={load}"


def lines_of(count, **changes):
    return [line(Flight_Number_Reporting_Airline=str(number), **changes) for number in range(1, count + 1)]


def test_a_plan_becomes_folders_with_reports_and_a_second_run_changes_nothing(spark, run, raw, tmp_path):
    good, bad = lines_of(3), line(DepDelay="abc")
    june = raw("june.csv", [header(), line(FlightDate="2013-06-15", Month="6")], month=6)
    plan = [raw("july.csv.gz", [header(), *good, "", bad]), june]

    first, second = run(*plan), run(*plan)

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert "2013-07: 4 rows, 3 clean, 1 quarantined (untypable 1)" in first.output
    assert sorted(second.output.splitlines()) == ["2013-06: was complete before", "2013-07: was complete before"]
    report = json.loads((folder(tmp_path) / "_report.json").read_text())
    assert report.pop("measures")["cancelled_share"] == 0 and report.pop("checks") == checks.version()
    assert Profile.from_json((folder(tmp_path) / PROFILE).read_text()).rows == 3
    assert report == {
        "rows_in": 4,
        "rows_clean": 3,
        "rows_quarantined": 1,
        "reasons": {"untypable": 1},
        "unknown_zones": [],
        "load_id": "load-1",
        "source_file": "july.csv.gz",
    }
    flights = spark.read.orc(str(folder(tmp_path)))
    assert sorted(flights.select("flight_number", "source_line").collect()) == [("1", 2), ("2", 3), ("3", 4)]
    refused = spark.read.orc(str(folder(tmp_path, "flights_quarantine"))).select("reason", "line", "source_line")
    assert refused.collect() == [("untypable", bad, 6)]
    assert list(folder(tmp_path, "flights_quarantine", month="06").glob("*.orc")) == []
    assert len(list(folder(tmp_path).glob("*.orc"))) == 1
    assert list((tmp_path / "lake").rglob("_loading-*")) == []


def test_the_days_of_a_flight_follow_each_other_in_one_small_file(spark, clean, raw, tmp_path):
    days = [(number, day) for number in ("2", "1") for day in (3, 1, 2)]
    dates = [{"FlightDate": f"2013-07-0{day}", "DayofMonth": str(day)} for _, day in days]
    lines = [line(Flight_Number_Reporting_Airline=number, **date) for (number, _), date in zip(days, dates)]

    clean(RawMonth(**raw(lines=[header(), *lines, line(Flight_Number_Reporting_Airline="3", Dest='"BOS"')])))

    (file,) = folder(tmp_path).glob("*.orc")
    rows = spark.read.orc(str(file)).select("destination_id", "flight_number", F.day("flight_date")).collect()
    assert rows == [("BOS", "3", 15), *(("LAX", *one) for one in sorted(days))]
    orc, hadoop = spark._jvm.org.apache.orc.OrcFile, spark._jsc.hadoopConfiguration()
    footer = orc.createReader(spark._jvm.org.apache.hadoop.fs.Path(str(file)), orc.readerOptions(hadoop))
    assert (footer.getFileVersion().getName(), footer.getCompressionSize()) == ("0.11", 256 * 1024)


def test_killed_between_two_moves_the_next_run_cleans_what_is_not_complete(run, raw, tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    places, into_place = [], load_folders.move

    def move(spark, source, place):
        places.append(place)
        if len(places) == 4:  # July's flights: its quarantine is in its place already, and June is complete.
            monkeypatch.setattr(load_folders, "delete", lambda *_: None)  # Who is killed clears nothing away.
            raise Killed
        into_place(spark, source, place)

    june = raw("june.csv", [header(), line(FlightDate="2013-06-15", Month="6")], month=6)
    plan = [june, raw("july.csv", [header(), *lines_of(2), line(DepDelay="abc")])]
    with monkeypatch.context() as during:
        during.setattr(load_folders, "move", move)
        with pytest.raises(Killed):
            run(*plan, parallel=1)
    monkeypatch.undo()
    assert (folder(tmp_path, month="06") / "_report.json").exists() and not folder(tmp_path).exists()
    assert list((tmp_path / "lake").rglob("_loading-*"))

    assert "2013-07: 3 rows, 2 clean, 1 quarantined" in (again := run(*plan).output)
    assert "2013-06: was complete before" in again
    assert list((tmp_path / "lake").rglob("_loading-*")) == []


def test_a_month_that_fails_is_named_and_stops_no_other(run, raw, tmp_path):
    unknown = raw("june.csv", [header().replace("DepDelay,", "Lateness,")], month=6)
    absent = raw(month=5) | {"path": (tmp_path / "absent.csv").as_uri()}
    empty = raw("april.csv", month=4)
    # It ends in the middle, which only who reads it to its end finds: the batch fails, and goes on month by month.
    cut = raw("march.csv.gz", [header(), *lines_of(5000)], month=3)
    packed = (tmp_path / "march.csv.gz").read_bytes()
    (tmp_path / "march.csv.gz").write_bytes(packed[: len(packed) // 2])

    result = run(unknown, absent, empty, cut, raw("july.csv", [header(), *lines_of(1)]))

    assert result.exit_code == 1
    assert "4 of 5 months failed" in result.output
    reasons = {"06": "Lateness", "05": "absent.csv", "04": "the file is empty", "03": "march.csv.gz"}
    assert "Unexpected end of input stream" in result.output
    for month, why in reasons.items():
        assert any(f"2013-{month}: " in text and why in text for text in result.output.splitlines())
        assert not folder(tmp_path, month=month).exists()
    assert (folder(tmp_path) / "_report.json").exists()


def test_what_a_worker_says_names_the_month(spark, raw, tmp_path):
    month = RawMonth(**raw("july.csv", [header(), *lines_of(2)]))

    failed = clean_flights.clean_months(spark, [month], ZONES | {"JFK": "America/Nowhere"}, 1, str(tmp_path / "lake"))

    assert len(failed) == 1 and failed[0].startswith("2013-07: ") and "America/Nowhere" in failed[0]


def test_a_lost_row_is_an_error_and_leaves_nothing(clean, raw, tmp_path, monkeypatch):
    month = RawMonth(**raw("july.csv", [header(), *lines_of(2)]))
    monkeypatch.setattr(clean_flights.orc_stripes, "rows", lambda spark, file: 1)

    with pytest.raises(AeroError, match="july.csv: 2 lines of 2013-07, but 1 clean and 0 quarantined"):
        clean(month)

    assert [path for path in (tmp_path / "lake").rglob("*") if path.is_file()] == []


def bytes_read(spark):
    """Of all local files, by this process."""
    every = spark._jvm.org.apache.hadoop.fs.FileSystem.getAllStatistics()
    return sum(statistics.getBytesRead() for statistics in every)


def kept(spark):
    """What is kept of what was read, by any test."""
    return set(spark.sparkContext._jsc.getPersistentRDDs())


def test_a_years_file_is_read_once_for_its_twelve_months_and_each_has_its_lines(spark, run, raw, tmp_path):
    months = range(1, 13)
    good = [
        line("dataexpo", Year="2008", Month=str(month), DayofMonth=str(day), DayOfWeek="")
        for day in range(1, 4)
        for month in months
    ]
    texts = [header("dataexpo"), *good, line("dataexpo", Year="2008", Month="12", DepDelay="abc"), "nonsense"]
    # Blank lines are cheap, and make the file larger by far than all that is written and read again.
    entries = [
        raw(
            "2008.csv",
            [*texts, *[" " * 999] * 10_000],
            year=2008,
            month=month,
            layout="dataexpo",
            load_id=f"of-{month}",
        )
        for month in months
    ]
    size, before, kept_before = (tmp_path / "2008.csv").stat().st_size, bytes_read(spark), kept(spark)

    result = run(*entries)

    # A second time were 10 MB: a month each was read for its flights, and each once more for its refused lines.
    assert size <= bytes_read(spark) - before < 1.5 * size
    assert result.exit_code == 0, result.output
    assert "2008-01: 4 rows, 3 clean, 1 quarantined" in result.output  # The line that tells no month is its.
    assert "2008-12: 4 rows, 3 clean, 1 quarantined (untypable 1)" in result.output
    for month in months:
        place = tmp_path / "lake/aero/clean/flights" / f"year=2008/month={month:02d}/load=of-{month}"
        rows = spark.read.orc(str(place)).select("source_line", F.day("flight_date"), "load_id", "source_file")
        assert sorted(map(tuple, rows.collect())) == [
            (12 * day - 11 + month, day, f"of-{month}", "2008.csv") for day in range(1, 4)
        ]
    assert kept(spark) == kept_before


def test_an_airport_without_a_zone_is_reported(clean, raw):
    month = RawMonth(**raw("july.csv", [header(), *lines_of(2, Dest="QQQ")]))

    report = clean(month)

    assert (report["rows_clean"], report["unknown_zones"]) == (2, ["QQQ"])


@pytest.mark.parametrize("file", ["july.csv", "july.csv.gz"])
def test_a_file_is_read_whole_by_one_task_and_its_lines_are_numbered(spark, raw, file):
    month = RawMonth(**raw(file, [header(), *lines_of(3000)]))
    # Small enough to be cut in a hundred pieces, were it not for the job.
    spark.conf.set("spark.sql.files.maxPartitionBytes", "10k")
    spark.conf.set("spark.sql.files.openCostInBytes", "1k")

    _, lines = clean_flights.read_lines(spark, month)

    assert lines._jdf.rdd().getNumPartitions() == 1
    assert [row.source_line for row in lines.collect()] == list(range(2, 3002))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[{}]", "cannot be read"),
        ("no json", "cannot be read"),
        ('[{"year": 2013, "month": 7, "color": "red"}]', "color"),
    ],
)
def test_a_plan_that_is_none_is_an_error_naming_it(tmp_path, text, fault):
    (tmp_path / "plan.json").write_text(text)

    with pytest.raises(AeroError, match=f"plan.json: .*{fault}"):
        clean_flights.read_plan(tmp_path / "plan.json")


def test_a_month_twice_in_a_plan_is_an_error_naming_it(tmp_path, raw):
    (tmp_path / "plan.json").write_text(json.dumps([raw("a.csv"), raw("b.csv")]))

    with pytest.raises(AeroError, match="2013-07 is there more than once"):
        clean_flights.read_plan(tmp_path / "plan.json")
