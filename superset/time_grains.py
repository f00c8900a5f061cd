"""How a time is cut to its second, hour, week or year in SQL that means the same to Spark and to Hive.

Both databases are Hive's to Superset, whose own cuts for Hive know no week: the letter `u`, to its authors the day of
the week, is an error to Spark and the year to Hive 4. A week begins on Monday, as ISO 8601 says, where its name does
not say otherwise. Times are UTC on both servers (docs/architecture.md).
"""

# Seconds from one cut to the next, counted from midnight.
_SECONDS = {
    "PT1S": 1,
    "PT5S": 5,
    "PT30S": 30,
    "PT1M": 60,
    "PT5M": 300,
    "PT10M": 600,
    "PT15M": 900,
    "PT30M": 1800,
    "PT1H": 3600,
    "PT6H": 21_600,
}
_EPOCH = "UNIX_TIMESTAMP({col})"
# By the names that Superset gives them: ISO 8601's durations, a week's with a first or last day of its own.
TIME_GRAINS = {
    name: f"CAST(FROM_UNIXTIME({_EPOCH} - PMOD({_EPOCH}, {seconds})) AS TIMESTAMP)"
    for name, seconds in _SECONDS.items()
} | {
    "P1D": "CAST({col} AS DATE)",
    # NEXT_DAY is always after its date: of a Monday, the Monday a week later.
    "P1W": "DATE_SUB(NEXT_DAY({col}, 'MO'), 7)",
    "1969-12-29T00:00:00Z/P1W": "DATE_SUB(NEXT_DAY({col}, 'MO'), 7)",
    "1969-12-28T00:00:00Z/P1W": "DATE_SUB(NEXT_DAY({col}, 'SU'), 7)",
    "P1W/1970-01-03T00:00:00Z": "DATE_SUB(NEXT_DAY({col}, 'SU'), 1)",
    "P1W/1970-01-04T00:00:00Z": "DATE_SUB(NEXT_DAY({col}, 'MO'), 1)",
    # TRUNC of a DATE that Hive reads from an ORC file is 1970-01-01; of a TIMESTAMP it is right.
    "P1M": "CAST(TRUNC(CAST({col} AS TIMESTAMP), 'MM') AS DATE)",
    "P3M": "CAST(TRUNC(CAST({col} AS TIMESTAMP), 'Q') AS DATE)",
    "P1Y": "CAST(TRUNC(CAST({col} AS TIMESTAMP), 'YEAR') AS DATE)",
}
