-- The five aircraft of each airline that flew most in a year.
-- Parameters: flights (the flights), airlines (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a16.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set year=2007
WITH aircraft AS (
  SELECT
    f.tail_number,
    a.name AS airline,
    COUNT(*) AS flights,
    COUNT(DISTINCT f.flight_date) AS active_days,
    SUM(f.distance_miles) AS miles,
    SUM(f.air_minutes) AS air_minutes,
    SUM(CASE WHEN f.is_diverted THEN 1 ELSE 0 END) AS diverted,
    AVG(f.departure_delay_minutes) AS average_departure_delay,
    AVG(f.arrival_delay_minutes) AS average_arrival_delay
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.year = ${year}
    AND f.tail_number IS NOT NULL
    AND f.air_minutes IS NOT NULL
    AND f.distance_miles IS NOT NULL
  GROUP BY f.tail_number, a.name
  HAVING COUNT(*) >= 100
),
ranked AS (
  SELECT
    airline, tail_number, flights, active_days, miles, air_minutes, diverted, average_departure_delay,
    average_arrival_delay,
    RANK() OVER (PARTITION BY airline ORDER BY flights DESC) AS place
  FROM aircraft
)
SELECT
  airline,
  tail_number,
  flights,
  active_days,
  flights / active_days AS flights_a_day,
  miles,
  miles / flights AS average_miles,
  air_minutes / 60 AS air_hours,
  air_minutes / flights AS average_air_minutes,
  60 * miles / air_minutes AS miles_an_hour,
  average_departure_delay,
  average_arrival_delay,
  100 * diverted / flights AS diverted_percent,
  place
FROM ranked
WHERE place <= 5
ORDER BY airline, place, tail_number;
