-- Carriers by their share of flights on working days that came more than 30 minutes late, up to 2009, between the
-- states of the mainland.
-- Parameters: flights (the flights).
-- Usage: aero sql bench/questions/ontime/q10.sql --set flights=aero_clean.flights
SELECT
  MIN(year) AS first_year,
  MAX(year) AS last_year,
  airline_iata,
  COUNT(*) AS cnt,
  SUM(CASE WHEN arrival_delay_positive_minutes > 30 THEN 1 ELSE 0 END) AS late_flights,
  SUM(CASE WHEN arrival_delay_positive_minutes > 30 THEN 1 ELSE 0 END) / COUNT(*) AS rate
FROM ${flights}
WHERE day_of_week NOT IN (6, 7)
  AND origin_state_id NOT IN ('AK', 'HI', 'PR', 'VI')
  AND destination_state_id NOT IN ('AK', 'HI', 'PR', 'VI')
  AND flight_date < DATE '2010-01-01'
GROUP BY airline_iata
HAVING COUNT(*) > 100000 AND MAX(year) > 1990
ORDER BY rate DESC, airline_iata
LIMIT 1000;
