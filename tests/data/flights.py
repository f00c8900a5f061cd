"""Made-up flights for tests/data/bts: a few ordinary ones, and one for each quirk that real rows have."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Airport(NamedTuple):
    dot_id: int
    market: int
    city: str
    state_id: str
    fips: str
    state: str
    wac: int
    zone: str


AIRPORTS = {
    "ANC": Airport(10299, 30299, "Anchorage, AK", "AK", "02", "Alaska", 1, "America/Anchorage"),
    "ATL": Airport(10397, 30397, "Atlanta, GA", "GA", "13", "Georgia", 34, "America/New_York"),
    "BHM": Airport(10599, 30599, "Birmingham, AL", "AL", "01", "Alabama", 51, "America/Chicago"),
    "BOS": Airport(10721, 30721, "Boston, MA", "MA", "25", "Massachusetts", 13, "America/New_York"),
    "DEN": Airport(11292, 30325, "Denver, CO", "CO", "08", "Colorado", 82, "America/Denver"),
    "DFW": Airport(11298, 30194, "Dallas/Fort Worth, TX", "TX", "48", "Texas", 74, "America/Chicago"),
    "HNL": Airport(12173, 32134, "Honolulu, HI", "HI", "15", "Hawaii", 2, "Pacific/Honolulu"),
    "JFK": Airport(12478, 31703, "New York, NY", "NY", "36", "New York", 22, "America/New_York"),
    "LAX": Airport(12892, 32575, "Los Angeles, CA", "CA", "06", "California", 91, "America/Los_Angeles"),
    "ORD": Airport(13930, 30977, "Chicago, IL", "IL", "17", "Illinois", 41, "America/Chicago"),
    "PHX": Airport(14107, 30466, "Phoenix, AZ", "AZ", "04", "Arizona", 81, "America/Phoenix"),
    "SEA": Airport(14747, 30559, "Seattle, WA", "WA", "53", "Washington", 93, "America/Los_Angeles"),
    "SJU": Airport(14843, 34819, "San Juan, PR", "PR", "72", "Puerto Rico", 3, "America/Puerto_Rico"),
}
MILES = {
    "ANC-SEA": 1448, "ATL-BHM": 134, "ATL-DFW": 731, "BOS-JFK": 187, "DEN-ORD": 888, "DEN-PHX": 602, "DEN-SEA": 1024,
    "DFW-ORD": 801, "HNL-LAX": 2556, "HNL-SEA": 2677, "JFK-LAX": 2475, "JFK-SEA": 2422, "JFK-SJU": 1598,
    "LAX-PHX": 370, "LAX-SEA": 954, "ORD-SEA": 1721, "HNL-JFK": 4983,
}  # fmt: skip
AIRLINES = {"AA": 19805, "AS": 19930, "B6": 20409, "DL": 19790, "G7": 20500, "HA": 19690, "OO": 20304, "PA (1)": 20384,
            "UA": 19977, "WN": 19393}  # fmt: skip
CAUSES = ("CarrierDelay", "WeatherDelay", "NASDelay", "SecurityDelay", "LateAircraftDelay")


class Flight(NamedTuple):
    """`leaves` is its scheduled local clock, `scheduled` its minutes by schedule; `late` is None if it never left.

    `causes` share the minutes of a late arrival. `fields` are written as they are.
    """

    day: int
    airline: str
    number: str
    tail: str
    route: str
    leaves: str
    scheduled: int
    late: int | None = 0
    out: int = 15
    air: int = 0
    into: int = 6
    causes: tuple[int, ...] = ()
    fold: int = 0
    fields: Mapping[str, str] = MappingProxyType({})


def fields(text: str) -> dict[str, str]:
    """Columns and values out of `column=value column=value`."""
    return dict(field.split("=") for field in text.split())


NO_ARRIVAL = fields("""
    WheelsOn= TaxiIn= ArrTime= ArrDelay= ArrDelayMinutes= ArrDel15= ArrivalDelayGroups= ActualElapsedTime= AirTime=
""")
NEVER_LEFT = fields("CancellationCode=B")
# Left the gate, came back and was cancelled.
CAME_BACK = NO_ARRIVAL | fields("TaxiOut= WheelsOff= Cancelled=1.00 CancellationCode=C")
RETURNED_TO_GATE = fields("FirstDepTime=0702 TotalAddGTime=31.00 LongestAddGTime=31.00")
DIVERTED = fields("""
    Diverted=1.00 DivAirportLandings=1 DivReachedDest=1.00 DivActualElapsedTime=494.00 DivArrDelay=128.00
    DivDistance=0.00 Div1Airport=DEN Div1AirportID=11292 Div1AirportSeqID=1129202 Div1WheelsOn=1130
    Div1TotalGTime=60.00 Div1LongestGTime=60.00 Div1WheelsOff=1230 Div1TailNum=N708ZS
    ArrDelay= ArrDelayMinutes= ArrDel15= ArrivalDelayGroups= ActualElapsedTime= AirTime=
