-- Airlines by their share of a year's flights, which are counted apart, and of cancelled ones, in percent.
-- Parameters: flights (the flights), airlines (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a08.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set year=2007
SELECT
  a.name AS airline,
  COUNT(*) AS flights,
  100 * COUNT(*) / MAX(total.year_flights) AS share_percent,
  100 * SUM(CASE WHEN f.is_cancelled THEN 1 ELSE 0 END) / COUNT(*) AS cancelled_percent
FROM ${flights} f
JOIN ${airlines} a ON a.airline_id = f.airline_id
JOIN (
  SELECT year, COUNT(*) AS year_flights FROM ${flights} WHERE year = ${year} GROUP BY year
) total ON total.year = f.year
WHERE f.year = ${year}
GROUP BY a.name
ORDER BY share_percent DESC, airline;
