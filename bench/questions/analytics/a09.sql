-- Average delays of every year, by airline.
-- Parameters: flights (the flights), airlines (their names).
-- Usage: aero sql bench/questions/analytics/a09.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines
SELECT
  f.year,
  a.name AS airline,
  AVG(f.arrival_delay_minutes) AS average_arrival_delay,
  AVG(f.departure_delay_minutes) AS average_departure_delay
FROM ${flights} f
JOIN ${airlines} a ON a.airline_id = f.airline_id
GROUP BY f.year, a.name
HAVING COUNT(f.arrival_delay_minutes) > 0
ORDER BY year, average_arrival_delay DESC, airline;
