"""A folder of files of the kinds that people have, made of the repository's own rows: each has months of its own."""

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow
import pyarrow.compute as pc
from pyarrow import feather, orc, parquet

from aero.bts import LAYOUTS
from aero.bts_names import kinds
from aero.month import Month
from tests.luigi_tasks.exports import (
    CARRIER,
    EXPORTS,
    HFLIGHTS,
    KAGGLE_2009,
    NAMES,
    Export,
    Spell,
    _export,
    bare,
    decimal,
    rows_of,
    written,
)
from tests.luigi_tasks.packers import Files, in_two, tarred, zipped, zst
from tests.luigi_tasks.through_programs import by_hive, by_script, by_spreadsheet, told_twice, with_instants
from tests.samples import DATA

Rows = list[dict[str, str]]
# Where no clock is changed in spring, a clock of November at the other end is an hour wrong in summer.
NO_SUMMER_TIME = set("PHX TUS FLG YUM HNL OGG KOA LIH ITO SJU BQN PSE STT STX GUM".split())
# Of the days of which every month has one, and in which clocks are nowhere changed.
FLIGHTS = [
    one
    for one in rows_of(DATA / "bts" / "reporting_2019_11.csv")
    if 8 <= int(one["DayofMonth"]) <= 28 and not NO_SUMMER_TIME & {one["Origin"], one["Dest"]}
]
FIRST, LAST = Month(1997, 1), Month(2017, 12)
EXACT = Export({name: (name, str) for name in NAMES})
# PREZIP of before 2012 had other names, no numbers of airports, and told of two diversions.
OLD_NAMES = {
    CARRIER: "UniqueCarrier", "DOT_ID_Reporting_Airline": "AirlineID", "IATA_CODE_Reporting_Airline": "Carrier",
    "Tail_Number": "TailNum", "Flight_Number_Reporting_Airline": "FlightNum",
}  # fmt: skip
NOT_OF_OLD = ("AirportID", "AirportSeqID", "CityMarketID", *(f"Div{number}" for number in (3, 4, 5)))
OLD = Export({OLD_NAMES.get(name, name): (name, str) for name in NAMES if not any(lack in name for lack in NOT_OF_OLD)})
EXPO_NAMES = {"UniqueCarrier": CARRIER, "FlightNum": "Flight_Number_Reporting_Airline", "TailNum": "Tail_Number"}


