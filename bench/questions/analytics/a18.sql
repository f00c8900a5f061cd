-- Airlines against each other on the routes of a year that two or more fly.
-- Parameters: flights (the flights), airlines (their names), airports (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a18.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set airports=aero_clean.airports --set year=2007
WITH routes AS (
  SELECT
    f.origin_id,
    f.destination_id,
    a.name AS airline,
    COUNT(*) AS flights,
    AVG(f.distance_miles) AS average_miles,
    AVG(f.air_minutes) AS average_air_minutes,
    AVG(f.departure_delay_minutes) AS average_departure_delay,
    AVG(f.arrival_delay_minutes) AS average_arrival_delay,
    COUNT(DISTINCT f.tail_number) AS aircraft
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.year = ${year} AND f.air_minutes IS NOT NULL AND f.distance_miles IS NOT NULL
  GROUP BY f.origin_id, f.destination_id, a.name
  HAVING COUNT(*) >= 50
),
shares AS (
  SELECT
    origin_id, destination_id, airline, flights, average_miles, average_air_minutes, average_departure_delay,
    average_arrival_delay, aircraft,
    SUM(flights) OVER (PARTITION BY origin_id, destination_id) AS route_flights,
    COUNT(*) OVER (PARTITION BY origin_id, destination_id) AS competitors,
    RANK() OVER (PARTITION BY origin_id, destination_id ORDER BY flights DESC) AS place
  FROM routes
)
SELECT
  s.origin_id,
  o.name AS origin,
  s.destination_id,
  d.name AS destination,
  s.airline,
  s.flights,
  s.route_flights,
  100 * s.flights / s.route_flights AS share_percent,
  s.place,
  CASE WHEN s.competitors = 2 THEN 'two' WHEN s.competitors <= 5 THEN 'some' ELSE 'many' END AS competition,
  CASE
    WHEN 100 * s.flights >= 60 * s.route_flights THEN 'dominant'
    WHEN 100 * s.flights >= 40 * s.route_flights THEN 'strong'
    WHEN 100 * s.flights >= 20 * s.route_flights THEN 'moderate'
    ELSE 'weak'
  END AS strength,
  s.average_miles,
  s.average_air_minutes,
  s.average_departure_delay,
  s.average_arrival_delay,
  s.aircraft
FROM shares s
JOIN ${airports} o ON o.airport_id = s.origin_id
JOIN ${airports} d ON d.airport_id = s.destination_id
WHERE s.competitors >= 2 AND s.route_flights >= 200
ORDER BY route_flights DESC, origin_id, destination_id, place, airline;
