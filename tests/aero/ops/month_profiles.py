"""Profiles of months as the cleaning measures them: two airlines between three airports, every flight every day."""

from dataclasses import replace

from aero.ops.profile import ColumnProfile, Profile

# By airline its flights a day there, and as many back.
PAIRS = {"AA": ("JFK", "LAX", 40), "DL": ("JFK", "ATL", 20), "EV": ("ATL", "LAX", 12)}
COLUMNS = {"distance_miles": ColumnProfile(1.0, 0.0, 800.0), "departure_delay_minutes": ColumnProfile(1.0, 0.05, 10.0)}
DUE_DAYS = range(8, 25)


def month_profile(month, scale=1.0, airlines=tuple(PAIRS), columns=COLUMNS, **changes):
    """The profile of a month in which each airline flies `scale` times its usual flights."""
    a_day = {airline: round(PAIRS[airline][2] * scale) for airline in airlines}
    days, routes, due = len(month.days), {}, {}
    for airline, flights in a_day.items():
        one, other, _ = PAIRS[airline]
        routes |= {f"{airline} {one} {other}": flights * days, f"{airline} {other} {one}": flights * days}
        due |= {f"airline {airline} {day:02d}": 2 * flights for day in DUE_DAYS}
    per_day = 2 * sum(a_day.values())
    rows = per_day * days
    hours = {f"{hour:02d}": per_day * days // 15 for hour in range(6, 21)}
    due |= {f"hour {hour}": per_day * len(DUE_DAYS) // 15 for hour in hours}
    of_day = {day.isoformat(): per_day for day in month.days}
    legs = {airline: flights * days for airline, flights in a_day.items()}
    profile = Profile(rows, routes, of_day, hours, {"-1": rows * 3 // 4, "2": rows // 4}, columns, legs=legs, due=due)
    return replace(profile, **changes)


def thinned(profile, share):
    """The profile of the same month after so many of its flights were lost at random."""
    thin = {
        name: {key: round(count * (1 - share)) for key, count in getattr(profile, name).items()}
        for name in ("routes", "days", "hours", "delay_groups", "legs")
    }
    absent = {key: round(count * share) for key, count in profile.due.items()}
    broken = {airline: round(legs * share) for airline, legs in thin["legs"].items()}
    return replace(profile, rows=sum(thin["days"].values()), absent=absent, broken=broken, **thin)
