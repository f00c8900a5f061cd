"""Lines of weather files for tests: a base line, and what differs."""

from aero.raw_weather import COLUMNS

GLOBAL_HOURLY = (*COLUMNS["global_hourly"], "AA1", "OC1")
# 2013-01-01 00:51 UTC at LaGuardia: 4.4 degrees, dew point -2.8, wind 270 degrees 9 knots, 10 miles, 1016.1 hPa.
LINE = {
    "STATION": "72503014732",
    "DATE": "2013-01-01T00:51:00",
    "REPORT_TYPE": "FM-15",
    "WND": "270,5,N,0046,5",
    "CIG": "01829,5,M,N",
    "VIS": "016093,5,N,5",
    "TMP": "+0044,5",
    "DEW": "-0028,5",
    "SLP": "10161,5",
    "AA1": "01,0013,9,5",
    "OC1": "0082,5",
}


def global_hourly(**fields: str) -> str:
    """A line of Global Hourly, as NOAA quotes it."""
    return ",".join(f'"{value}"' for value in (LINE | fields).values())


def file_of(*lines: str) -> bytes:
    """A station's file of Global Hourly."""
    return "".join(f"{line}\n" for line in (",".join(f'"{name}"' for name in GLOBAL_HOURLY), *lines)).encode()
