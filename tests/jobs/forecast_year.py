"""750 made-up flights of five months: late in the evening, and with one airline more."""

import random

import pyarrow as pa

from tests.jobs.forecast_flights import flight, table


def flights() -> pa.Table:
    dice = random.Random(24)
    rows = []
    for number in range(750):
        hour, airline = dice.randrange(6, 23), dice.choice(["B6", "DL"])
        is_late = dice.random() < (hour - 4) / 30 + (airline == "B6") * 0.3
        day, minute = f"2013-{1 + number % 5:02d}-{dice.randrange(1, 29):02d}", dice.randrange(60)
        late = None if dice.random() < 0.02 else 40 if is_late else -3
        rows.append(flight(day, f"{hour:02d}:{minute:02d}", late, airline_id=airline, flight_number=str(number)))
    return table(*rows)
