"""The names by which files of BTS flights call the columns of a layout: a header is a set of known names, in any order.

Sources: PREZIP of before and after 2018, the web form on transtats.bts.gov (internal names), the Data Expo, and the
exports of them that are passed around (Kaggle's of 2015, 2009-2018 and 2019-2023, hflights, nycflights13). Names are
compared without case, blanks and underscores, so DEP_TIME, dep_time and DepTime are one.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from aero import bts
from aero.bts import COLUMNS, DIVERSION_COLUMNS, DIVERSIONS, LAYOUTS, Layout
from aero.errors import AeroError

# Of each column of aero_clean.flights the names beside those in aero/bts.py, the better first: a file may have two.
_ALIASES = {
    name: tuple(aliases)
    for name, *aliases in (
        line.split()
        for line in """
  flight_date                       FL_DATE date
  day_of_month                      day
  airline_id                        OP_UNIQUE_CARRIER AIRLINE_CODE AIRLINE
  airline_dot_id                    OP_CARRIER_AIRLINE_ID DOT_CODE
  airline_iata                      OP_CARRIER
  tail_number                       tailnum
  flight_number                     OP_CARRIER_FL_NUM FL_NUM FL_NUMBER FLIGHT_NUMBER flight
  marketing_airline_id              MKT_UNIQUE_CARRIER
  marketing_airline_dot_id          MKT_CARRIER_AIRLINE_ID
  marketing_airline_iata            MKT_CARRIER
  marketing_flight_number           MKT_CARRIER_FL_NUM
  code_share_partners               BRANDED_CODE_SHARE
  originally_scheduled_airline_id   SCH_OP_UNIQUE_CARRIER
  originally_scheduled_airline_dot_id  SCH_OP_CARRIER_AIRLINE_ID
  originally_scheduled_airline_iata    SCH_OP_CARRIER
  originally_scheduled_flight_number   SCH_OP_CARRIER_FL_NUM
  is_code_share_swap                DUP
  origin_id                         ORIGIN_AIRPORT
  origin_city                       ORIGIN_CITY
  origin_state_id                   ORIGIN_STATE_ABR
  origin_state                      ORIGIN_STATE_NM
  destination_id                    DESTINATION_AIRPORT DESTINATION
  destination_city                  DEST_CITY
  destination_state_id              DEST_STATE_ABR
  destination_state                 DEST_STATE_NM
  scheduled_departure_local         SCHEDULED_DEPARTURE sched_dep_time
  departure_local                   DEPARTURE_TIME
  departure_delay_minutes           DEPARTURE_DELAY
  departure_delay_positive_minutes  DEP_DELAY_NEW
  departure_delay_group             DEP_DELAY_GROUP
  scheduled_arrival_local           SCHEDULED_ARRIVAL sched_arr_time
  arrival_local                     ARRIVAL_TIME
  arrival_delay_minutes             ARRIVAL_DELAY
  arrival_delay_positive_minutes    ARR_DELAY_NEW
  arrival_delay_group               ARR_DELAY_GROUP
  cancellation_code                 CANCELLATION_REASON
  scheduled_elapsed_minutes         SCHEDULED_TIME
  elapsed_minutes                   ELAPSED_TIME
  carrier_delay_minutes             AIRLINE_DELAY DELAY_DUE_CARRIER
  weather_delay_minutes             DELAY_DUE_WEATHER
  nas_delay_minutes                 AIR_SYSTEM_DELAY DELAY_DUE_NAS
  security_delay_minutes            DELAY_DUE_SECURITY
  late_aircraft_delay_minutes       DELAY_DUE_LATE_AIRCRAFT
