"""The clean load that each landed month is to have: its name, and whether it is complete."""

from collections.abc import Sequence

import hdfs

from aero import load_plan, webhdfs
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE
from aero.load_plan import RawMonth
from aero.ops import months, readers
from aero.ops.cleaning_report import REPORT, CleaningReport
from aero.ops.months import MonthEntry
from aero.run_reports import Landing

# Part of every load id: raise it when jobs/clean_flights.py makes something else of the same bytes, and the next load
# cleans every month of its range again.
CLEANING_VERSION = 2


def load_id(sha256: str) -> str:
    """The name of the load that cleaning these bytes makes: the same bytes, cleaned the same way, are the same load."""
    return f"{sha256[:12]}-{CLEANING_VERSION}"


def planned(client: hdfs.Client, landings: Sequence[Landing], rebuild: str = "") -> list[RawMonth]:
    """The raw months of the landings that have a file, with the load of each. A rebuild's loads are new ones.

    Otherwise a load that readers see, and that was made of the same bytes in the same way, is the month's load, also
    where a rebuild wrote it.
    """
    ledger = months.read(client)
    return [_raw_month(landing, ledger, rebuild) for landing in landings if landing.path]


def _raw_month(landing: Landing, ledger: months.Ledger, rebuild: str) -> RawMonth:
    assert landing.when and landing.path and landing.sha256 and landing.family and landing.layout
    return RawMonth(
        *landing.when,
        path=landing.path,
        file=landing.path.rpartition("/")[2],
        family=landing.family,
        layout=landing.layout,
        load_id=_load_id_of(landing.sha256, ledger.get(landing.when), rebuild),
        months=tuple(landing.months or ()),
        rows=landing.month_rows,
        lacks=landing.lacks,
    )


def _load_id_of(sha256: str, known: MonthEntry | None, rebuild: str) -> str:
    load, served = load_id(sha256), known.served_load_id if known else None
    if rebuild:
        return load_plan.rebuilt(load, rebuild)
    return served if served and load_plan.content(served) == load else load


def report_path(raw: RawMonth) -> str:
    """HDFS path of the report of a month's load."""
    return f"{raw.folder()}/{REPORT}"


def read_report(client: hdfs.Client, raw: RawMonth) -> CleaningReport | None:
    """The counts and measures that a complete load has beside its rows; None where it is not complete, or they are
    damaged: it is cleaned again.
    """
    if not webhdfs.exists(client, report_path(raw)):
        return None
    try:
        report: CleaningReport = webhdfs.read_json(client, report_path(raw))
    except ValueError:
        return None
    return report if readers.has_rows(client, raw.folder()) or not report["rows_clean"] else None


def sweep(client: hdfs.Client, raw: RawMonth) -> None:
    """Delete the folders beside a month's load in which a killed run was writing. Call it with the lease held: then no
    run is.
    """
    for dataset in (FLIGHTS, FLIGHTS_QUARANTINE):
        month = raw.folder(dataset).rpartition("/")[0]
        for name in webhdfs.names(client, month):
            if name.startswith("_loading-"):
                client.delete(f"{month}/{name}", recursive=True)
