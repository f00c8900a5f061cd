"""Landing a file of observations: from its source into the raw layer."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from aero import connections, files, raw_weather
from aero.raw_versions import Revision
from aero.raw_weather import WeatherFile
from aero.run_reports import LandingOutcome
from aero.settings import load_settings
from aero.steps import step
from luigi_tasks.landing import raw
from luigi_tasks.sources.weather import WeatherOffer, WeatherSource


def land(source: WeatherSource, offer: WeatherOffer) -> LandingOutcome:
    """Land one file unless the raw layer has it. Raises AeroError naming the file and what is wrong with it."""
    client = connections.webhdfs()
    folder = load_settings().downloads / f"weather-{offer.layout}-{offer.station}-{offer.year}"
    with files.locked(folder.with_suffix(".lock")):
        before = raw_weather.current(client, offer.layout, offer.year, offer.station)
        revision = source.revision(offer)
        if before and revision.is_still(before.revision):
            return LandingOutcome.UNCHANGED
        folder.mkdir(parents=True, exist_ok=True)  # What a killed run left of the file is gone on from.
        fetched = source.fetch(offer, folder)
        manifest = _manifest(fetched, offer, revision, before)
        if before and before.sha256 == manifest.sha256:
            raw.describe_again(client, replace(manifest, version=before.version, landed_at=before.landed_at))
        else:
            raw.store_version(client, manifest, {manifest.file: fetched})
            step("weather landed")
        shutil.rmtree(folder)
    if not before:
        return LandingOutcome.LANDED
    return LandingOutcome.UNCHANGED if before.sha256 == manifest.sha256 else LandingOutcome.REVISED


def _manifest(fetched: Path, offer: WeatherOffer, revision: Revision, before: WeatherFile | None) -> WeatherFile:
    landed_at = raw.landing_time(datetime.now(UTC), before.landed_at if before else None)
    sha256 = files.sha256(fetched)
    place = raw_weather.folder(offer.layout, offer.year, offer.station)
    return WeatherFile(
        layout=offer.layout,
        station=offer.station,
        year=offer.year,
        file=offer.file,
        size=fetched.stat().st_size,
        sha256=sha256,
        landed_at=landed_at.isoformat(),
        version=raw.version_in(place, landed_at, sha256),
        url=revision.url,
        source_size=revision.size,
        last_modified=revision.last_modified,
        etag=revision.etag,
    )
