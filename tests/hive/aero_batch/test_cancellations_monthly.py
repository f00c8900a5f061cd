import datetime

from aero.datasets import CANCELLATIONS_MONTHLY
from tests.hive.aero_batch.base_rows import MONTH, ROUTE

ROW = MONTH | ROUTE


def test_each_flight_counts_in_one_row_by_code_or_as_not_cancelled(flights, rows):
    cancelled = {"is_cancelled": True}
    flights(
        {},
        {},
        {},
        cancelled | {"cancellation_code": "B"},
        cancelled | {"cancellation_code": "B"},
        cancelled | {"cancellation_code": "A"},
        cancelled,
        cancelled | {"flight_date": datetime.date(2013, 2, 9), "cancellation_code": "D"},
        cancelled | {"flight_date": datetime.date(2013, 2, 9), "cancellation_code": "C"},
    )

    february = ROW | {"month": 2, "month_date": datetime.date(2013, 2, 1), "is_cancelled": True}
    january = ROW | {"is_cancelled": True}
    assert rows(CANCELLATIONS_MONTHLY) == [
        ROW
        | {
            "is_cancelled": False,
            "cancellation_code": None,
            "cancellation_reason": None,
            "cancelled_flights": 0,
            "total_flights": 3,
        },
        january | _cancelled(None, "Not given", 1),
        january | _cancelled("A", "Carrier", 1),
        january | _cancelled("B", "Weather", 2),
        february | _cancelled("C", "National air system", 1),
        february | _cancelled("D", "Security", 1),
    ]


def test_share_of_a_code_as_the_schema_tells_it_has_every_flight_once_in_its_denominator(spark, flights, load):
    weather = {"is_cancelled": True, "cancellation_code": "B"}
    carrier = {"is_cancelled": True, "cancellation_code": "A"}
    flights({}, {}, {}, weather, carrier, {"airline_id": "AA"}, weather | {"airline_id": "B6"})
    spark.read.orc(load(CANCELLATIONS_MONTHLY)).createOrReplaceTempView("cancellations")

    [shares] = spark.sql("""
        SELECT
          SUM(CASE WHEN cancellation_code = 'B' THEN cancelled_flights ELSE 0 END) / SUM(total_flights) AS weather,
          SUM(cancelled_flights) / SUM(total_flights) AS any_reason
        FROM cancellations
    """).collect()

    assert shares.asDict() == {"weather": 2 / 7, "any_reason": 3 / 7}


def _cancelled(code, reason, flights):
    return {
        "cancellation_code": code,
        "cancellation_reason": reason,
        "cancelled_flights": flights,
        "total_flights": flights,
    }
