-- Flights by year.
-- Parameters: flights (the flights).
-- Usage: aero sql bench/questions/ontime/q9.sql --set flights=aero_clean.flights
SELECT year, COUNT(*) AS c1
FROM ${flights}
GROUP BY year
ORDER BY year;
