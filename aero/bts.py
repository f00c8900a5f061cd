"""The layouts in which BTS on-time performance arrives, and what each column becomes in `aero_clean.flights`.

Sources: the field lists of the two PREZIP families (reporting carriers since 1987-10, marketing carriers since
2018-01), and the 29 columns of the 2009 ASA Data Expo. Columns are matched by name, never by position.
"""

from dataclasses import dataclass

from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_MARKETING, FLIGHTS_REPORTING, Dataset
from aero.errors import AeroError

_ROUTE_AND_TIMES = """
    OriginAirportID OriginAirportSeqID OriginCityMarketID Origin OriginCityName OriginState OriginStateFips
    OriginStateName OriginWac DestAirportID DestAirportSeqID DestCityMarketID Dest DestCityName DestState DestStateFips
    DestStateName DestWac CRSDepTime DepTime DepDelay DepDelayMinutes DepDel15 DepartureDelayGroups DepTimeBlk TaxiOut
    WheelsOff WheelsOn TaxiIn CRSArrTime ArrTime ArrDelay ArrDelayMinutes ArrDel15 ArrivalDelayGroups ArrTimeBlk
    Cancelled CancellationCode Diverted CRSElapsedTime ActualElapsedTime AirTime Flights Distance DistanceGroup
    CarrierDelay WeatherDelay NASDelay SecurityDelay LateAircraftDelay FirstDepTime TotalAddGTime LongestAddGTime
    DivAirportLandings DivReachedDest DivActualElapsedTime DivArrDelay DivDistance
""".split()
_DATES = "Year Quarter Month DayofMonth DayOfWeek FlightDate".split()
_DIVERSION_FIELDS = "Airport AirportID AirportSeqID WheelsOn TotalGTime LongestGTime WheelsOff TailNum".split()
DIVERSIONS = range(1, 6)
_DIVERSIONS = [f"Div{i}{field}" for i in DIVERSIONS for field in _DIVERSION_FIELDS]


@dataclass(frozen=True)
class Layout:
    """One header, and the raw table whose columns stand in the same places.

    `family` tells which flights it lists: the two families hold the same flights and never add up.
    """

    name: str
    family: str
    raw: Dataset
    columns: tuple[str, ...]


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout(
            "reporting",
            "reporting",
            FLIGHTS_REPORTING,
            (
                *_DATES,
                *"Reporting_Airline DOT_ID_Reporting_Airline IATA_CODE_Reporting_Airline Tail_Number".split(),
                "Flight_Number_Reporting_Airline",
                *_ROUTE_AND_TIMES,
                *_DIVERSIONS,
            ),
        ),
        Layout(
            "reporting_old",
            "reporting",
            FLIGHTS_REPORTING,
            (
                *_DATES,
                *"UniqueCarrier AirlineID Carrier TailNum FlightNum".split(),
                *_ROUTE_AND_TIMES,
                *_DIVERSIONS,
            ),
        ),
        Layout(
            "marketing",
            "marketing",
            FLIGHTS_MARKETING,
            (
                *_DATES,
                *"Marketing_Airline_Network Operated_or_Branded_Code_Share_Partners DOT_ID_Marketing_Airline".split(),
                *"IATA_Code_Marketing_Airline Flight_Number_Marketing_Airline".split(),
                *"Originally_Scheduled_Code_Share_Airline DOT_ID_Originally_Scheduled_Code_Share_Airline".split(),
                "IATA_Code_Originally_Scheduled_Code_Share_Airline",
                "Flight_Num_Originally_Scheduled_Code_Share_Airline",
                *"Operating_Airline DOT_ID_Operating_Airline IATA_Code_Operating_Airline Tail_Number".split(),
                "Flight_Number_Operating_Airline",
                *_ROUTE_AND_TIMES,
                *_DIVERSIONS,
                "Duplicate",
            ),
        ),
        Layout(
            "dataexpo",
            "reporting",
            FLIGHTS_DATAEXPO,
            tuple(
                """Year Month DayofMonth DayOfWeek DepTime CRSDepTime ArrTime CRSArrTime UniqueCarrier FlightNum TailNum
                ActualElapsedTime CRSElapsedTime AirTime ArrDelay DepDelay Origin Dest Distance TaxiIn TaxiOut Cancelled
                CancellationCode Diverted CarrierDelay WeatherDelay NASDelay SecurityDelay LateAircraftDelay""".split()
            ),
        ),
    )
}

