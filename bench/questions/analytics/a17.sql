-- Days of the week and hours of a year: delays, and how both rank.
-- Parameters: flights (the flights), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a17.sql --set flights=aero_clean.flights --set year=2007
WITH departures AS (
  SELECT
    day_of_week,
    SUBSTR(departure_local, 1, 2) AS departure_hour,
    departure_delay_minutes,
    arrival_delay_minutes,
    air_minutes,
    taxi_out_minutes,
    taxi_in_minutes
  FROM ${flights}
  WHERE year = ${year}
    AND departure_local IS NOT NULL
    AND departure_delay_minutes IS NOT NULL
    AND air_minutes IS NOT NULL
    AND taxi_out_minutes IS NOT NULL
    AND taxi_in_minutes IS NOT NULL
),
by_hour AS (
  SELECT
    day_of_week,
    departure_hour,
    COUNT(*) AS flights,
    AVG(departure_delay_minutes) AS average_departure_delay,
    AVG(arrival_delay_minutes) AS average_arrival_delay,
    AVG(air_minutes) AS average_air_minutes,
    AVG(taxi_out_minutes) AS average_taxi_out,
    AVG(taxi_in_minutes) AS average_taxi_in,
    100 * SUM(CASE WHEN departure_delay_minutes > 15 THEN 1 ELSE 0 END) / COUNT(*) AS late_percent
  FROM departures
  GROUP BY day_of_week, departure_hour
  HAVING COUNT(*) >= 100
),
ranked AS (
  SELECT
    day_of_week, departure_hour, flights, average_departure_delay, average_arrival_delay, average_air_minutes,
    average_taxi_out, average_taxi_in, late_percent,
    RANK() OVER (PARTITION BY day_of_week ORDER BY average_departure_delay) AS hour_place,
    RANK() OVER (PARTITION BY departure_hour ORDER BY average_departure_delay) AS day_place
  FROM by_hour
)
SELECT
  day_of_week,
  CASE
    WHEN departure_hour < '06' THEN 'night'
    WHEN departure_hour < '12' THEN 'morning'
    WHEN departure_hour < '18' THEN 'afternoon'
    ELSE 'evening'
  END AS time_of_day,
  departure_hour,
  flights,
  average_departure_delay,
  average_arrival_delay,
  average_air_minutes,
  average_taxi_out,
  average_taxi_in,
  late_percent,
  hour_place,
  day_place
FROM ranked
WHERE flights >= 500
ORDER BY day_of_week, departure_hour;
