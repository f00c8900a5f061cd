"""Months on the cluster: how the ledger has them, and how somebody takes one away by hand."""

from aero.month import Month
from tests.command import aero, sql


def in_ledger(month: Month) -> dict:
    """What `aero months` knows of the month, compared with what readers see now."""
    return all_in_ledger()[month]


def all_in_ledger() -> dict[Month, dict]:
    """The same of every month."""
    return {Month(entry["year"], entry["month"]): entry for entry in aero("months", "--json").json}


def delete_by_hand(month: Month) -> None:
    """Drop the month's partition of aero_clean.flights behind the platform's back; its files stay."""
    sql(f"alter table aero_clean.flights drop partition (year = {month.year}, month = {month.month})")
