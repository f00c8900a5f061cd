"""The same flights after they went through a spreadsheet, Hive, a script, or a program that types what it reads."""

from datetime import date, datetime, timedelta

import pyarrow
from pyarrow import parquet

from aero.bts_names import kinds
from tests.luigi_tasks.exports import CARRIER, NAMES, Export, Spell, decimal, written
from tests.luigi_tasks.packers import Files

CLOCKS = [name for name in NAMES if kinds().get(name) == "clock"]
SCHEDULES = ("CRSDepTime", "CRSArrTime")
IATA = "IATA_CODE_Reporting_Airline"


def _spelled(**spells: Spell) -> Export:
    return Export({name: (name, spells.get(name, str)) for name in NAMES})


def _serial(text: str) -> str:
    """A date as Excel counts it."""
    return str((date.fromisoformat(text) - date(1899, 12, 30)).days)


def _kept_as_text(text: str) -> str:
    return f'="{text}"' if text else "[NULL]"


def by_spreadsheet(rows: list[dict[str, str]]) -> Files:
    """Dates as numbers, clocks kept as text, thousands, words for nothing, and two indexes of pandas before it."""
    spelled = _spelled(
        FlightDate=_serial,
        DOT_ID_Reporting_Airline=lambda text: f"{int(text):,}",
        **dict.fromkeys(CLOCKS, _kept_as_text),
    )
    header, *lines = written(spelled, rows).splitlines()
    indexed = [b"%d,%d,%s" % (number, number, line) for number, line in enumerate(lines)]
    return {"by_spreadsheet.csv": b"\n".join([b"Unnamed: 0.1,Unnamed: 0," + header, *indexed])}


def by_hive(rows: list[dict[str, str]]) -> Files:
    """As its command and beeline print a table."""
    columns = {f"ontime.{name.lower()}": (name, lambda text: text or "NULL") for name in NAMES}
    return {"by_hive_cli.tsv": written(Export(columns, separator="\t"), rows)}


def by_script(rows: list[dict[str, str]]) -> Files:
    """Codes in lower case, numbers with a fraction, blanks and quotes where they should not be."""
    lower = dict.fromkeys((CARRIER, IATA), str.lower) | dict.fromkeys(
        ("Origin", "Dest"), lambda text: f"{text.lower()}\u00a0"
    )
    spelled = _spelled(**lower, **dict.fromkeys(("Year", "Month", "DayofMonth"), decimal))
    return {"by_script.csv": written(spelled, rows).replace(b',"', b', "')}


def with_instants(rows: list[dict[str, str]]) -> Files:
    """Scheduled clocks as instants; at midnight too."""
    table = _table(rows, NAMES)
    for name in SCHEDULES:
        instants = pyarrow.array([_instant(row, name) for row in rows], pyarrow.timestamp("us"))
        table = table.set_column(NAMES.index(name), name, instants)
    return {"instants.parquet": _parquet(table)}


def told_twice(rows: list[dict[str, str]]) -> Files:
    """In a folder that tells a column which the files have, too."""
    folder = f"told_twice/year={rows[0]['Year']}/month={int(rows[0]['Month']):02d}"
    return {f"{folder}/{number}.parquet": _parquet(_table(rows[number::2], NAMES)) for number in (0, 1)}


def _instant(row: dict[str, str], name: str) -> datetime:
    clock = timedelta(hours=int(row[name][:2]), minutes=int(row[name][2:]))
    return datetime.fromisoformat(row["FlightDate"]) + clock


def _table(rows: list[dict[str, str]], names: tuple[str, ...]) -> pyarrow.Table:
    return pyarrow.table({name: [row[name] for row in rows] for name in names})


def _parquet(table: pyarrow.Table) -> bytes:
    parquet.write_table(table, packed := pyarrow.BufferOutputStream())
    return packed.getvalue().to_pybytes()