RAW_FLIGHTS = {name: layout.raw for name, layout in LAYOUTS.items()}


@dataclass(frozen=True)
class Column:
    """One column of `aero_clean.flights` that BTS fills.

    `kind`: text, integer (bare number, decimals allowed but zero), flag (0/1), yes_no (Y/N), clock (hhmm) or date.
    `sources`: its names in the layouts, whichever a header has.
    """

    name: str
    kind: str
    sources: tuple[str, ...]


def _columns(table: str) -> tuple[Column, ...]:
    rows = (line.split() for line in table.strip().splitlines())
    return tuple(Column(name, kind, tuple(sources)) for name, kind, *sources in rows)


COLUMNS = _columns("""
  flight_date                          date    FlightDate
  quarter                              integer Quarter
  day_of_month                         integer DayofMonth
  day_of_week                          integer DayOfWeek
  airline_id                           text    Reporting_Airline UniqueCarrier Operating_Airline
  airline_dot_id                       integer DOT_ID_Reporting_Airline AirlineID DOT_ID_Operating_Airline
  airline_iata                         text    IATA_CODE_Reporting_Airline Carrier IATA_Code_Operating_Airline
  tail_number                          text    Tail_Number TailNum
  flight_number                        text    Flight_Number_Reporting_Airline FlightNum Flight_Number_Operating_Airline
  marketing_airline_id                 text    Marketing_Airline_Network
  marketing_airline_dot_id             integer DOT_ID_Marketing_Airline
  marketing_airline_iata               text    IATA_Code_Marketing_Airline
  marketing_flight_number              text    Flight_Number_Marketing_Airline
  code_share_partners                  text    Operated_or_Branded_Code_Share_Partners
  originally_scheduled_airline_id      text    Originally_Scheduled_Code_Share_Airline
  originally_scheduled_airline_dot_id  integer DOT_ID_Originally_Scheduled_Code_Share_Airline
  originally_scheduled_airline_iata    text    IATA_Code_Originally_Scheduled_Code_Share_Airline
  originally_scheduled_flight_number   text    Flight_Num_Originally_Scheduled_Code_Share_Airline
  is_code_share_swap                   yes_no  Duplicate
  origin_id                            text    Origin
  origin_dot_id                        integer OriginAirportID
  origin_dot_seq_id                    integer OriginAirportSeqID
  origin_city_market_id                integer OriginCityMarketID
  origin_city                          text    OriginCityName
  origin_state_id                      text    OriginState
  origin_state_fips                    text    OriginStateFips
  origin_state                         text    OriginStateName
  origin_wac                           integer OriginWac
  destination_id                       text    Dest
  destination_dot_id                   integer DestAirportID
  destination_dot_seq_id               integer DestAirportSeqID
  destination_city_market_id           integer DestCityMarketID
  destination_city                     text    DestCityName
  destination_state_id                 text    DestState
  destination_state_fips               text    DestStateFips
  destination_state                    text    DestStateName
  destination_wac                      integer DestWac
  scheduled_departure_local            clock   CRSDepTime
  departure_local                      clock   DepTime
  departure_delay_minutes              integer DepDelay
  departure_delay_positive_minutes     integer DepDelayMinutes
  is_departure_delayed_15              flag    DepDel15
  departure_delay_group                integer DepartureDelayGroups
  departure_time_block                 text    DepTimeBlk
  taxi_out_minutes                     integer TaxiOut
  wheels_off_local                     clock   WheelsOff
  wheels_on_local                      clock   WheelsOn
  taxi_in_minutes                      integer TaxiIn
  scheduled_arrival_local              clock   CRSArrTime
  arrival_local                        clock   ArrTime
  arrival_delay_minutes                integer ArrDelay
  arrival_delay_positive_minutes       integer ArrDelayMinutes
  is_arrival_delayed_15                flag    ArrDel15
  arrival_delay_group                  integer ArrivalDelayGroups
  arrival_time_block                   text    ArrTimeBlk
  is_cancelled                         flag    Cancelled
  cancellation_code                    text    CancellationCode
  is_diverted                          flag    Diverted
  scheduled_elapsed_minutes            integer CRSElapsedTime
  elapsed_minutes                      integer ActualElapsedTime
  air_minutes                          integer AirTime
  flights                              integer Flights
  distance_miles                       integer Distance
  distance_group                       integer DistanceGroup
  carrier_delay_minutes                integer CarrierDelay
  weather_delay_minutes                integer WeatherDelay
  nas_delay_minutes                    integer NASDelay
  security_delay_minutes               integer SecurityDelay
  late_aircraft_delay_minutes          integer LateAircraftDelay
  first_departure_local                clock   FirstDepTime
  ground_away_minutes                  integer TotalAddGTime
  longest_ground_away_minutes          integer LongestAddGTime
  diversion_landings                   integer DivAirportLandings
  is_diversion_destination_reached     flag    DivReachedDest
  diversion_elapsed_minutes            integer DivActualElapsedTime
  diversion_arrival_delay_minutes      integer DivArrDelay
  diversion_distance_miles             integer DivDistance
""")

