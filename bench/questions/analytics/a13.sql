-- Weekends against working days of a year, by airline and airport of departure.
-- Parameters: flights (the flights), airlines (their names), airports (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a13.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set airports=aero_clean.airports --set year=2007
WITH by_day AS (
  SELECT
    a.name AS airline,
    p.airport_id,
    p.name AS airport,
    p.city,
    f.day_of_week,
    COUNT(*) AS flights,
    COUNT(f.departure_delay_minutes) AS departed,
    SUM(f.departure_delay_minutes) AS delay_minutes,
    AVG(f.taxi_out_minutes) AS average_taxi_out,
    SUM(CASE WHEN f.is_cancelled THEN 1 ELSE 0 END) AS cancelled
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  JOIN ${airports} p ON p.airport_id = f.origin_id
  WHERE f.year = ${year} AND f.day_of_week IS NOT NULL
  GROUP BY a.name, p.airport_id, p.name, p.city, f.day_of_week
  HAVING COUNT(*) >= 20 AND COUNT(f.departure_delay_minutes) > 0
),
by_week AS (
  SELECT
    airline,
    airport_id,
    airport,
    city,
    MAX(average_taxi_out) AS longest_taxi_out,
    SUM(CASE WHEN day_of_week IN (6, 7) THEN delay_minutes END)
      / SUM(CASE WHEN day_of_week IN (6, 7) THEN departed END) AS weekend_delay,
    SUM(CASE WHEN day_of_week < 6 THEN delay_minutes END)
      / SUM(CASE WHEN day_of_week < 6 THEN departed END) AS workday_delay,
    100 * SUM(CASE WHEN day_of_week IN (6, 7) THEN cancelled END)
      / SUM(CASE WHEN day_of_week IN (6, 7) THEN flights END) AS weekend_cancelled_percent,
    100 * SUM(CASE WHEN day_of_week < 6 THEN cancelled END)
      / SUM(CASE WHEN day_of_week < 6 THEN flights END) AS workday_cancelled_percent
  FROM by_day
  GROUP BY airline, airport_id, airport, city
)
SELECT
  airline,
  airport_id,
  airport,
  city,
  workday_delay,
  weekend_delay,
  weekend_delay - workday_delay AS difference,
  workday_cancelled_percent,
  weekend_cancelled_percent,
  CASE
    WHEN weekend_delay > workday_delay THEN 'worse on weekends'
    WHEN weekend_delay < workday_delay THEN 'better on weekends'
    ELSE 'the same'
  END AS weekend
FROM by_week
WHERE workday_delay IS NOT NULL AND weekend_delay IS NOT NULL
ORDER BY ABS(weekend_delay - workday_delay) DESC, airline, airport_id;
