-- The share of flights that left more than 10 minutes late, in percent, by year.
-- Parameters: flights (the flights).
-- Usage: aero sql bench/questions/ontime/q7.sql --set flights=aero_clean.flights
SELECT late.year AS year, late.c1 / total.c2 AS late_percent
FROM (
  SELECT year, COUNT(*) * 100 AS c1
  FROM ${flights}
  WHERE departure_delay_minutes > 10
  GROUP BY year
) late
JOIN (SELECT year, COUNT(*) AS c2 FROM ${flights} GROUP BY year) total ON total.year = late.year
ORDER BY year;
