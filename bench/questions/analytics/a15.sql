-- Airlines of a year by length of the flight, inside a state and between states.
-- Parameters: flights (the flights), airlines (their names), airports (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a15.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set airports=aero_clean.airports --set year=2007
WITH lengths AS (
  SELECT
    CASE
      WHEN f.distance_miles <= 500 THEN 'to 500 miles'
      WHEN f.distance_miles <= 1000 THEN 'to 1000 miles'
      WHEN f.distance_miles <= 2000 THEN 'to 2000 miles'
      ELSE 'over 2000 miles'
    END AS length,
    CASE WHEN o.subdivision = d.subdivision THEN 'one state' ELSE 'two states' END AS market,
    a.name AS airline,
    f.distance_miles,
    f.air_minutes,
    f.elapsed_minutes,
    f.departure_delay_minutes,
    f.arrival_delay_minutes,
    f.taxi_out_minutes,
    f.taxi_in_minutes,
    CASE WHEN f.is_cancelled THEN 1 ELSE 0 END AS cancelled,
    CASE WHEN f.is_diverted THEN 1 ELSE 0 END AS diverted
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  JOIN ${airports} o ON o.airport_id = f.origin_id
  JOIN ${airports} d ON d.airport_id = f.destination_id
  WHERE f.year = ${year} AND f.distance_miles > 0
),
measured AS (
  SELECT
    airline,
    length,
    market,
    COUNT(*) AS flights,
    AVG(distance_miles) AS average_miles,
    AVG(air_minutes) AS average_air_minutes,
    AVG(elapsed_minutes) AS average_minutes,
    AVG(departure_delay_minutes) AS average_departure_delay,
    AVG(arrival_delay_minutes) AS average_arrival_delay,
    AVG(taxi_out_minutes) AS average_taxi_out,
    AVG(taxi_in_minutes) AS average_taxi_in,
    100 * SUM(cancelled) / COUNT(*) AS cancelled_percent,
    100 * SUM(diverted) / COUNT(*) AS diverted_percent,
    100 * SUM(CASE WHEN arrival_delay_minutes > 15 THEN 1 ELSE 0 END) / COUNT(*) AS late_percent,
    60 * SUM(CASE WHEN air_minutes IS NOT NULL THEN distance_miles END) / SUM(air_minutes) AS miles_an_hour
  FROM lengths
  GROUP BY airline, length, market
  HAVING COUNT(*) >= 50 AND COUNT(arrival_delay_minutes) > 0
),
ranked AS (
  SELECT
    airline, length, market, flights, average_miles, average_air_minutes, average_minutes, average_departure_delay,
    average_arrival_delay, average_taxi_out, average_taxi_in, cancelled_percent, diverted_percent, late_percent,
    miles_an_hour,
    RANK() OVER (PARTITION BY length, market ORDER BY average_arrival_delay) AS delay_place,
    RANK() OVER (PARTITION BY length, market ORDER BY cancelled_percent) AS cancelled_place,
    RANK() OVER (PARTITION BY length, market ORDER BY flights DESC) AS size_place,
    COUNT(*) OVER (PARTITION BY length, market) AS airlines
  FROM measured
)
SELECT
  airline, length, market, flights, average_miles, average_air_minutes, average_minutes, average_departure_delay,
  average_arrival_delay, average_taxi_out, average_taxi_in, cancelled_percent, diverted_percent, late_percent,
  miles_an_hour, delay_place, cancelled_place, size_place,
  CASE
    WHEN delay_place = 1 THEN 'best'
    WHEN delay_place <= 3 THEN 'good'
    WHEN delay_place + 2 > airlines THEN 'poor'
    ELSE 'average'
  END AS standing
FROM ranked
ORDER BY length, market, delay_place, airline;
