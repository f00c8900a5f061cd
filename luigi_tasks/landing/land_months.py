"""Landing the files of several months, some at a time: what became of each month."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import hdfs
import requests

from aero import bts_names, connections, raw_versions
from aero.errors import AeroError
from aero.month import Month
from aero.raw_versions import Manifest
from aero.run_reports import Landing, LandingOutcome
from luigi_tasks.landing import raw
from luigi_tasks.landing.land_file import land_file
from luigi_tasks.sources.offers import Offer, Offers, Progress, Source

# They land in a minute or a few: as long as an idle Spark may wait for them.
FEW_FILES = 12
ARRIVED = (LandingOutcome.LANDED, LandingOutcome.REVISED)
Watch = Callable[[Offer], AbstractContextManager[Progress]]
Tell = Callable[[Landing], None]
Say = Callable[[str], None]
EndsSoon = Callable[[], None]


def land_months(
    source: Source,
    months: Sequence[Month],
    parallel: int,
    watch: Watch,
    tell: Tell,
    ends_soon: EndsSoon,
    say: Say = lambda _: None,
    replace_richer: bool = False,
) -> list[Landing]:
    """Land what `source` has of `months`, `parallel` files at a time: the Landings of all months, in their order.

    A file that fails does not stop the others. `watch` gives each file its Progress, `tell` hears each Landing at once.
    `ends_soon` is called, once or more, when something was landed and FEW_FILES are to come at most. `say` hears what
    the source leaves alone. A file with fewer columns than what is there fails unless it shall `replace_richer`. Raises
    Away where HDFS does not answer at the start, and what `ends_soon` raises.
    """
    raw.sweep(connections.webhdfs())  # What killed landings left long ago.

    def land_and_tell(offer: Offer) -> list[Landing]:
        return _passed_on(_try_to_land(source, offer, months, watch, replace_richer), tell)

    offers = source.offers(months)
    for note in offers.notes:
        say(note)
    landings = _passed_on([_failed(fault.month, fault.message) for fault in offers.faults], tell)
    to_come = len(offers.files)
    with ThreadPoolExecutor(parallel) as pool:
        for is_year in (False, True):  # years come last: by then it is known which months have files of their own
            files = [offer for offer in offers.files if (offer.month is None) == is_year]
            for landed in pool.map(land_and_tell, files):
                landings += landed
                to_come -= 1
                if to_come <= FEW_FILES and any(one.outcome in ARRIVED for one in landings):
                    ends_soon()
    landings += _passed_on(_not_there(source, offers, months, landings), tell)
    return sorted(landings, key=lambda landing: (landing.year or 0, landing.month or 0, landing.dataset or ""))


def _try_to_land(
    source: Source, offer: Offer, months: Sequence[Month], watch: Watch, replace_richer: bool
) -> list[Landing]:
    """What became of those `months` that one file covers."""
    asked = [Month(*month) for month in months if offer.covers(month)]
    try:
        with watch(offer) as progress:
            outcome, manifest = land_file(source, offer, progress, replace_richer)
        return [of_version(month, outcome, manifest) for month in asked if month.month in manifest.months]
    except AeroError as error:
        return [_failed(month, str(error)) for month in asked]
    except (hdfs.HdfsError, requests.RequestException, OSError) as error:
        return [_failed(month, f"{offer.name}: {type(error).__name__}: {error}") for month in asked]


def of_version(month: Month, outcome: LandingOutcome, manifest: Manifest) -> Landing:
    """The Landing of a month that a raw version holds; superseded where the month has a file of its own."""
    is_year = manifest.month is None
    used = raw_versions.of_month(connections.webhdfs(), manifest.family, *month) if is_year else manifest
    if used and used.dataset != manifest.dataset:
        return Landing(*month, LandingOutcome.SUPERSEDED, f"{used.file} is used, the month's own file")
    said = [] if manifest.in_table_order else ["its columns stand in another order than the raw table's"]
    said += [bts_names.in_words(manifest.family, manifest.missing)] if manifest.missing else []
    same = "dataset family layout version path sha256 rows size source landed_at months".split()
    fields = {name: getattr(manifest, name) for name in same}
    fields |= {"month_rows": manifest.rows_of(month.month), "lacks": manifest.missing}
    return Landing(*month, outcome, "; ".join(said), **fields)


def _not_there(source: Source, offers: Offers, months: Sequence[Month], landings: list[Landing]) -> list[Landing]:
    """The months that nothing became of; a failure where the source has none at all of those asked for."""
    outcome = LandingOutcome.ABSENT if offers.files or offers.faults else LandingOutcome.FAILED
    known = {landing.when for landing in landings}
    message = f"the source {source.name} does not have this month"
    return [Landing(*month, outcome, message) for month in months if month not in known]


def _failed(month: Month | None, message: str) -> Landing:
    year, number = month or (None, None)
    return Landing(year, number, LandingOutcome.FAILED, message)


def _passed_on(landings: list[Landing], tell: Tell) -> list[Landing]:
    for landing in landings:
        tell(landing)
    return landings
