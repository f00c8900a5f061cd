"""Forecasts of the weather, hour by hour, of the National Weather Service (api.weather.gov): no key, an agent's name.

A position is asked once for the address of its grid point's forecast, which is kept on this machine; it moves rarely,
and is asked again where it is gone. An answer is a page of the raw layer: {"airport_id": "JFK", "forecast": {…}}.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aero import files
from aero.errors import AeroError
from aero.instants import utc_now
from aero.live.archive import Page
from luigi_tasks.sources.download import Patience, Refused, json_of

NAME = "nws"
URL = "https://api.weather.gov"
# The service refuses who has no name.
AGENT = "aero (weather of airports)"
KNOTS_PER_MILE_PER_HOUR = 1609.344 / 1852
SPEED = re.compile(r"(?:\d+ to )?(\d+) mph")
MOST_PERIODS = 1000
GONE = (404, 410)


class Nws:
    """The service under `base`. `positions` has latitude and longitude, in degrees, by airport; `cache` is the file of
    the addresses that are known."""

    def __init__(
        self,
        positions: Mapping[str, tuple[float, float]],
        cache: Path,
        base: str = URL,
        patience: Patience = Patience(),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.positions = positions
        self.base = base.rstrip("/")
        self.patience = patience
        self._cache = cache
        self._now = now

    def page(self, airport: str) -> Page:
        """The forecast of an airport's hours. Raises AeroError naming what came instead."""
        known = self._known().get(airport)
        if known:
            try:
                return self._forecast(airport, known)
            except Refused as refused:
                if refused.status not in GONE:
                    raise
        address = self._address(airport)
        page = self._forecast(airport, address)
        with files.locked(self._cache.with_suffix(".lock")):
            files.replace_json(self._cache, self._known() | {airport: address})
        return page

    def _forecast(self, airport: str, address: str) -> Page:
        body = self._asked(address)
        if not isinstance(_at(body, "properties", "periods"), list):
            raise AeroError(f"{address}: the answer has no hours: {str(body)[:80]!r}", "Try again later.")
        return Page(self._now(), {"airport_id": airport, "forecast": body})

    def _address(self, airport: str) -> str:
        latitude, longitude = self.positions[airport]
        asked = f"{self.base}/points/{latitude:.4f},{longitude:.4f}"
        address = _at(self._asked(asked), "properties", "forecastHourly")
        # An answer does not send this program anywhere else.
        if not isinstance(address, str) or not address.startswith(f"{self.base}/"):
            raise AeroError(f"{asked}: it names no forecast of {self.base}: {str(address)[:80]!r}", "Try again later.")
        return address

    def _asked(self, address: str) -> Any:
        return json_of(address, self.patience, {"User-Agent": AGENT, "Accept": "application/geo+json"})

    def _known(self) -> dict[str, str]:
        """The addresses, of this base, that were asked for before; none where the file cannot be read."""
        try:
            known = json.loads(self._cache.read_text(encoding="utf-8"))
            return {airport: one for airport, one in known.items() if one.startswith(f"{self.base}/")}
        except (OSError, ValueError, AttributeError):
            return {}


def rows(page: Page) -> Iterator[dict[str, Any]]:
    """The hours of a page, with the columns of aero_clean.weather_forecasts_hourly but load_id. An hour whose time
    cannot be read is none; a value that is no number is None."""
    properties = _at(page.body, "forecast", "properties")
    periods = _at(properties, "periods")
    for period in periods[:MOST_PERIODS] if isinstance(periods, list) else ():
        hour = _instant(_at(period, "startTime"))
        if hour is None:
            continue
        yield {
            "airport_id": _at(page.body, "airport_id"),
            "hour_at": hour.replace(minute=0, second=0, microsecond=0),
            "known_at": page.fetched_at.astimezone(UTC),
            "made_at": _instant(_at(properties, "updateTime")),
            "temperature_celsius": _celsius(_at(period, "temperature"), _at(period, "temperatureUnit")),
            "dew_point_celsius": _celsius(_at(period, "dewpoint", "value"), _at(period, "dewpoint", "unitCode")),
            "wind_speed_knots": _knots(_at(period, "windSpeed")),
            "precipitation_percent": _number(_at(period, "probabilityOfPrecipitation", "value"), 0, 100),
            "summary": _text(_at(period, "shortForecast")),
        }


def _at(value: Any, *names: str) -> Any:
    """What stands in an object of objects; None where there is no such place."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _instant(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _number(value: Any, least: float, most: float) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and least <= value <= most else None


def _celsius(value: Any, unit: Any) -> float | None:
    if unit in ("F", "wmoUnit:degF"):
        warm = _number(value, -100, 150)
        return None if warm is None else round((warm - 32) / 1.8, 2)
    return _number(value, -90, 60) if unit in ("C", "wmoUnit:degC") else None


def _knots(speed: Any) -> float | None:
    """Of `10 mph`, or of `5 to 10 mph` the higher end."""
    found = SPEED.fullmatch(speed) if isinstance(speed, str) and len(speed) < 30 else None
    return round(int(found[1]) * KNOTS_PER_MILE_PER_HOUR, 2) if found else None


def _text(value: Any) -> str | None:
    return " ".join(value.split())[:200] if isinstance(value, str) else None
