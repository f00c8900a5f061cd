-- The forecasts of a day beside what came of the flights, the likeliest to be late first.
-- Grain: one row a flight that was forecast.
-- Parameters: year (of the flights), month (of the flights, 1 to 12), day (their date, YYYY-MM-DD).
-- Usage: aero sql hive/aero_ml/delay_forecasts/day.hql --set year=2013 --set month=12 --set day=2013-12-20
SELECT f.airline_id, f.flight_number, f.origin_id, f.destination_id, f.scheduled_departure_local, f.as_of_at,
  f.late_probability, f.baseline_probability, f.model_name, f.training_id, f.cancelled_probability,
  f.delay_p10_minutes, f.delay_p50_minutes, f.delay_p90_minutes, f.reasons, c.arrival_delay_minutes, c.is_cancelled
FROM aero_ml.delay_forecasts f
LEFT JOIN aero_clean.flights c
  ON c.year = ${year} AND c.month = ${month} AND c.flight_date = f.flight_date AND c.airline_id = f.airline_id
  AND c.flight_number = f.flight_number AND c.origin_id = f.origin_id AND c.destination_id = f.destination_id
  AND c.scheduled_departure_local = f.scheduled_departure_local
WHERE f.year = ${year} AND f.month = ${month} AND f.flight_date = DATE '${day}'
ORDER BY f.late_probability DESC, f.airline_id, f.flight_number, f.origin_id;
