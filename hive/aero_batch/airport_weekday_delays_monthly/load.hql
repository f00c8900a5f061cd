-- The rows of some months of a year of aero_batch.airport_weekday_delays_monthly, aggregated from aero_clean.flights.
-- jobs/view_rows.py asks DuckDB, month by month; Hive and Spark answer the same.
-- Parameters: year (of the flights), months (of the flights, 1 to 12, with commas between).
-- Usage: aero sql hive/aero_batch/airport_weekday_delays_monthly/load.hql --set year=2013 --set months=1,2
SELECT
  month,
  CAST(TRUNC(MIN(flight_date), 'MM') AS DATE) AS month_date,
  day_of_week,
  airline_id,
  origin_id,
  COUNT(*) AS total_flights,
  COUNT(CASE WHEN is_cancelled THEN 1 END) AS cancelled_flights,
  COUNT(departure_delay_minutes) AS departed_flights,
  COUNT(arrival_delay_minutes) AS arrived_flights,
  COUNT(CASE WHEN departure_delay_minutes < 15 AND NOT is_cancelled THEN 1 END) AS on_time_departures,
  COUNT(CASE WHEN departure_delay_minutes < 15 AND NOT is_cancelled THEN 1 END) / COUNT(*) AS on_time_departure_share,
  COUNT(CASE WHEN arrival_delay_minutes < 15 THEN 1 END) AS on_time_arrivals,
  COUNT(CASE WHEN arrival_delay_minutes < 15 THEN 1 END) / COUNT(*) AS on_time_arrival_share,
  SUM(departure_delay_minutes) AS total_departure_delay_minutes,
  AVG(departure_delay_minutes) AS average_departure_delay_minutes,
  SUM(arrival_delay_minutes) AS total_arrival_delay_minutes,
  AVG(arrival_delay_minutes) AS average_arrival_delay_minutes
FROM aero_clean.flights
WHERE year = ${year} AND month IN (${months})
GROUP BY month, day_of_week, airline_id, origin_id
ORDER BY month, airline_id, origin_id, day_of_week;
