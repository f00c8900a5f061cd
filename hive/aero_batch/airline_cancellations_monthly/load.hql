-- The rows of some months of a year of aero_batch.airline_cancellations_monthly, aggregated from aero_clean.flights.
-- jobs/view_rows.py asks DuckDB, month by month; Hive and Spark answer the same.
-- Parameters: year (of the flights), months (of the flights, 1 to 12, with commas between).
-- Usage: aero sql hive/aero_batch/airline_cancellations_monthly/load.hql --set year=2013 --set months=1,2
SELECT
  month,
  CAST(TRUNC(MIN(flight_date), 'MM') AS DATE) AS month_date,
  airline_id,
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
GROUP BY month, airline_id, is_cancelled, cancellation_code
ORDER BY month, airline_id, is_cancelled, cancellation_code;
