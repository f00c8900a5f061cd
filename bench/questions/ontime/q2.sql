-- Flights that left more than 10 minutes late, by day of the week, 2000 to 2008.
-- Parameters: flights (the flights).
-- Usage: aero sql bench/questions/ontime/q2.sql --set flights=aero_clean.flights
SELECT day_of_week, COUNT(*) AS c
FROM ${flights}
WHERE departure_delay_minutes > 10 AND year >= 2000 AND year <= 2008
GROUP BY day_of_week
ORDER BY c DESC, day_of_week;
