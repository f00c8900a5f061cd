"""Every kind of file that people have becomes clean rows, none of them refused: those of the same flights."""

import pytest

from aero.load_plan import RawMonth
from luigi_tasks.landing import flight_file, land_file
from luigi_tasks.sources.folder import Folder
from tests.jobs.bts_rows import flights
from tests.luigi_tasks import kinds_of_files
from tests.luigi_tasks.kinds_of_files import FLIGHTS, KINDS

TOLD = ("flight_number", "origin_id", "destination_id", "arrival_delay_minutes")
EXPECTED = sorted(
    (
        int(row["Flight_Number_Reporting_Airline"]),
        row["Origin"],
        row["Dest"],
        int(float(row["ArrDelay"])) if row["ArrDelay"] else 0,
    )
    for row in FLIGHTS
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_becomes_clean_flights(check, tmp_path, monkeypatch, kind):
    monkeypatch.setenv("AERO_CACHE", str(tmp_path / "cache"))
    rows = [row for month in kind.months for row in kinds_of_files.flights(month)]
    kinds_of_files.write(tmp_path / "in", kind.make(rows))
    source = Folder(tmp_path / "in")
    found = {}
    for offer in source.offers(kind.months).files:
        (tmp_path / str(offer)).mkdir()
        original = source.fetch(offer, tmp_path / str(offer), lambda *_: None)
        arrival = land_file.check(original, "", offer, tmp_path / str(offer))
        layout = arrival.contents.layout
        with flight_file.lines_of(arrival.readable, "landed") as lines:
            header, *texts = (line.decode("latin-1") for line in lines)
        for month in arrival.contents.months:
            raw = RawMonth(*month, "unused", "a.csv", layout.family, layout.name, "load-1", lacks=arrival.lacks)
            own = texts if offer.month else [text for text in texts if _month(header, text) == month.month]
            clean = flights(check(raw, [header, *own]), *TOLD)
            found[month] = sorted((int(number), origin, to, delay or 0) for number, origin, to, delay in clean)
    assert found == dict.fromkeys(kind.months, EXPECTED)


def _month(header, text):
    """Of a line of the Data Expo, which quotes nothing."""
    return int(text.split(",")[header.split(",").index("Month")])