def flights(month: Month) -> Rows:
    """The rows as of another month."""
    rows = []
    for row in FLIGHTS:
        day = date(*month, int(row["DayofMonth"]))
        told = {"Year": day.year, "Quarter": (day.month + 2) // 3, "Month": day.month, "DayOfWeek": day.isoweekday()}
        rows.append(row | {name: str(value) for name, value in told.items()} | {"FlightDate": day.isoformat()})
    return rows


@dataclass(frozen=True)
class Kind:
    """Files of one kind: `make` gives them, by name, for a month or more; `columns` of 109 that they tell. It has the
    name by which `aero inspect` calls the file, or the folder."""

    name: str
    months: tuple[Month, ...]
    make: Callable[[Rows], Files]
    columns: int = 109


def _as(export: Export, name: str, pack: Callable[[bytes], bytes] = bytes) -> Callable[[Rows], Files]:
    return lambda rows: {name: pack(written(export, rows))}


def _with_dates(spelling: str) -> Export:
    columns = _export(KAGGLE_2009).columns
    return Export(columns | {"FL_DATE": ("FlightDate", _dates(spelling))})


def _dates(spelling: str) -> Spell:
    return lambda text: datetime.fromisoformat(text).strftime(spelling)


def _expo(separator: str = ",", end: str = "\n", none: str = "NA", **spelled: Spell) -> Export:
    def spell(text: str) -> str:
        return text.removesuffix(".00") or none

    columns = {name: (EXPO_NAMES.get(name, name), spelled.get(name, spell)) for name in LAYOUTS["dataexpo"].columns}
    return Export(columns, separator, end)


def _by_excel(rows: Rows) -> Files:
    """PREZIP's own names, but dates and clocks as Excel writes them, and its empty rows at the end."""
    clocks = {name: (name, bare) for name in NAMES if kinds().get(name) == "clock"}
    export = Export(EXACT.columns | clocks | {"FlightDate": ("FlightDate", _dates("%m/%d/%Y"))}, end="\r\n")
    return {"by_excel.csv": written(export, rows) + (b"," * (len(NAMES) - 1) + b"\r\n") * 3}


def _columns(rows: Rows, names: tuple[str, ...] = NAMES, index: bool = False) -> pyarrow.Table:
    numbers = {"__index_level_0__": [str(number) for number in range(len(rows))]} if index else {}
    return pyarrow.table({name: [row[EXPO_NAMES.get(name, name)] for row in rows] for name in names} | numbers)


def _parquet(table: pyarrow.Table) -> bytes:
    parquet.write_table(table, packed := pyarrow.BufferOutputStream())
    return packed.getvalue().to_pybytes()


def _with_its_index(rows: Rows) -> Files:
    return {"by_pandas.parquet": _parquet(_columns(rows, index=True))}


def _feather(rows: Rows) -> Files:
    """As Polars and pandas type them: categories, decimals, days with a zone."""
    table = _columns(rows)
    days = pyarrow.array([datetime.fromisoformat(row["FlightDate"]) for row in rows], pyarrow.timestamp("ns"))
    typed = {
        "FlightDate": pc.assume_timezone(days, "America/New_York"),
        "Origin": table["Origin"].dictionary_encode(),
        "Distance": table["Distance"].cast(pyarrow.decimal128(9, 2)),
    }
    for name, column in typed.items():
        table = table.set_column(table.column_names.index(name), name, column)
    feather.write_feather(table, packed := pyarrow.BufferOutputStream())
    return {"by_polars.feather": packed.getvalue().to_pybytes()}


def _headed_once(rows: Rows) -> Files:
    header, *lines = written(EXACT, rows).splitlines(keepends=True)
    return {"headed_once/part-00000": b"".join([header, *lines[::2]]), "headed_once/part-00001": b"".join(lines[1::2])}


def _orc(rows: Rows) -> Files:
    orc.write_table(_columns(rows), packed := pyarrow.BufferOutputStream())
    return {"by_spark.orc": packed.getvalue().to_pybytes()}


def _parts(rows: Rows) -> Files:
    pieces = {f"spark/part-0000{number}-6f.c000.snappy.parquet": rows[number::2] for number in (0, 1)}
    return {name: _parquet(_columns(piece)) for name, piece in pieces.items()}


def _partitions(rows: Rows) -> Files:
    names = tuple(name for name in LAYOUTS["dataexpo"].columns if name not in ("Year", "Month"))
    return {
        f"duckdb/Year={month.year}/Month={month.month}/data_0.parquet": _parquet(
            _columns([row for row in rows if row["Month"] == str(month.month)], names)
        )
        for month in (Month(2005, 1), Month(2005, 2))
    }


def _row_names(rows: Rows) -> Files:
    """As R's write.table has them: a number before each row, and no name of it in the header."""
    header, *lines = written(_export(HFLIGHTS), rows).splitlines()
    return {"by_r.csv": b"\n".join([header, *(b'"%d",%s' % (number, line) for number, line in enumerate(lines, 1))])}


def _one_behind_the_other(rows: Rows) -> Files:
    months = sorted({row["FlightDate"][:7] for row in rows})
    return {"cat.csv": b"".join(written(EXACT, [r for r in rows if r["FlightDate"][:7] == one]) for one in months)}


def _thrice(rows: Rows) -> Files:
    content = written(EXACT, rows)
    name = "twice/On_Time_Performance_2015_12"
    return {f"{name}.csv": content} | {
        f"{name}{more}.zip": zipped({"2015_12.csv": content, "readme.html": b"<html>"}) for more in ("", " (1)")
    }


def _months(*texts: str) -> tuple[Month, ...]:
    return tuple(Month.parse(text) for text in texts)


def _by_windows(csv: bytes) -> bytes:
    return zipped({"d\\": b"", "d\\a.csv": csv})


def _zip_in_zip(csv: bytes) -> bytes:
    return zipped({"a.zip": zipped({"a.csv": csv})})


# American's flights of 1996 and 1998 in the Data Expo; nobody told causes then.
_CAUSES = ("CarrierDelay", "WeatherDelay", "NASDelay", "SecurityDelay", "LateAircraftDelay")
NO_SCHEDULE = _expo(
    **{name: lambda _: "0" for name in ("CRSDepTime", "CRSArrTime")}, **{name: lambda _: "NA" for name in _CAUSES}
)
_LOWER = {name.lower(): (name, lambda text: text or ".") for name in NAMES}
KINDS = [
    Kind("T_ONTIME_REPORTING.csv", _months("2004-01"), _as(EXPORTS["web form"], "T_ONTIME_REPORTING.csv")),
    Kind("form.csv", _months("2004-02"), _as(EXPORTS["web form, some columns"], "form.csv"), 9),
    Kind("75_columns.csv", _months("2004-04"), _as(OLD, "75_columns.csv"), 75),
    Kind("by_pandas.csv", _months("2004-05"), _as(EXPORTS["pandas, with its index"], "by_pandas.csv")),
    Kind("kaggle_2015.csv", _months("2004-06"), _as(EXPORTS["Kaggle 2015"], "kaggle_2015.csv"), 31),
    Kind("kaggle_2009.csv", _months("2004-07"), _as(EXPORTS["Kaggle 2009 to 2018"], "kaggle_2009.csv"), 27),
    Kind("kaggle_2019.csv", _months("2004-08"), _as(EXPORTS["Kaggle 2019 to 2023"], "kaggle_2019.csv"), 30),
    Kind("hflights.csv", _months("2004-09"), _as(EXPORTS["hflights"], "hflights.csv"), 21),
    Kind("nycflights.csv", _months("2004-10"), _as(EXPORTS["nycflights13"], "nycflights.csv"), 16),
    Kind("expo/2006.csv", _months("2006-01"), _as(_expo(), "expo/2006.csv"), 29),
    Kind("expo/2011.csv.bz2", _months("2011-02"), _as(_expo(), "expo/2011.csv.bz2", bz2.compress), 29),
    Kind("2008.csv", _months("2008-01"), _as(_expo(none="\\N"), "2008.csv"), 29),
    Kind("2009.csv", _months("2009-01"), _as(_expo(end="\r"), "2009.csv"), 29),
    Kind("duckdb", _months("2005-01", "2005-02"), _partitions, 29),
    Kind("semicolons.csv", _months("2004-12"), _as(EXPORTS["semicolons"], "semicolons.csv", b"sep=;\n".__add__)),
    Kind("tabs.txt", _months("2015-01"), _as(EXPORTS["tabs"], "tabs.txt")),
    Kind("by_hive.txt", _months("2010-02"), _as(_expo("\x01", none="\\N"), "by_hive.txt"), 29),
    Kind("utf_16.csv", _months("2015-04"), _as(EXPORTS["UTF-16"], "utf_16.csv")),
    Kind("utf_32.csv", _months("2015-05"), _as(Export(EXACT.columns, encoding="utf-32"), "utf_32.csv")),
    Kind("titled.csv", _months("2015-06"), _as(EXACT, "titled.csv", b"Flights\n\n".__add__)),
    Kind("slashes.csv", _months("2015-07"), _as(_with_dates("%Y/%m/%d"), "slashes.csv"), 27),
    Kind("dots.csv", _months("2015-08"), _as(_with_dates("%d.%m.%Y"), "dots.csv"), 27),
    Kind("sas.csv", _months("2015-09"), _as(_with_dates("%d%b%Y"), "sas.csv"), 27),
    Kind("excel.csv", _months("2015-10"), _as(_with_dates("%m/%d/%y"), "excel.csv"), 27),
    Kind("by_r.csv", _months("2015-11"), _row_names, 21),
    Kind("twice/On_Time_Performance_2015_12 (1).zip", _months("2015-12"), _thrice),
    Kind("cat.csv", _months("2016-01", "2016-02"), _one_behind_the_other),
    Kind("two.csv.bz2", _months("2016-04", "2016-05"), _as(EXACT, "two.csv.bz2", bz2.compress)),
    Kind("two.csv.xz", _months("2016-06", "2016-07"), _as(EXACT, "two.csv.xz", lzma.compress)),
    Kind("two.csv.zst", _months("2016-08", "2016-09"), _as(EXACT, "two.csv.zst", zst)),
    Kind("two.csv.gz", _months("2016-10", "2016-11"), _as(EXACT, "two.csv.gz", gzip.compress)),
    Kind("two.zip", _months("2017-01", "2017-02"), _as(EXACT, "two.zip", lambda csv: zipped({"a.txt": csv}))),
    Kind("by_pandas.parquet", _months("2017-04"), _with_its_index),
    Kind("by_spark.orc", _months("2017-05"), _orc),
    Kind("spark", _months("2017-06"), _parts),
    Kind("by_polars.feather", _months("2004-03"), _feather),
    Kind("by_excel.csv", _months("2004-11"), _by_excel),
    Kind("no_schedule/1997.csv", _months("1997-01"), _as(NO_SCHEDULE, "no_schedule/1997.csv"), 29),
    Kind("2014.csv", _months("2014-01"), _as(_expo(none="", DepTime=decimal, ArrTime=decimal), "2014.csv"), 29),
    Kind("headed_once", _months("2015-02"), _headed_once),
    Kind("by_stata.csv", _months("2016-12"), _as(Export(_LOWER), "by_stata.csv")),
    Kind("day_first.csv", _months("2017-07", "2017-08"), _as(_with_dates("%d/%m/%Y"), "day_first.csv"), 27),
    Kind("UPPER.CSV.GZ", _months("2017-09"), lambda rows: {"UPPER.CSV.GZ": in_two(written(EXACT, rows))}),
    Kind("windows.zip", _months("2017-10"), _as(EXACT, "windows.zip", _by_windows)),
    Kind("months.zip", _months("2017-11"), _as(EXACT, "months.zip", _zip_in_zip)),
    Kind("all.tar.gz", _months("2017-12"), _as(EXACT, "all.tar.gz", lambda csv: tarred({"./d/a.csv": csv}))),
    Kind("by_spreadsheet.csv", _months("2012-04"), by_spreadsheet),
    Kind("by_hive_cli.tsv", _months("2012-05"), by_hive),
    Kind("by_script.csv", _months("2012-06"), by_script),
    Kind("instants.parquet", _months("2012-07"), with_instants),
    Kind("told_twice", _months("2012-08"), told_twice),
]  # fmt: skip

PAGE = b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>"
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 689413344\n"
UNTOLD = b"FL_DATE,ORIGIN_AIRPORT_ID,DEST_AIRPORT_ID,CRS_DEP_TIME\n12/1/2012 12:00:00 AM,11193,10721,0730\n"
CUT = gzip.compress(written(EXACT, flights(Month(2012, 1))))[:-200]
# What is no file of flights, or cannot be told: its content, and words of what is said of it.
REFUSED = {
    "bad/without_carrier.csv": (UNTOLD, "it lacks what tells a flight: the airline, the flight number"),
    "bad/2007.csv.bz2": (PAGE, "a page of XML or HTML"),
    "bad/2008.csv": (LFS, "run `git lfs pull`"),
    "bad/2009.csv": (b"404: Not Found", "a line of words in place of a table: '404: Not Found'"),
    "bad/cut.csv.gz": (CUT, "damaged: Compressed file ended"),
    "bad/empty.csv": (b"", "it is empty"),
    "bad/all.tar": (tarred({"a.csv": b""}, "w", "/etc/passwd"), "the archive holds a link or a device, 'a.csv'"),
    "bad/all.7z": (b"7z\xbc\xaf\x27\x1c", "an archive of 7-Zip, which is not read"),
    "bad/unknown.csv": (b"MOOD," + written(EXACT, flights(Month(2012, 2))), "unknown columns: MOOD"),
    "bad/no_header.csv": (written(_expo(), flights(Month(2012, 1))).split(b"\n", 1)[1], "--header-from"),
}
LEFT_ALONE = {
    "expo/airports.csv": (b"iata,airport,city\n00M,Thigpen,Bay Springs\n", "a list of airports"),
    "expo/carriers.csv": (b"Code,Description\n02Q,Titan Airways\n", "a list of airlines"),
    "expo/plane-data.csv": (b"tailnum,type,manufacturer\nN050AA\n", "a list of aircraft"),
    "expo/DelayedFlights.csv": (written(_expo(), flights(Month(2008, 1))), "the delayed flights of 2008 alone"),
    "airports.parquet": (_parquet(pyarrow.table({"iata": ["JFK"], "airport": ["Kennedy"]})), "a list of airports"),
    "spark/_SUCCESS": (b"", "no file of flights"),
    "spark/.part-00000.crc": (b"crc", "hidden"),
    "readme.md": (b"# Flights\n", "no file of flights"),
}


def lay(folder: Path, some: Iterable[Kind] = KINDS) -> None:
    """Write what can be loaded, and what lies beside it."""
    for kind in some:
        write(folder, kind.make([row for month in kind.months for row in flights(month)]))
    write(folder, {name: content for name, (content, _) in LEFT_ALONE.items()})


def lay_bad(folder: Path) -> None:
    """Write what is refused."""
    write(folder, {name: content for name, (content, _) in REFUSED.items()})


def write(folder: Path, files: Files) -> None:
    """Write some files, by their names, below a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