""".strip().splitlines()
    )
}
# What known exports say besides, in words or a second time: it stays in the file.
_TOLD_ELSEWHERE = "AIRLINE_DOT AIRLINE_NAME hour minute time_hour IsArrDelayed IsDepDelayed"
_MARKETING = ("marketing_airline_id", "marketing_airline_iata", "marketing_flight_number", "marketing_airline_dot_id")
# The layout of a family that has most columns.
FULL = {
    family: max((one for one in LAYOUTS.values() if one.family == family), key=lambda one: len(one.columns))
    for family in ("reporting", "marketing")
}
# The columns of a layout that a flight date tells as well.
DATE_PARTS = ("Year", "Quarter", "Month", "DayofMonth", "DayOfWeek")


@cache
def kinds() -> dict[str, str]:
    """The kind (aero/bts.py) of every column of every layout; those without are told by their date."""
    named = {name: column.kind for column in COLUMNS for name in column.sources}
    diversions = {f"Div{i}{one.sources[0]}": one.kind for i in DIVERSIONS for one in DIVERSION_COLUMNS}
    return named | diversions


def squeezed(name: str) -> str:
    """A name without case, blanks, punctuation and a unit in brackets."""
    return re.sub(r"\(.*?\)|\[.*?\]|[^a-z0-9]", "", name.lower())


# What pandas, R, Spark and DuckDB call a column that nobody named: an index, or what stands behind BTS' last comma.
_NAMELESS = re.compile(
    r"Unnamed: \d+(\.\d+)*(_level_\d+)?|__index_level_\d+__|__null_dask_index__|level_\d|index|row\.?names?|X|\.\.\.\d+"
    r"|_c\d+|column\d+",
    re.IGNORECASE,
)


def is_nameless(name: str) -> bool:
    """Whether a column is nobody's: the one after BTS' last comma, or an index."""
    return not name or _NAMELESS.fullmatch(name) is not None


@dataclass(frozen=True)
class Form:
    """How a header's columns become those of a layout.

    `places`: of each of the layout's columns that the file has, the column of the file, counted from 0. `missing`: the
    columns of the family's full layout that the file lacks. `unused`: columns that say nothing more, or are ignored.
    `is_exact`: the header is the layout's own, as BTS or the Data Expo write it.
    """

    layout: Layout
    places: dict[str, int] = field(hash=False)
    missing: tuple[str, ...]
    unused: tuple[str, ...] = ()
    is_exact: bool = False

    @property
    def full(self) -> int:
        """How many columns the family's full layout has."""
        return len(FULL[self.layout.family].columns)

    @property
    def given(self) -> int:
        """How many of them the file has."""
        return self.full - len(self.missing)

    def __str__(self) -> str:
        return in_words(self.layout.family, self.missing)


def in_words(family: str, missing: Collection[str]) -> str:
    """`24 of 109 columns`: how many of the family's full layout a file has."""
    full = len(FULL[family].columns)
    return f"{full - len(missing)} of {full} columns"


def lacking(layout: str) -> tuple[str, ...]:
    """The columns of the family's full layout that a layout has not."""
    return form_of(LAYOUTS[layout].columns, layout).missing


def unknown_to_clean(lacks: Iterable[str]) -> frozenset[str]:
    """The columns of aero_clean.flights that stay NULL, or are derived, where a file `lacks` these of its layout. The
    airline is told by one of its codes, and the parts of a date by the date.
    """
    found = {_clean_names().get(name) for name in lacks if name not in (*DATE_PARTS, "FlightDate")}
    return frozenset(name for name in found if name is not None and name != "airline_id")


def likeness(names: Iterable[str]) -> int:
    """How many of some names are of flights."""
    return sum(squeezed(name) in _names() for name in names if name)


def form_of(names: Sequence[str], file: str, ignore: Iterable[str] = ()) -> Form:
    """The form of a header's names, called `file` in errors. Columns that are named in `ignore` are unused.

    Raises AeroError naming the columns that are unknown or there twice, or what is missing to tell a flight.
    """
    own = {place: name for place, name in enumerate(names) if not is_nameless(name)}
    passed = {squeezed(name) for name in ignore}
    _refuse_twice(list(own.values()), file)
    told: dict[str, list[tuple[int, int]]] = {}
    for place, name in own.items():
        if squeezed(name) not in passed and (known := _names().get(squeezed(name))):
            told.setdefault(known[0], []).append((known[1], place))
    places = {column: min(found)[1] for column, found in told.items()}
    family = "marketing" if any(one in places for one in _MARKETING) else "reporting"
    form = _form(places, family, names, file)
    if unknown := [name for name in own.values() if squeezed(name) not in _names().keys() | passed]:
        raise AeroError(
            f"{file}: unknown columns: {', '.join(unknown)}",
            "Give --ignore-columns with their names, separated by commas, if they may stay in the raw file alone."
            " If BTS changed its layout, add it as docs/changing.md says under “A new BTS column”.",
        )
    return form


