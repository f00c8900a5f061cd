-- The share of flights that left more than 10 minutes late, in percent, by carrier, 2007.
-- Parameters: flights (the flights).
-- Usage: aero sql bench/questions/ontime/q5.sql --set flights=aero_clean.flights
SELECT late.airline_iata AS airline_iata, late.c, total.c2, late.c * 100 / total.c2 AS c3
FROM (
  SELECT airline_iata, COUNT(*) AS c
  FROM ${flights}
  WHERE departure_delay_minutes > 10 AND year = 2007
  GROUP BY airline_iata
) late
JOIN (
  SELECT airline_iata, COUNT(*) AS c2
  FROM ${flights}
  WHERE year = 2007
  GROUP BY airline_iata
) total ON total.airline_iata = late.airline_iata
ORDER BY c3 DESC, airline_iata;