# What tells two flights of a load apart; where there was no schedule (some of 1996-1999), also departure_local.
KEY = ("flight_date", "airline_id", "flight_number", "origin_id", "destination_id", "scheduled_departure_local")

# The fields of one element of `diversions`; the source has them five times, `Div1Airport` … `Div5TailNum`.
DIVERSION_COLUMNS = _columns("""
  airport_id                           text    Airport
  airport_dot_id                       integer AirportID
  airport_dot_seq_id                   integer AirportSeqID
  wheels_on_local                      clock   WheelsOn
  ground_minutes                       integer TotalGTime
  longest_ground_minutes               integer LongestGTime
  wheels_off_local                     clock   WheelsOff
  tail_number                          text    TailNum
""")


def header_columns(header: str) -> tuple[str, ...]:
    """Column names of a header line, in its order: unquoted, trimmed, without the unnamed last one."""
    names = tuple(name.strip().strip('"').strip() for name in header.lstrip("\ufeff").strip().split(","))
    return names[:-1] if names[-1] == "" else names


def _likeness(names: tuple[str, ...], layout: Layout) -> tuple[float, int]:
    """The share of the layout's columns that are there, then their number: a layout may hold all columns of another."""
    common = len(set(names) & set(layout.columns))
    return common / len(layout.columns), common


def recognise(header: str, file: str) -> Layout:
    """The layout of a header line, in whatever order its columns stand.

    Raises AeroError naming `file` and every column that is unknown, missing or there twice.
    """
    names = header_columns(header)
    nearest = max(LAYOUTS.values(), key=lambda layout: _likeness(names, layout))
    twice = sorted({name for name in names if names.count(name) > 1})
    unknown = [name for name in names if name not in nearest.columns]
    missing = [name for name in nearest.columns if name not in names]
    if not (twice or unknown or missing):
        return nearest
    if not set(names) & set(nearest.columns):
        raise AeroError(
            f"{file}: the first line is not a header of BTS on-time data: {header.strip()[:80]!r}",
            "The file must be CSV with a header; the known ones are in aero/bts.py.",
        )
    faults = [
        f"{what}: {', '.join(columns)}"
        for what, columns in (("unknown", unknown), ("missing", missing), ("twice", twice))
        if columns
    ]
    raise AeroError(
        f"{file}: the header is nearest to the {nearest.name} layout, but has columns {'; '.join(faults)}",
        "If BTS changed its layout, add it as docs/changing.md says under “A new BTS column”.",
    )
