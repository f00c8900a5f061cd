-- Airlines of a year against each other: places and quarters by delay, cancelled flights, speed and size.
-- Parameters: flights (the flights), airlines (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a20.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set year=2007
WITH measured AS (
  SELECT
    a.name AS airline,
    COUNT(*) AS flights,
    AVG(f.departure_delay_minutes) AS average_departure_delay,
    AVG(f.arrival_delay_minutes) AS average_arrival_delay,
    AVG(f.elapsed_minutes) AS average_minutes,
    100 * SUM(CASE WHEN f.is_diverted THEN 1 ELSE 0 END) / COUNT(*) AS diverted_percent,
    100 * SUM(CASE WHEN f.taxi_out_minutes > 30 THEN 1 ELSE 0 END) / COUNT(*) AS long_taxi_percent,
    100 * SUM(CASE WHEN f.departure_delay_minutes > 15 THEN 1 ELSE 0 END) / COUNT(*) AS late_departure_percent,
    100 * SUM(CASE WHEN f.arrival_delay_minutes > 15 THEN 1 ELSE 0 END) / COUNT(*) AS late_arrival_percent,
    SUM(f.distance_miles) AS miles,
    60 * SUM(f.distance_miles) / SUM(f.air_minutes) AS miles_an_hour,
    COUNT(DISTINCT f.origin_id) AS origins,
    COUNT(DISTINCT f.destination_id) AS destinations,
    COUNT(DISTINCT CONCAT(f.origin_id, '-', f.destination_id)) AS routes
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.year = ${year}
    AND f.air_minutes IS NOT NULL
    AND f.distance_miles IS NOT NULL
    AND f.elapsed_minutes IS NOT NULL
  GROUP BY a.name
  HAVING COUNT(*) >= 10000
),
ranked AS (
  SELECT
    airline, flights, average_departure_delay, average_arrival_delay, average_minutes, diverted_percent,
    long_taxi_percent, late_departure_percent, late_arrival_percent, miles, miles_an_hour, origins, destinations,
    routes,
    NTILE(4) OVER (ORDER BY average_departure_delay, airline) AS departure_quarter,
    NTILE(4) OVER (ORDER BY average_arrival_delay, airline) AS arrival_quarter,
    NTILE(4) OVER (ORDER BY long_taxi_percent, airline) AS taxi_quarter,
    NTILE(4) OVER (ORDER BY miles_an_hour DESC, airline) AS speed_quarter,
    RANK() OVER (ORDER BY average_departure_delay) AS departure_place,
    RANK() OVER (ORDER BY average_arrival_delay) AS arrival_place,
    RANK() OVER (ORDER BY flights DESC) AS size_place,
    RANK() OVER (ORDER BY routes DESC) AS network_place
  FROM measured
)
SELECT
  airline, flights, miles, origins, destinations, routes, flights / routes AS flights_a_route, average_minutes,
  average_departure_delay, departure_place, average_arrival_delay, arrival_place, size_place, network_place,
  diverted_percent, long_taxi_percent, late_departure_percent, late_arrival_percent, miles_an_hour, departure_quarter,
  arrival_quarter, taxi_quarter, speed_quarter,
  (20 - departure_quarter - arrival_quarter - taxi_quarter - speed_quarter) / 4 AS score,
  CASE
    WHEN departure_quarter = 1 AND arrival_quarter = 1 THEN 'excellent'
    WHEN departure_quarter <= 2 AND arrival_quarter <= 2 THEN 'good'
    WHEN departure_quarter >= 3 AND arrival_quarter >= 3 THEN 'poor'
    ELSE 'average'
  END AS standing
FROM ranked
ORDER BY score DESC, flights DESC, airline;
