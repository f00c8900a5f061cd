"""The first questions of a SQL server, asked by `aero up`: whoever opens a dashboard first does not wait for classes to
be loaded, catalogs to be read, and connections to HBase to be made.
"""

from contextlib import suppress

from aero import connections, hql
from aero.cluster import readiness
from aero.datasets import LIVE_FLIGHT_STATE
from aero.errors import AeroError
from aero.settings import Settings

# Of any day and airport: what takes its time is the same where there is nothing.
ASKED = {
    "by_status": {"year": 2013, "month": 7, "day": "2013-07-10"},
    "history": {"airport": "JFK", "year": 2013},
}


def spark_thrift(settings: Settings, _variables: dict[str, str]) -> None:
    """Live and history in one question, twice. Nothing where HBase does not run, and no error where Spark has no answer
    yet: this helps, and is not needed."""
    from pyhive import exc

    if readiness.hbase(settings):
        return
    for name, parameters in ASKED.items():
        with suppress(AeroError, exc.Error), connections.spark() as connection, connection.cursor() as cursor:
            hql.run(cursor, LIVE_FLIGHT_STATE.hql(name), parameters)
            cursor.fetchall()
