"""What became of flights, and from when on it is known.

Instants are minutes since 1970 in UTC. A flight's end is known

- at its arrival, also of a diverted flight that reached its destination: whether it was late, and that it was not
  cancelled;
- of a cancelled flight at its scheduled arrival, or at its departure where it left the gate later than that and came
  back. BTS does not say when a flight was cancelled, so this is on the late side.

Of all others (no arrival is given: they never reached their destination, or the source does not say) nothing is known.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from arrow_columns import holds

LATE_MINUTES = 15
MINUTE = 60_000_000  # An instant of Arrow's is in microseconds.
# Later than every instant there is: what is known then is never known.
NEVER = 2**26 - 1


class Outcomes(NamedTuple):
    """Of each flight: from when on its end is known (NEVER where it is not), and what that was.

    `is_late` and `is_cancelled` are 1 or 0; `is_late` is -1 where the flight did not arrive, or its delay is not given.
    `late_minutes` are NaN there, and negative where it was early.
    """

    known_at: np.ndarray
    is_late: np.ndarray
    is_cancelled: np.ndarray
    late_minutes: np.ndarray


def of(flights: pa.Table) -> Outcomes:
    """The outcomes of rows of aero_clean.flights."""
    delay = pc.coalesce(flights["arrival_delay_minutes"], flights["diversion_arrival_delay_minutes"])
    is_cancelled = holds(flights["is_cancelled"])
    arrival, planned = minutes(flights["arrival_at"]), minutes(flights["scheduled_arrival_at"])
    departure = minutes(flights["departure_at"])
    gone_back = np.where(departure == NEVER, planned, np.maximum(planned, departure))
    is_late = np.where(is_cancelled, -1, pc.fill_null(pc.greater_equal(delay, LATE_MINUTES).cast(pa.int8()), -1))
    late_minutes = np.where(is_late < 0, np.nan, delay.cast(pa.float64()).to_numpy())
    known_at = np.where(is_cancelled, gone_back, arrival)
    return Outcomes(known_at, is_late.astype(np.int8), is_cancelled.astype(np.int8), late_minutes)


def minutes(instants: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """Timestamps as minutes since 1970, NEVER for NULL."""
    of_epoch = instants.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    return pc.fill_null(pc.divide(of_epoch, MINUTE), NEVER).to_numpy()


def instants(of_minutes: np.ndarray) -> pa.Array:
    """Minutes since 1970 as Arrow's instants."""
    return pa.array(of_minutes * MINUTE, pa.int64()).cast(pa.timestamp("us", "UTC"))
