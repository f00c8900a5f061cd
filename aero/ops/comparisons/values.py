"""What the columns say: how often they are filled and 0, their means, causes and events, and who has which number."""

import math
from collections import Counter
from statistics import median

from aero.ops import likeness
from aero.ops.comparisons.beside import Beside, once
from aero.ops.likeness import Value, Values, of_share, only
from aero.ops.profile import Profile

# So many of the month's flights must usually be filled, or not 0, that none is no chance.
LEAST_FILLED = 50
# A column that is 0 more often than that is so because of what happened.
NEVER_ZERO = 0.01
# What happens to most flights; `Profile.given` names the rest.
FLOWN = "flown"
# Whether airlines say which aircraft a cancelled flight would have had changed within a month, with 2008.
CUSTOM = "cancelled tail_number"
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")
EVENTS, DELAYED = ("cancelled_share", "diverted_share"), "delayed_share"
# No event at all counts as so many.
NONE = 0.3
# A taxi is half as long where few fly, as in 2020.
STEADY = ("distance_miles", "scheduled_elapsed_minutes", "air_minutes")


def filled(profile: Profile, beside: Beside) -> Values:
    """Share of the flown flights in which a column is filled, and of the late ones: "late carrier_delay_minutes"."""
    return _filled(profile, beside, FLOWN) | _filled(profile, beside, "late")


def given(profile: Profile, beside: Beside) -> Values:
    """Share of the cancelled and of the diverted flights in which a column is filled: "cancelled cancellation_code"."""
    found = _filled(profile, beside, "cancelled") | _filled(profile, beside, "diverted")
    return {name: value for name, value in found.items() if name != CUSTOM}


def _filled(profile: Profile, beside: Beside, happened: str) -> dict[str, Value]:
    """A month in which a column is empty tells nothing of others, nor they of one before it began: years have columns
    that others have not."""
    own = _shares(profile, happened)
    if profile is not beside.month:
        return own
    began = {name for other in beside.others.before for name in _shares(other, happened)}
    others = [shares for other in beside.all if (shares := _shares(other, happened))]
    flights = _flights(profile, happened)
    usual = {name: median(shares[name].value if name in shares else 0.0 for shares in others) for name in began}
    return {
        name: own.get(name, Value(0.0))
        for name in began
        # So many flights have the column elsewhere that none is no chance.
        if name in own or usual[name] * flights >= LEAST_FILLED
    }


@once
def _shares(profile: Profile, happened: str) -> dict[str, Value]:
    """Of each column that is filled in some of the flights to which this happened, its share of them."""
    flights = _flights(profile, happened)
    if happened == FLOWN:
        return {name: Value(column.filled) for name, column in profile.columns.items() if column.filled}
    counts = profile.given[happened].items() if flights >= LEAST_FILLED else ()
    return {f"{happened} {name}": of_share(count, flights) for name, count in counts if name}


def _flights(profile: Profile, happened: str) -> int:
    """To how many flights this happened; 0 where their columns were not measured."""
    if happened == FLOWN:
        return profile.rows if profile.columns else 0
    return profile.given.get(happened, {}).get("", 0)


def zero(profile: Profile, beside: Beside) -> Values:
    """Share of the flown flights in which a column is 0 that next to never was."""
    zeros = {name: column.zero for name, column in profile.columns.items() if column.zero is not None}
    if profile is beside.month:
        usual = {name: [of for other in beside.all if (of := _zero_of(other, name)) is not None] for name in zeros}
        zeros = {name: of for name, of in zeros.items() if usual[name] and median(usual[name]) < NEVER_ZERO}
    return {name: Value(of) for name, of in zeros.items()}


def _zero_of(profile: Profile, name: str) -> float | None:
    return profile.columns[name].zero if name in profile.columns else None


def constant(profile: Profile, beside: Beside) -> Values:
    """1 of a column that is constant; none of one that has hardly any other value than 0 in the months beside."""
    others = [other.columns for other in beside.all if other.columns]
    found = {}
    for name, column in profile.columns.items():
        varied = [1 - (other[name].zero or 0.0) for other in others if name in other and other[name].filled]
        if column.filled and varied and median(varied) * beside.month.rows >= LEAST_FILLED:
            found[name] = Value(float(column.is_constant))
    return found


def mean(profile: Profile, beside: Beside) -> Values:
    means = {name: column.mean for name, column in profile.columns.items() if name in STEADY}
    return {name: Value(math.log(mean)) for name, mean in means.items() if mean is not None and mean > 0}


def causes(profile: Profile, beside: Beside) -> Values:
    """Each cause's share of the minutes of delay that causes are given for."""
    columns = {cause: profile.columns.get(f"{cause}_delay_minutes") for cause in CAUSES}
    means = {cause: column.mean for cause, column in columns.items() if column and column.mean is not None}
    total = sum(means.values())
    return {cause: Value(mean / total) for cause, mean in means.items()} if total else {}


def events(profile: Profile, beside: Beside) -> Values:
    """Logarithms of the shares of flights that were cancelled and diverted."""
    return {name.partition("_")[0]: _event(profile, name) for name in EVENTS if profile.measures.get(name) is not None}


def delayed(profile: Profile, beside: Beside) -> Values:
    """The logarithm of the share of flights that were late."""
    return {"": _event(profile, DELAYED)} if profile.measures.get(DELAYED) is not None else {}


def _event(profile: Profile, name: str) -> Value:
    count = max((profile.measures[name] or 0.0) * profile.rows, NONE)
    return Value(math.log(count / profile.rows), 1 / math.sqrt(count))


def delay_drift(profile: Profile, beside: Beside) -> Values:
    return only(likeness.apart(likeness.shares(profile.delay_groups), beside.delays)) if beside.all else {}


def dot_numbers(profile: Profile, beside: Beside) -> Values:
    """Share of the flights with another DOT number, or none, than their airline mostly has."""
    most: Counter[str] = Counter()
    for key, count in profile.dot_numbers.items():
        airline = key.rsplit(" ", 1)[0]
        most[airline] = max(most[airline], count)
    total = sum(profile.dot_numbers.values())
    return only(1 - most.total() / total) if total else {}


def new_dot_numbers(profile: Profile, beside: Beside) -> Values:
    """Share of the flights of airlines in common with a DOT number that the airline has in no other month."""
    known = {key for other in beside.all for key in other.dot_numbers}
    airlines = {key.rsplit(" ", 1)[0] for key in known if not key.endswith(" ")}
    own = {key: count for key, count in profile.dot_numbers.items() if key.rsplit(" ", 1)[0] in airlines}
    new = sum(count for key, count in own.items() if key not in known and not key.endswith(" "))
    return only(new / sum(own.values())) if own else {}
