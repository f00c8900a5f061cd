"""Batch views of a whole history, made of flights that are drawn and thrown away: for a dashboard to be measured at
200 million flights where loading them would take hours.

    flights     the flights of a month, as the columns that views ask of, and the generator's own sums of them
    files       a year's files of every view, by each view's load.hql as a load asks it (jobs/view_rows.py)
    sums        what all of them add up to, by year, airline and origin, counted without any view

`.venv/bin/python -m bench.generated_views` writes them into the platform that AERO_HOME names.
"""

# Below AERO_HOME.
SUMS = "bench/view_sums.npz"
