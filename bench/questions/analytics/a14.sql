-- Airlines at the large airports of a year: their share, how late they leave, and their places in both.
-- Parameters: flights (the flights), airlines (their names), airports (their names), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a14.sql --set flights=aero_clean.flights --set airlines=aero_clean.airlines --set airports=aero_clean.airports --set year=2007
WITH large AS (
  SELECT f.origin_id, COUNT(*) AS departures, COUNT(DISTINCT f.airline_id) AS airlines
  FROM ${flights} f
  WHERE f.year = ${year}
  GROUP BY f.origin_id
  HAVING COUNT(*) >= 1000
),
hubs AS (
  SELECT
    a.name AS airline,
    f.origin_id,
    COUNT(*) AS flights,
    COUNT(f.departure_delay_minutes) AS departed,
    AVG(f.departure_delay_minutes) AS average_delay,
    AVG(f.taxi_out_minutes) AS average_taxi_out,
    AVG(f.scheduled_elapsed_minutes) AS average_scheduled,
    AVG(f.elapsed_minutes) AS average_minutes,
    100 * SUM(CASE WHEN f.is_cancelled THEN 1 ELSE 0 END) / COUNT(*) AS cancelled_percent,
    100 * SUM(CASE WHEN f.departure_delay_minutes > 15 THEN 1 ELSE 0 END) / COUNT(*) AS late_percent
  FROM ${flights} f
  JOIN ${airlines} a ON a.airline_id = f.airline_id
  WHERE f.year = ${year}
    AND f.taxi_out_minutes IS NOT NULL
    AND f.scheduled_elapsed_minutes IS NOT NULL
    AND f.departure_delay_minutes IS NOT NULL
    AND f.origin_id IN (SELECT origin_id FROM large)
  GROUP BY a.name, f.origin_id
  HAVING COUNT(*) >= 50
),
shares AS (
  SELECT
    h.airline, h.origin_id, h.flights, l.departures, l.airlines, h.average_delay, h.average_taxi_out,
    h.average_scheduled, h.average_minutes, h.cancelled_percent, h.late_percent,
    100 * h.flights / l.departures AS share_percent,
    RANK() OVER (PARTITION BY h.origin_id ORDER BY h.flights DESC) AS size_place,
    RANK() OVER (PARTITION BY h.origin_id ORDER BY h.average_delay) AS delay_place
  FROM hubs h
  JOIN large l ON l.origin_id = h.origin_id
)
SELECT
  s.origin_id,
  p.name AS airport,
  p.city,
  s.airline,
  s.flights,
  s.departures,
  s.airlines,
  s.share_percent,
  CASE
    WHEN s.size_place = 1 THEN 'leader'
    WHEN s.size_place <= 3 THEN 'major'
    WHEN s.share_percent >= 10 THEN 'significant'
    ELSE 'minor'
  END AS standing,
  s.average_delay,
  s.average_taxi_out,
  s.average_scheduled,
  s.average_minutes,
  s.cancelled_percent,
  s.late_percent,
  s.size_place,
  s.delay_place
FROM shares s
JOIN ${airports} p ON p.airport_id = s.origin_id
WHERE s.share_percent >= 5
ORDER BY origin_id, size_place, airline;
