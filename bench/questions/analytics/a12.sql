-- Months of the calendar, all years together: how airlines rank by delay and by cancelled flights.
-- Parameters: flights (the flights), airlines (their names).
-- Usage: aero sql bench/questions/analytics/a12.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines
WITH by_month AS (
  SELECT
    a.name AS airline,
    f.month,
    COUNT(*) AS flights,
    AVG(f.departure_delay_minutes) AS average_departure_delay,
    AVG(f.arrival_delay_minutes) AS average_arrival_delay,
    100 * SUM(CASE WHEN f.is_cancelled THEN 1 ELSE 0 END) / COUNT(*) AS cancelled_percent,
    100 * SUM(CASE WHEN f.is_diverted THEN 1 ELSE 0 END) / COUNT(*) AS diverted_percent
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.flight_date IS NOT NULL AND f.month BETWEEN 1 AND 12
  GROUP BY a.name, f.month
  HAVING COUNT(*) >= 100 AND COUNT(f.arrival_delay_minutes) > 0
),
ranked AS (
  SELECT
    airline, month, flights, average_departure_delay, average_arrival_delay, cancelled_percent, diverted_percent,
    RANK() OVER (PARTITION BY month ORDER BY average_arrival_delay) AS delay_place,
    RANK() OVER (PARTITION BY month ORDER BY cancelled_percent) AS cancelled_place,
    COUNT(*) OVER (PARTITION BY month) AS airlines
  FROM by_month
)
SELECT
  airline,
  month,
  flights,
  average_departure_delay,
  average_arrival_delay,
  cancelled_percent,
  diverted_percent,
  delay_place,
  cancelled_place,
  CASE WHEN delay_place <= 3 THEN 'first' WHEN delay_place + 2 >= airlines THEN 'last' ELSE 'middle' END AS standing
FROM ranked
ORDER BY month, average_arrival_delay, airline;
