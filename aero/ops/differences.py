"""What two loads of a month differ in, counted by the Spark Thrift Server, which reads their folders as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aero import hql
from aero.bts import KEY
from aero.datasets import FLIGHTS
from aero.errors import AeroError
from aero.month import Month

# Where a row comes from. It differs in each load, of the same flight too.
NOT_COMPARED = ("load_id", "source_file", "source_line")
# A query of a hundred columns, compiled as a whole, is more than Java compiles.
SESSION = "SET spark.sql.codegen.wholeStage = false"


@dataclass(frozen=True)
class Difference:
    """Rows of two loads by the key of the flights: `added` and `gone` are in the second or the first alone, `changed`
    in both with other values, `by_column` in how many rows each column has another value. `only_before` and
    `only_after` are columns that one load alone has; they are not compared.
    """

    before: str
    after: str
    rows_before: int
    rows_after: int
    added: int
    gone: int
    changed: int
    by_column: dict[str, int]
    only_before: list[str]
    only_after: list[str]


def chosen(month: Month, kept: Sequence[str], given: Sequence[str]) -> tuple[str, str]:
    """The two loads that are given by the beginnings of their ids; by default the last two that are kept."""
    if not given and len(kept) < 2:
        raise AeroError(f"There are no two loads of {month}.", f"See those that are kept: aero versions {month}")
    before, after = given or kept[-2:]
    return _one(month, kept, before), _one(month, kept, after)


def _one(month: Month, kept: Sequence[str], given: str) -> str:
    found = [load_id for load_id in kept if load_id == given] or [one for one in kept if one.startswith(given)]
    if len(found) == 1:
        return found[0]
    several = f"Load {given} of {month} may be {' or '.join(found)}."
    raise AeroError(
        several if found else f"Load {given} of {month} is not kept.", f"See those that are: aero versions {month}"
    )


def between(cursor: Any, month: Month, before: str, after: str) -> Difference:
    """What the second load of a month has else than the first."""
    one, other = (FLIGHTS.load_path(load_id, *month) for load_id in (before, after))
    for folder in (one, other):
        hql.must_be_plain(folder, f"The folder of a load of {FLIGHTS.name}")
    cursor.execute(SESSION)
    columns = _columns(cursor, one), _columns(cursor, other)
    compared = [name for name in columns[0] if name in columns[1] and name not in NOT_COMPARED]
    values = [name for name in compared if name not in KEY]
    cursor.execute(_question(one, other, values))
    [counts] = hql.rows(cursor)
    return Difference(
        before,
        after,
        **{name: counts[name] for name in ("rows_before", "rows_after", "added", "gone", "changed")},
        by_column={name: counts[f"of_{name}"] for name in values if counts[f"of_{name}"]},
        only_before=[name for name in columns[0] if name not in columns[1]],
        only_after=[name for name in columns[1] if name not in columns[0]],
    )


def _columns(cursor: Any, folder: str) -> list[str]:
    cursor.execute(f"DESCRIBE QUERY SELECT * FROM orc.`{folder}`")
    return [row["col_name"] for row in hql.rows(cursor)]


def _question(before: str, after: str, values: list[str]) -> str:
    """Rows of both loads side by side by their key, NULL equal to NULL, and their counts."""
    clock = "IF({0}.scheduled_departure_local IS NULL, {0}.departure_local, NULL)"
    same_key = [*(f"one.{name} <=> other.{name}" for name in KEY), f"{clock.format('one')} <=> {clock.format('other')}"]
    others = [f"one.{name} IS DISTINCT FROM other.{name} AS of_{name}" for name in values]
    counts = [f"count_if(is_in_both AND of_{name}) AS of_{name}" for name in values]
    return f"""
SELECT count_if(NOT is_added) AS rows_before, count_if(NOT is_gone) AS rows_after, count_if(is_added) AS added,
  count_if(is_gone) AS gone, count_if(is_in_both AND ({" OR ".join(f"of_{name}" for name in values)})) AS changed,
  {", ".join(counts)}
FROM (
  SELECT one.{KEY[0]} IS NULL AS is_added, other.{KEY[0]} IS NULL AS is_gone,
    one.{KEY[0]} IS NOT NULL AND other.{KEY[0]} IS NOT NULL AS is_in_both, {", ".join(others)}
  FROM orc.`{before}` AS one FULL JOIN orc.`{after}` AS other ON {" AND ".join(same_key)}
)"""
