"""What readers see of tables, as counts and hashes: two loads of the same rows are the same."""

from collections.abc import Sequence

from aero import connections, hql
from aero.datasets import Dataset

NOT_COMPARED = ("diversions", "load_id")  # No text; and a rebuild has an id of its own.


def of_tables(tables: Sequence[Dataset], where: str = "true") -> dict[str, tuple[int, int | None]]:
    """Of each table, by its name, the count and the sum of the hashes of the rows for which `where` holds, over all
    columns, whatever their order; the sum is None where there is no row."""
    questions = []
    for table in tables:
        names = [column.name for column in hql.columns(table.hql("create")) if column.name not in NOT_COMPARED]
        columns = ", ".join(f"coalesce(cast({name} as string), 'NULL')" for name in names)
        counted = f"count(*) as n, sum(cast(crc32(concat_ws('|', {columns})) as bigint)) as hash"
        questions.append(f"select '{table.name}' as seen, {counted} from {table.name} where {where}")
    with connections.spark() as spark:  # It answers these in seconds, Hive in a minute.
        cursor = spark.cursor()
        cursor.execute(" union all ".join(questions))
        return {name: (rows, digest) for name, rows, digest in sorted(cursor.fetchall())}
