"""The cleaning of a month and what the gates are told of it, in pandas: hundreds of months in minutes, without Spark.

`clean` is the twin of jobs/flight_cleaning.py and flight_rules.py, `measured` that of jobs/flight_measures.py, as far
as the gates look. They are held equal by tests/jobs/test_twin.py.
"""
