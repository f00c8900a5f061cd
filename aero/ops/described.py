"""aero_ops.tables and aero_ops.columns: the catalog (aero/ops/catalog.py) as tables that a dashboard searches."""

from dataclasses import dataclass

import hdfs

from aero.datasets import COLUMNS, TABLES
from aero.ops import catalog, tables


@dataclass(frozen=True)
class DescribedTable:
    """One table; fields as hive/aero_ops/tables/create.hql says them, in its order."""

    table_name: str
    purpose: str
    grain: str
    written_by: str
    read_by: str
    stale_after_hours: float | None


@dataclass(frozen=True)
class DescribedColumn:
    """One column; fields as hive/aero_ops/columns/create.hql says them, in its order."""

    table_name: str
    place: int
    column_name: str
    column_type: str
    is_partition: bool
    unit: str | None
    what: str
    null_means: str | None


class Description:
    """What a process has published of the files under hive/."""

    def __init__(self) -> None:
        self._of = 0.0

    def publish(self, client: hdfs.Client) -> None:
        """Replace the rows of both tables by what the files say, where one has changed since they were last."""
        datasets = catalog.datasets_of()
        newest = max(one.hql("create").stat().st_mtime for one in datasets)
        if newest == self._of:
            return
        known = [catalog.table(one) for one in datasets]
        tables.replace(client, TABLES, map(_table, known))
        tables.replace(client, COLUMNS, (_column(of.name, *one) for of in known for one in enumerate(of.columns, 1)))
        self._of = newest


def _table(of: catalog.Table) -> DescribedTable:
    return DescribedTable(of.name, of.purpose, of.grain, of.written_by, of.role, of.stale_after_hours)


def _column(table: str, place: int, of: catalog.Column) -> DescribedColumn:
    return DescribedColumn(table, place, of.name, of.type, of.is_partition, of.unit or None, of.what, of.null or None)
