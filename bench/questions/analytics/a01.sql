-- Airlines of a year: flights, share of all flights, cancelled and diverted shares, in percent.
-- Parameters: flights (the flights), airlines (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a01.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set year=2007
WITH airline_flights AS (
  SELECT
    a.name AS airline,
    COUNT(*) AS flights,
    SUM(CASE WHEN f.is_cancelled THEN 1 ELSE 0 END) AS cancelled,
    SUM(CASE WHEN f.is_diverted THEN 1 ELSE 0 END) AS diverted
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.year = ${year}
  GROUP BY a.name
)
SELECT
  airline,
  flights,
  100 * flights / SUM(flights) OVER () AS share_percent,
  100 * cancelled / flights AS cancelled_percent,
  100 * diverted / flights AS diverted_percent
FROM airline_flights
ORDER BY flights DESC, airline;
