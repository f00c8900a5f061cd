"""What is there in the end, beside what an undisturbed run left. It knows nothing of the faults."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from aero import connections, hql
from aero.datasets import AIRLINES, AIRPORTS, BATCH_VIEWS, FLIGHTS, FLIGHTS_QUARANTINE, REPOSITORY
from bench.chaos import contents
from bench.chaos.workload import Chain
from bench.performance.cluster import Cluster
from tests.cluster import live_tables

TABLES = (FLIGHTS, FLIGHTS_QUARANTINE, AIRPORTS, AIRLINES, *BATCH_VIEWS)
OF_LEDGER = "state is_served rows_in rows_clean rows_quarantined served_rows".split()
# `aero doctor` and `aero freshness` end with these where they have something to say.
FOUND_SOMETHING, SOMETHING_IS_STALE = 1, 3


@dataclass(frozen=True)
class Difference:
    """Where the end is not that of an undisturbed run: how many rows, cells or the like are lost, doubled (there, and
    not in the other) or changed."""

    what: str
    lost: int = 0
    doubled: int = 0
    changed: int = 0


@dataclass(frozen=True)
class World:
    """What a run left: `tables` as bench.chaos.contents has them, `cells` of the live tables by table, row and column,
    the `ledger` by month, the state of each view, and what the doctor finds, by its name."""

    tables: dict[str, tuple[int, int | None]]
    cells: dict[str, dict[Any, Any]]
    ledger: dict[str, dict[str, Any]]
    freshness: dict[str, str]
    troubles: dict[str, str]


def world(cluster: Cluster) -> World:
    """As it is now. All must be ready, and nobody writes."""
    months = json.loads(cluster.aero("months", "--json"))
    fresh = json.loads(cluster.aero("freshness", "--json", may_end_with=SOMETHING_IS_STALE))
    found = json.loads(cluster.aero("doctor", "--json", "--within", "60", may_end_with=FOUND_SOMETHING))
    views = {view.name for view in BATCH_VIEWS}
    return World(
        contents.of_tables(TABLES),
        live_tables.final_state(),
        {f"{one['year']}-{one['month']:02d}": {name: one[name] for name in OF_LEDGER} for one in months},
        {row["table_name"]: row["state"] for row in fresh if row["table_name"] in views},
        {one["name"]: one["what"] for one in found},
    )


def compared(expected: World, found: World) -> list[Difference]:
    """Where two worlds differ; nothing where they are the same."""
    differences = [_table(name, expected.tables[name], found.tables.get(name, (0, None))) for name in expected.tables]
    differences += [_entries(name, cells, found.cells.get(name, {})) for name, cells in expected.cells.items()]
    differences += [
        _entries("the ledger's months", expected.ledger, found.ledger),
        _entries("freshness of the views", expected.freshness, found.freshness),
    ]
    more = [f"{name}, {what}" for name, what in found.troubles.items() if name not in expected.troubles]
    troubles = [Difference(f"aero doctor finds {one}", changed=1) for one in more]
    return [one for one in differences if one.lost or one.doubled or one.changed] + sorted(troubles, key=str)


def _table(name: str, expected: tuple[int, int | None], found: tuple[int, int | None]) -> Difference:
    lost, doubled = max(0, expected[0] - found[0]), max(0, found[0] - expected[0])
    return Difference(name, lost, doubled, changed=int(not lost and not doubled and expected != found))


def _entries(name: str, expected: Mapping[Any, Any], found: Mapping[Any, Any]) -> Difference:
    lost, doubled = expected.keys() - found.keys(), found.keys() - expected.keys()
    changed = [key for key in expected.keys() & found.keys() if expected[key] != found[key]]
    return Difference(name, len(lost), len(doubled), len(changed))


def of_chain(chain: Chain) -> list[Difference]:
    """Numbers that HBase said it has and has not, or has twice."""
    found = chain.found()
    lost, doubled = set(chain.acknowledged) - set(found), len(found) - len(set(found))
    return [Difference("numbers put into HBase", len(lost), doubled)] if lost or doubled else []


def of_stream(sent: int) -> list[Difference]:
    """Events that the replay has delivered and the stream did not work off, by Kafka's offsets and the Live Log."""
    log = _log()
    differences = []
    if log["rows_in"] < sent:
        differences.append(Difference("events from the replay to the stream", lost=sent - log["rows_in"]))
    out = log["rows_out"] + log["missing"]
    if log["missing"] or out != log["rows_in"]:
        differences.append(
            Difference(
                "events of the Live Log", max(log["missing"], log["rows_in"] - out), max(0, out - log["rows_in"])
            )
        )
    if log["batches"] != log["last_batch"] + 1:
        differences.append(Difference("batches of the Live Log", lost=log["last_batch"] + 1 - log["batches"]))
    return differences


def _log() -> dict[str, int]:
    """Totals of the Live Log."""
    with connections.spark() as spark, spark.cursor() as cursor:
        hql.run(cursor, REPOSITORY / "bench" / "chaos" / "live_log.hql")
        return {name: value or 0 for name, value in hql.rows(cursor)[0].items()}


def of_blocks(cluster: Cluster) -> list[Difference]:
    """Whether HDFS calls itself healthy."""
    said = cluster.aero("hdfs", "fsck", "/", may_end_with=1)
    return [] if "is HEALTHY" in said else [Difference("aero hdfs fsck / does not say HEALTHY", lost=1)]


def in_json(differences: list[Difference]) -> list[dict[str, Any]]:
    """As they are kept."""
    return [asdict(one) for one in differences]
