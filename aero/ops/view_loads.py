"""The load that each partition of a batch view should have, by the loads of the flights that readers see.

A load is named after the folders that it is made of and the view's SQL. So a partition is up to date where its folder
is the one that stands here: by content alone, whenever anything was written.
"""

import hashlib
from collections.abc import Container, Mapping, Sequence

from aero.datasets import BATCH_VIEWS, Dataset
from aero.load_plan import ViewLoad
from aero.metastore import Partition


def of_year(flights: Mapping[Partition, str], year: int) -> list[ViewLoad]:
    """Every partition of every view of one year; none where readers see no flights of it.

    `flights` are the partitions of aero_clean.flights with their folders, of this year and perhaps of others.
    """
    seen = {month: flights[year, month] for month in range(1, 13) if (year, month) in flights}
    plan = []
    for view in BATCH_VIEWS if seen else ():
        if "month" in view.partitions:
            plan += [_load(view, year, month, {month: location}) for month, location in seen.items()]
        else:
            plan.append(_load(view, year, None, seen))
    return plan


def expected(flights: Mapping[Partition, str]) -> list[ViewLoad]:
    """Every partition of every view of all years of which readers see flights."""
    return [load for year in sorted({partition[0] for partition in flights}) for load in of_year(flights, year)]


def behind(flights: Mapping[Partition, str], served: Mapping[Dataset, Mapping[Partition, str]]) -> list[ViewLoad]:
    """The loads that readers should see and do not. `served` are the partitions of each view with their folders."""
    return [load for load in expected(flights) if served[load.view].get(load.partition) != load.location]


def left_over(
    plan: Sequence[ViewLoad], view: Dataset, served: Mapping[Partition, str], years: Container[int] | None = None
) -> set[Partition]:
    """The partitions of a view, of some years, that are not in a plan of all its loads: their flights are gone."""
    planned = {load.partition for load in plan if load.view == view}
    return {one for one in served if one not in planned and (years is None or one[0] in years)}


def _load(view: Dataset, year: int, month: int | None, made_from: Mapping[int, str]) -> ViewLoad:
    parts = [*made_from.values(), view.hql("load").read_text()]
    load_id = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    return ViewLoad(view, year, month, view.load_path(load_id, year, month), tuple(made_from.items()))
