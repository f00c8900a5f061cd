"""What the cleaning of a month reports for the quality gates: `_report.json` in the load's folder, written last."""

from typing import Any, NotRequired, TypedDict

REPORT = "_report.json"


class CleaningReport(TypedDict):
    """Lines under the header (`rows_in`) and what became of them; `reasons`: lines refused, by reason.

    `measures` are the values of the checks on rows, by the check's name, NULL where no row tells; `checks` names the
    version of the checks that were measured. `unknown_zones` are airports without a time zone.
    """

    rows_in: int
    rows_clean: int
    rows_quarantined: int
    reasons: dict[str, int]
    unknown_zones: list[str]
    measures: dict[str, float | None]
    checks: NotRequired[str]
    load_id: str
    source_file: str


def counts(report: CleaningReport) -> dict[str, Any]:
    """Of a report what the ledger keeps of a month, by its column."""
    return {
        "rows_in": report["rows_in"],
        "rows_clean": report["rows_clean"],
        "rows_quarantined": report["rows_quarantined"],
    }
