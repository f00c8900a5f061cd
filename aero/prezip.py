"""BTS' monthly zips, PREZIP: where they are, what each is called, and which months are not among them."""

from dataclasses import dataclass

from aero.datasets import FLIGHTS_MARKETING, FLIGHTS_REPORTING, Dataset
from aero.month import Month

BTS_URL = "https://transtats.bts.gov/PREZIP"


@dataclass(frozen=True)
class Family:
    """One family of zips: its raw table, the name before `_<year>_<month>.zip`, its first month, and the years that
    BTS leaves out."""

    dataset: Dataset
    prefix: str
    since: Month
    lacks_years: range = range(0)

    def name(self, year: int | str, month: int | str) -> str:
        """The name of a month's zip; neither number is padded."""
        return f"{self.prefix}_{year}_{month}.zip"

    def has(self, month: Month) -> bool:
        """Whether a zip of this month is to be expected."""
        return month >= self.since and month.year not in self.lacks_years


FAMILIES = {
    "reporting": Family(
        FLIGHTS_REPORTING,
        "On_Time_Reporting_Carrier_On_Time_Performance_1987_present",
        Month(1987, 10),
        range(1990, 2000),
    ),
    "marketing": Family(
        FLIGHTS_MARKETING, "On_Time_Marketing_Carrier_On_Time_Performance_Beginning_January_2018", Month(2018, 1)
    ),
}
