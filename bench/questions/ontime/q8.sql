-- The ten cities that are reached from the most cities, 2000 to 2010.
-- Parameters: flights (the flights).
-- Usage: aero sql bench/questions/ontime/q8.sql --set flights=aero_clean.flights
SELECT destination_city, COUNT(DISTINCT origin_city) AS u
FROM ${flights}
WHERE year >= 2000 AND year <= 2010
GROUP BY destination_city
ORDER BY u DESC, destination_city
LIMIT 10;
