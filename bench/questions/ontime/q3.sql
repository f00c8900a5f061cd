-- The ten airports with the most flights that left more than 10 minutes late, 2000 to 2008.
-- Parameters: flights (the flights).
-- Usage: aero sql bench/questions/ontime/q3.sql --set flights=aero_clean.flights
SELECT origin_id, COUNT(*) AS c
FROM ${flights}
WHERE departure_delay_minutes > 10 AND year >= 2000 AND year <= 2008
GROUP BY origin_id
ORDER BY c DESC, origin_id
LIMIT 10;
