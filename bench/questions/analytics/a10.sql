-- The five airports at which the most flights of a year came late.
-- Parameters: flights (the flights), airports (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a10.sql --set flights=aero_clean.flights --set airports=aero_clean.airports --set year=2007
SELECT
  p.name AS airport,
  COUNT(*) AS flights,
  SUM(CASE WHEN f.arrival_delay_minutes > 0 THEN 1 ELSE 0 END) AS late_flights,
  100 * SUM(CASE WHEN f.arrival_delay_minutes > 0 THEN 1 ELSE 0 END) / COUNT(*) AS late_percent
FROM ${flights} f
JOIN ${airports} p ON p.airport_id = f.destination_id
WHERE f.year = ${year}
GROUP BY p.name
ORDER BY late_flights DESC, airport
LIMIT 5;
