-- Flights and average delays of every year, by airline.
-- Parameters: flights (the flights), airlines (their names).
-- Usage: aero sql bench/questions/analytics/a06.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines
SELECT
  a.name AS airline,
  f.year,
  COUNT(*) AS flights,
  AVG(f.departure_delay_minutes) AS average_departure_delay,
  AVG(f.arrival_delay_minutes) AS average_arrival_delay
FROM ${flights} f
JOIN ${airlines} a ON a.airline_id = f.airline_id
WHERE f.flight_date IS NOT NULL
GROUP BY a.name, f.year
ORDER BY year, flights DESC, airline;
