-- Flights delayed by each cause, by airline and year. It reads the flights four times.
-- Parameters: flights (the flights), airlines (their names).
-- Usage: aero sql bench/questions/analytics/a02.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines
SELECT airline, year, cause, flights
FROM (
  SELECT a.name AS airline, f.year, 'carrier' AS cause, COUNT(*) AS flights
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.carrier_delay_minutes > 0
  GROUP BY a.name, f.year
  UNION ALL
  SELECT a.name AS airline, f.year, 'late aircraft' AS cause, COUNT(*) AS flights
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.late_aircraft_delay_minutes > 0
  GROUP BY a.name, f.year
  UNION ALL
  SELECT a.name AS airline, f.year, 'air system' AS cause, COUNT(*) AS flights
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.nas_delay_minutes > 0
  GROUP BY a.name, f.year
  UNION ALL
  SELECT a.name AS airline, f.year, 'weather' AS cause, COUNT(*) AS flights
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.weather_delay_minutes > 0
  GROUP BY a.name, f.year
) causes
ORDER BY airline, year, cause;
