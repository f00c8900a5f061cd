-- The busiest routes of a year, each with the two airlines that fly it most.
-- Parameters: flights (the flights), airlines (their names), airports (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a11.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set airports=aero_clean.airports --set year=2007
WITH routes AS (
  SELECT
    f.origin_id,
    f.destination_id,
    a.name AS airline,
    COUNT(*) AS flights,
    AVG(f.air_minutes) AS average_air_minutes,
    AVG(f.distance_miles) AS average_miles,
    AVG(f.elapsed_minutes) AS average_minutes,
    AVG(f.departure_delay_minutes) AS average_departure_delay,
    AVG(f.arrival_delay_minutes) AS average_arrival_delay
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.year = ${year}
    AND f.air_minutes IS NOT NULL
    AND f.distance_miles IS NOT NULL
    AND f.elapsed_minutes IS NOT NULL
  GROUP BY f.origin_id, f.destination_id, a.name
),
ranked AS (
  SELECT
    origin_id, destination_id, airline, flights, average_air_minutes, average_miles, average_minutes,
    average_departure_delay, average_arrival_delay,
    ROW_NUMBER() OVER (PARTITION BY origin_id, destination_id ORDER BY flights DESC, airline) AS place
  FROM routes
  WHERE flights >= 50
)
SELECT
  r.origin_id,
  o.name AS origin,
  o.city AS origin_city,
  r.destination_id,
  d.name AS destination,
  d.city AS destination_city,
  r.airline,
  r.flights,
  r.average_air_minutes,
  r.average_miles,
  r.average_minutes,
  r.average_departure_delay,
  r.average_arrival_delay,
  r.place
FROM ranked r
JOIN ${airports} o ON o.airport_id = r.origin_id
JOIN ${airports} d ON d.airport_id = r.destination_id
WHERE r.place <= 2
ORDER BY flights DESC, origin_id, destination_id, airline
LIMIT 30;