""")
TURNED_ROUND = NO_ARRIVAL | fields("""
    Diverted=1.00 DivAirportLandings=9 DivReachedDest=0.00 DivDistance=801.00 Div1Airport=DFW Div1AirportID=11298
    Div1AirportSeqID=1129802 Div1WheelsOn=1451 Div1TotalGTime=9.00 Div1LongestGTime=9.00
""")
GIVEN_UP = NO_ARRIVAL | fields("""
    Diverted=1.00 DivAirportLandings=2 DivReachedDest=0.00 DivDistance=954.00 Div1Airport=DEN Div1AirportID=11292
    Div1AirportSeqID=1129202 Div1WheelsOn=0835 Div1TotalGTime=45.00 Div1LongestGTime=40.00 Div1WheelsOff=0920
    Div1TailNum=N809ZU Div2Airport=LAX Div2AirportID=12892 Div2AirportSeqID=1289202 Div2WheelsOn=1045
    Div2TotalGTime=8.00 Div2LongestGTime=8.00
""")
SOLD_BY_UNITED = fields("""
    Marketing_Airline_Network=UA Operated_or_Branded_Code_Share_Partners=UA_CODESHARE DOT_ID_Marketing_Airline=19977
    IATA_Code_Marketing_Airline=UA
""")
SWAPPED = fields("""
    Originally_Scheduled_Code_Share_Airline=G7 DOT_ID_Originally_Scheduled_Code_Share_Airline=20500
    IATA_Code_Originally_Scheduled_Code_Share_Airline=G7 Flight_Num_Originally_Scheduled_Code_Share_Airline=5240
    Duplicate=Y
