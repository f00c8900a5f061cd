-- Aggregates one year of aero_clean.flights for aero_batch.cancellations_monthly.
-- DISTRIBUTE BY a constant brings all rows to one task, so that SORT BY leaves one file, sorted.
-- Parameters: location (new folder for the rows), year (of the flights).
-- Usage: aero sql hive/aero_batch/cancellations_monthly/load.hql --set location=/aero/batch/cancellations_monthly/year=2013/load=by-hand --set year=2013
INSERT OVERWRITE DIRECTORY '${location}' STORED AS ORC
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
WHERE year = ${year}
GROUP BY month, airline_id, origin_id, destination_id, is_cancelled, cancellation_code
DISTRIBUTE BY 'one file'
SORT BY airline_id, origin_id, destination_id, month, is_cancelled, cancellation_code;
