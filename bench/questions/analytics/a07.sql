-- Miles flown and average time in the air of every year, by airline.
-- Parameters: flights (the flights), airlines (their names).
-- Usage: aero sql bench/questions/analytics/a07.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines
SELECT a.name AS airline, f.year, SUM(f.distance_miles) AS miles, AVG(f.air_minutes) AS average_air_minutes
FROM ${flights} f
JOIN ${airlines} a ON a.airline_id = f.airline_id
WHERE f.distance_miles IS NOT NULL AND f.air_minutes IS NOT NULL
GROUP BY a.name, f.year
ORDER BY year, miles DESC, airline;
