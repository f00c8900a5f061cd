-- Flights that left more than 10 minutes late, by carrier, 2007.
-- Parameters: flights (the flights).
-- Usage: aero sql bench/questions/ontime/q4.sql --set flights=aero_clean.flights
SELECT airline_iata, COUNT(*) AS c
FROM ${flights}
WHERE departure_delay_minutes > 10 AND year = 2007
GROUP BY airline_iata
ORDER BY c DESC, airline_iata;
