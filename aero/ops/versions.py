"""The loads of a month that are kept, which `aero versions` lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import hdfs

from aero import metastore, webhdfs
from aero.datasets import FLIGHTS
from aero.month import Month
from aero.ops import months, publications
from aero.ops.checks import newest
from aero.ops.cleaning_report import REPORT


@dataclass(frozen=True)
class Version:
    """One kept load of a month. `published_at` and `why` are of the newest switch to it; None where it had none."""

    load_id: str
    rows: int | None
    rows_quarantined: int | None
    checks: str
    published_at: datetime | None
    why: str | None
    is_served: bool
    pinned_by: str | None
    pinned_because: str | None


def kept(client: hdfs.Client, month: Month, checks: Iterable[Mapping[str, Any]]) -> list[Version]:
    """The kept loads of a month, the newest publication last. `checks` are its rows of aero_ops.checks."""
    served = metastore.locations(FLIGHTS).get(month)
    entry = months.read(client).get(month) or months.empty(month)
    switches = {one.to_location: one for one in publications.read(client, FLIGHTS).of(tuple(month))}
    rows, found = list(checks), []
    folder = FLIGHTS.partition_path(*month)
    for name in webhdfs.names(client, folder):
        place = f"{folder}/{name}"
        if not name.startswith("load=") or not webhdfs.exists(client, f"{place}/{REPORT}"):
            continue
        report, switch = webhdfs.read_json(client, f"{place}/{REPORT}"), switches.get(place)
        load_id = name.removeprefix("load=")
        is_pinned = entry.pinned_load_id == load_id
        found.append(
            Version(
                load_id=load_id,
                rows=report["rows_clean"],
                rows_quarantined=report["rows_quarantined"],
                checks=_verdict([row for row in rows if row["load_id"] == load_id]),
                published_at=switch.published_at if switch else None,
                why=switch.why if switch else None,
                is_served=place == served,
                pinned_by=entry.pinned_by if is_pinned else None,
                pinned_because=entry.pinned_because if is_pinned else None,
            )
        )
    return sorted(found, key=lambda one: (str(one.published_at or ""), one.load_id))


def _verdict(rows: list[Mapping[str, Any]]) -> str:
    """What the newest judgement of a load came to: `passed`, or how many checks failed, were accepted, or warned; empty
    without one.
    """
    outcomes = [row["outcome"] for row in newest(rows)]
    shown = [outcome for outcome in ("failed", "accepted", "warned") if outcome in outcomes]
    parts = [f"{outcomes.count(outcome)} {outcome}" for outcome in shown]
    return ", ".join(parts) or ("passed" if outcomes else "")
