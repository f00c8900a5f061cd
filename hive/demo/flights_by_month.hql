-- Flights by month, straight from the master data.
-- Parameters: year (of the flights).
-- Usage: aero sql hive/demo/flights_by_month.hql --set year=2013
SELECT
  month,
  COUNT(*) AS flights,
  SUM(CAST(is_cancelled AS INT)) AS cancelled,
  ROUND(AVG(departure_delay_minutes), 1) AS average_departure_delay_minutes
FROM aero_clean.flights
WHERE year = ${year}
GROUP BY month
ORDER BY month;
