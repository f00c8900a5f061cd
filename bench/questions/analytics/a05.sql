-- Flights to California in a year and their average delay, by airline and airport.
-- Parameters: flights (the flights), airlines (their names), airports (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a05.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set airports=aero_clean.airports --set year=2007
SELECT a.name AS airline, p.name AS airport, COUNT(*) AS flights, AVG(f.arrival_delay_minutes) AS average_delay
FROM ${flights} f
JOIN ${airlines} a ON a.airline_id = f.airline_id
JOIN ${airports} p ON p.airport_id = f.destination_id
WHERE p.subdivision = 'California' AND f.year = ${year}
GROUP BY a.name, p.name
ORDER BY airline, airport;
