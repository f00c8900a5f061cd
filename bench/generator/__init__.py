"""Months of BTS on-time data that never took place, for measurements: fast, seeded, and consistent in every row.

A month is made in this order, each step a module:

    history     how many flights, which shocks and holidays
    carriers    who flies, when and where (carriers.csv)
    world       the airports, their distances and clocks (airports.csv)
    network     a carrier's routes
    rotations   the lines of a carrier's schedule: what one aircraft flies in a day
    schedule    the legs and rotations of the month, exactly as many as are wanted
    flown       what became of each flight: weather, delays, cancellations, diversions
    rows        the lines of the file, in a layout of aero/bts.py
    files       the file, plain or as the zip that BTS publishes

Airports, carriers, their hubs and years, the flights of each year and the shocks are real; the rest is made up. A month
depends on its seed, its number of rows, its layout and the installed numpy alone. bench/bts_months.py is the command.

Left out on purpose: the scheduled clocks of 0 of 1996 to 1999, bytes that are not UTF-8, and carriers whose DOT number
is not sure (EA, PA, PI, PS, ML, DH).
"""
