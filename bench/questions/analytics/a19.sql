-- What the weather did in a year, by month, airport and airline.
-- Parameters: flights (the flights), airlines (their names), airports (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a19.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set airports=aero_clean.airports --set year=2007
WITH weather AS (
  SELECT
    f.month,
    CASE
      WHEN f.month IN (12, 1, 2) THEN 'winter'
      WHEN f.month IN (3, 4, 5) THEN 'spring'
      WHEN f.month IN (6, 7, 8) THEN 'summer'
      ELSE 'autumn'
    END AS season,
    f.origin_id,
    a.name AS airline,
    COUNT(*) AS flights,
    SUM(CASE WHEN f.weather_delay_minutes > 0 THEN 1 ELSE 0 END) AS delayed,
    SUM(CASE WHEN f.is_cancelled AND f.cancellation_code = 'B' THEN 1 ELSE 0 END) AS cancelled,
    SUM(CASE WHEN f.is_diverted THEN 1 ELSE 0 END) AS diverted,
    SUM(CASE WHEN f.weather_delay_minutes > 0 THEN f.weather_delay_minutes ELSE 0 END) AS weather_minutes,
    SUM(CASE WHEN f.weather_delay_minutes > 0 THEN f.arrival_delay_minutes ELSE 0 END) AS delay_minutes,
    MAX(f.weather_delay_minutes) AS longest_weather_delay
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.year = ${year}
  GROUP BY f.month, f.origin_id, a.name
  HAVING COUNT(*) >= 100
),
ranked AS (
  SELECT
    season, month, origin_id, airline, flights, delayed, cancelled, diverted, weather_minutes, delay_minutes,
    longest_weather_delay,
    100 * delayed / flights AS delayed_percent,
    RANK() OVER (PARTITION BY season ORDER BY 100 * delayed / flights DESC) AS season_place,
    RANK() OVER (PARTITION BY origin_id ORDER BY 100 * delayed / flights DESC) AS airport_place
  FROM weather
  WHERE delayed > 0
)
SELECT
  r.season,
  r.month,
  r.origin_id,
  p.name AS airport,
  p.city,
  r.airline,
  r.flights,
  r.delayed,
  r.delayed_percent,
  r.cancelled,
  100 * r.cancelled / r.flights AS cancelled_percent,
  100 * r.diverted / r.flights AS diverted_percent,
  r.weather_minutes / r.delayed AS average_weather_delay,
  r.longest_weather_delay,
  r.weather_minutes / 60 AS weather_hours,
  100 * r.weather_minutes / NULLIF(r.delay_minutes, 0) AS weather_percent,
  CASE WHEN r.delayed_percent >= 10 THEN 'high' WHEN r.delayed_percent >= 5 THEN 'moderate' ELSE 'low' END AS impact,
  r.season_place,
  r.airport_place
FROM ranked r
JOIN ${airports} p ON p.airport_id = r.origin_id
WHERE r.delayed_percent >= 2
ORDER BY season, delayed_percent DESC, flights DESC, origin_id, airline, month;
