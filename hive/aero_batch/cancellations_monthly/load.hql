-- The rows of some months of a year of aero_batch.cancellations_monthly, aggregated from aero_clean.flights.
-- DISTRIBUTE BY the month has each month sorted by a task of its own; jobs/build_views.py joins what they write.
-- Parameters: year (of the flights), months (of the flights, 1 to 12, with commas between).
-- Usage: aero sql hive/aero_batch/cancellations_monthly/load.hql --set year=2013 --set months=1,2
SELECT
  month,
  CAST(TRUNC(MIN(flight_date), 'MM') AS DATE) AS month_date,
  airline_id,
  origin_id,
  destination_id,
  is_cancelled,
  cancellation_code,
  CASE
    WHEN NOT is_cancelled THEN NULL
    WHEN cancellation_code IS NULL THEN 'Not given'
    WHEN cancellation_code = 'A' THEN 'Carrier'
    WHEN cancellation_code = 'B' THEN 'Weather'
    WHEN cancellation_code = 'C' THEN 'National air system'
    WHEN cancellation_code = 'D' THEN 'Security'
    ELSE CONCAT('Code ', cancellation_code)
  END AS cancellation_reason,
  COUNT(CASE WHEN is_cancelled THEN 1 END) AS cancelled_flights,
  COUNT(*) AS total_flights
FROM aero_clean.flights
WHERE year = ${year} AND month IN (${months})
GROUP BY month, airline_id, origin_id, destination_id, is_cancelled, cancellation_code
DISTRIBUTE BY month
SORT BY month, airline_id, origin_id, destination_id, is_cancelled, cancellation_code;