""")

# Left before midnight of its date; at midnight, which is 2400; came at midnight; a night flight.
CLOCKS = [
    Flight(1, "AA", "31", "N101ZA", "JFK-LAX", "0005", 380, -10),
    Flight(1, "B6", "702", "N902ZB", "JFK-SJU", "2350", 225, 10),
    Flight(2, "DL", "1551", "N303ZD", "ATL-DFW", "2230", 148, 0, out=20, air=120, into=10),
    Flight(2, "AA", "32", "N101ZA", "LAX-JFK", "2255", 310, 3, air=289),
]
NOVEMBER_2019 = [
    *CLOCKS,
    # The night to winter time: 01:15 comes twice. The second departure is an hour after the first.
    Flight(3, "B6", "917", "N903ZB", "JFK-BOS", "0115", 70, 2),
    Flight(3, "B6", "919", "N904ZB", "JFK-BOS", "0115", 70, 0, fold=1),
    Flight(3, "B6", "717", "N905ZB", "JFK-SJU", "0150", 228, -4),
    # There before it left, by the clocks.
    Flight(4, "DL", "2101", "N304ZD", "ATL-BHM", "0905", 54, -3, out=12, air=33, into=5),
    # Zones without summer time.
    Flight(4, "WN", "3310", "N505ZW", "DEN-PHX", "1200", 110, 5),
    Flight(5, "HA", "21", "N606ZH", "SEA-HNL", "0855", 370, -6, out=18, air=338, into=9),
    Flight(5, "AS", "92", "N707ZS", "ANC-SEA", "0030", 210, 1),
    # Of two legs with one number.
    Flight(6, "UA", "1700", "N808ZU", "SEA-DEN", "0610", 155, 0),
    Flight(6, "UA", "1700", "N808ZU", "DEN-ORD", "1000", 145, 7),
    # 14 minutes are in time, 15 are late; 16 early are group -2; a day late is group 12.
    Flight(7, "AA", "2410", "N102ZA", "DFW-ORD", "1330", 140, 14, out=15, air=119, into=6),
    Flight(7, "AA", "2412", "N103ZA", "DFW-ORD", "1530", 140, 15, out=15, air=119, into=6, causes=(15, 0, 0, 0, 0)),
    Flight(7, "AA", "2414", "N104ZA", "DFW-ORD", "1730", 140, -16, out=15, air=119, into=6),
    Flight(8, "AA", "2416", "N105ZA", "DFW-ORD", "0700", 140, 1301, air=114, causes=(1200, 0, 6, 0, 90)),
    # A night in which every cause has a part.
    Flight(9, "OO", "5240", "N909ZO", "ORD-DEN", "1945", 165, 95, out=40, air=128, into=9, causes=(20, 31, 12, 1, 43)),
    # No tail number was fixed yet, or a placeholder stands for it, or a byte of it is not UTF-8.
    Flight(10, "WN", "88", "", "PHX-LAX", "1105", 80, None, fields=NEVER_LEFT),
    Flight(10, "WN", "90", "UNKNOW", "PHX-LAX", "1305", 80, 0),
    Flight(10, "WN", "92", "N5\xe906W", "PHX-LAX", "1505", 80, 0),
    # Went back to the gate first.
    Flight(11, "UA", "488", "N809ZU", "ORD-SEA", "0700", 275, 55, fields=RETURNED_TO_GATE),
    # Landed elsewhere, and came in the end: no ArrDelay, but DivArrDelay.
    Flight(12, "AS", "1071", "N708ZS", "JFK-SEA", "0900", 370, 4, out=20, air=466, into=8, fields=DIVERTED),
    # The longest distance group is 11.
    Flight(12, "HA", "51", "N607ZH", "JFK-HNL", "0955", 670, -2),
]
# An ordinary flight a day, early or late by what the day gives.
NOVEMBER_2019 += [
    Flight(day, "AA", "1", f"N1{day:02d}ZA", "JFK-LAX", "0900", 380, day * 7 % 23 - 9, air=335 + day % 5)
    for day in range(1, 31)
]

FEBRUARY_1989 = [
    *(Flight(day, "AA", "1", "", "JFK-LAX", "0900", 352, day * 11 % 40 - 5, air=320) for day in range(1, 9)),
    # An earlier user of its code; never left, and nobody wrote why; diverted, and nobody wrote where to.
    Flight(9, "PA (1)", "0441", "", "JFK-SJU", "2345", 225, 15),
    Flight(10, "PA (1)", "0441", "", "JFK-SJU", "2345", 225, None),
    Flight(11, "UA", "0225", "", "ORD-DEN", "0800", 160, 3, fields=NO_ARRIVAL | {"Diverted": "1.00"}),
    Flight(12, "DL", "0118", "", "ATL-BHM", "2359", 50, 1, air=29),
]

FEBRUARY_2024 = [
    *CLOCKS,
    Flight(3, "UA", "1700", "N808ZU", "SEA-DEN", "0610", 155, 0),
    Flight(4, "G7", "4166", "N211ZG", "ORD-DFW", "1730", 155, 31, causes=(0, 31, 0, 0, 0), fields=SOLD_BY_UNITED),
    # Flown by another than was planned: it is listed once, and marked.
    Flight(5, "OO", "5240", "N909ZO", "ORD-DEN", "1945", 165, -3, fields=SOLD_BY_UNITED | SWAPPED),
    Flight(6, "WN", "88", "", "PHX-LAX", "1105", 80, None, fields=NEVER_LEFT),
    Flight(7, "G7", "4168", "N212ZG", "ORD-DFW", "0615", 155, 12, fields=SOLD_BY_UNITED | CAME_BACK),
    Flight(8, "AS", "1071", "N708ZS", "JFK-SEA", "0900", 370, 4, out=20, air=466, into=8, fields=DIVERTED),
    # Went back to where it came from; and landed twice on its way, until it was given up.
    Flight(9, "AA", "2410", "N102ZA", "DFW-ORD", "1330", 140, 8, fields=TURNED_ROUND),
    Flight(10, "UA", "488", "N809ZU", "ORD-SEA", "0700", 275, 0, fields=GIVEN_UP),
    Flight(29, "DL", "2101", "N304ZD", "ATL-BHM", "0905", 54, -3, out=12, air=33, into=5),
]

MARCH_2007 = [
    Flight(1, "WN", "588", "N351ZW", "DEN-PHX", "0915", 110, 0),
    Flight(1, "WN", "590", "0", "DEN-PHX", "1215", 110, None, fields={"CancellationCode": "A"}),
    Flight(2, "AA", "2416", "000000", "DFW-ORD", "1905", 140, 34, out=21, air=110, into=9, causes=(0, 34, 0, 0, 0)),
    Flight(3, "UA", "225", "N810ZU", "ORD-DEN", "0800", 160, 3, fields=NO_ARRIVAL | {"Diverted": "1.00"}),
    Flight(4, "B6", "702", "N902ZB", "JFK-SJU", "2350", 225, 10),
    Flight(5, "AA", "31", "N101ZA", "JFK-LAX", "0005", 380, -10),
    # The night to summer time: 02:00 to 03:00 did not come.
    Flight(11, "AA", "32", "N101ZA", "LAX-PHX", "0145", 75, 4),
    Flight(11, "AS", "92", "N707ZS", "ANC-SEA", "0030", 210, 1),
]

# File → layout, year, month, flights.
FILES = {
    "dataexpo_2007_03.csv": ("dataexpo", 2007, 3, MARCH_2007),
    "marketing_2024_02.csv": ("marketing", 2024, 2, FEBRUARY_2024),
    "reporting_1989_02.csv": ("reporting_old", 1989, 2, FEBRUARY_1989),
    "reporting_2019_11.csv": ("reporting", 2019, 11, NOVEMBER_2019),
}
