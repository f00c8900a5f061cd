-- How good the forecast of each day of a month was, of the flights that have arrived.
-- Grain: one row a day, model and training.
-- Parameters: year (of the flights), month (of the flights, 1 to 12).
-- Usage: aero sql hive/aero_ml/delay_forecasts/by_day.hql --set year=2013 --set month=12
SELECT f.flight_date, f.model_name, f.training_id, COUNT(*) AS arrived_flights,
  SUM(CASE WHEN c.delay >= 15 THEN 1 ELSE 0 END) AS late_flights,
  SUM(f.late_probability) AS expected_late_flights,
  SUM(POWER(f.late_probability - CASE WHEN c.delay >= 15 THEN 1 ELSE 0 END, 2)) AS squared_error,
  SUM(POWER(f.baseline_probability - CASE WHEN c.delay >= 15 THEN 1 ELSE 0 END, 2)) AS baseline_squared_error
FROM aero_ml.delay_forecasts f
JOIN (
  SELECT flight_date, airline_id, flight_number, origin_id, destination_id, scheduled_departure_local,
    COALESCE(arrival_delay_minutes, diversion_arrival_delay_minutes) AS delay
  FROM aero_clean.flights
  WHERE year = ${year} AND month = ${month} AND NOT is_cancelled
) c
  ON c.flight_date = f.flight_date AND c.airline_id = f.airline_id AND c.flight_number = f.flight_number
  AND c.origin_id = f.origin_id AND c.destination_id = f.destination_id
  AND c.scheduled_departure_local = f.scheduled_departure_local
WHERE f.year = ${year} AND f.month = ${month} AND c.delay IS NOT NULL
GROUP BY f.flight_date, f.model_name, f.training_id
ORDER BY f.flight_date;