def _form(told: dict[str, int], family: str, names: Sequence[str], file: str) -> Form:
    """The form of a file by the columns of aero_clean.flights, Year, Month and diversions that it tells."""
    full = FULL[family]
    is_year = set(told) == {_clean_names().get(name, name) for name in LAYOUTS["dataexpo"].columns}
    exact = _exact(names)
    layout = exact or (LAYOUTS["dataexpo"] if is_year else full)
    by_clean = {_clean_names().get(name, name): name for name in layout.columns}
    places = {by_clean[column]: place for column, place in told.items() if column in by_clean}
    # Who has only IATA's code has told the airline: BTS' own code is another one for few airlines of the past.
    if "airline_id" not in told and "airline_iata" in told:
        places[by_clean["airline_id"]] = told["airline_iata"]
    _refuse_untold(places, by_clean, names, file)
    missing = tuple(name for name in full.columns if _clean_names().get(name, name) not in told)
    unused = tuple(name for place, name in enumerate(names) if place not in places.values() and not is_nameless(name))
    return Form(layout, places, missing, unused, exact is not None)


def _exact(names: Sequence[str]) -> Layout | None:
    """The layout whose names these are, in whatever order, with or without the nameless one at BTS' line ends."""
    own = sorted(names[:-1] if names and names[-1] == "" else names)
    return next((layout for layout in LAYOUTS.values() if own == sorted(layout.columns)), None)


def _refuse_twice(names: list[str], file: str) -> None:
    keys = [squeezed(name) for name in names]
    if twice := sorted({name for name in names if keys.count(squeezed(name)) > 1}):
        raise AeroError(f"{file}: columns that are there twice: {', '.join(twice)}", "Take one of them away.")


def _refuse_untold(places: dict[str, int], by_clean: dict[str, str], names: Sequence[str], file: str) -> None:
    """Raises AeroError unless date, airline, number, origin and destination can be told."""
    needed = {
        "the airline": "airline_id",
        "the flight number": "flight_number",
        "the origin's code": "origin_id",
        "the destination's code": "destination_id",
    }
    lacks = [words for words, column in needed.items() if by_clean[column] not in places]
    if "FlightDate" not in places and not {"Year", "Month", "DayofMonth"} <= places.keys():
        lacks.insert(0, "the date")
    if lacks:
        raise AeroError(
            f"{file}: it lacks what tells a flight: {', '.join(lacks)}; its columns are {', '.join(names)}",
            "Get it again with these columns: on the web form FL_DATE, OP_UNIQUE_CARRIER, OP_CARRIER_FL_NUM, ORIGIN"
            " and DEST.",
        )


@cache
def _clean_names() -> dict[str, str]:
    """Of each name in a layout the column of aero_clean.flights; Year, Month and diversions have none."""
    return {name: column.name for column in COLUMNS for name in column.sources}


@cache
def _names() -> dict[str, tuple[str, int] | None]:
    """What each known name, squeezed, tells, and its rank among the names that tell the same; None: nothing more."""
    known: dict[str, tuple[str, int] | None] = {squeezed(name): None for name in _TOLD_ELSEWHERE.split()}
    for column in COLUMNS:
        for rank, name in enumerate((*column.sources, *_ALIASES.get(column.name, ()))):
            known.setdefault(squeezed(name), (column.name, rank))
    for layout in bts.LAYOUTS.values():
        for name in layout.columns:
            known.setdefault(squeezed(name), (name, 0))
    return known
