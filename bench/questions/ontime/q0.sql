-- How many flights a month has on average.
-- Parameters: flights (the flights).
-- Usage: aero sql bench/questions/ontime/q0.sql --set flights=aero_clean.flights
SELECT AVG(c1) AS average_flights
FROM (SELECT year, month, COUNT(*) AS c1 FROM ${flights} GROUP BY year, month) by_month;
