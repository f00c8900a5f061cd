-- What a threshold would have been worth: whoever is told of each flight forecast late with at least so much
-- probability is told rightly, told in vain, or not told of a late flight.
-- Grain: one row a threshold, of the flights of a month that were forecast and have arrived.
-- Parameters: year (of the flights), month (of the flights, 1 to 12), minutes (late is so many or more: 15 is what was
-- forecast), false_alarm (what one costs, in any unit), miss (what one costs, in the same unit).
-- Usage: aero sql hive/aero_ml/delay_forecasts/decisions.hql --set year=2013 --set month=7 --set minutes=15
--   --set false_alarm=1 --set miss=3
SELECT threshold, SUM(alarm * late) AS told_and_late, SUM(alarm * (1 - late)) AS false_alarms,
  SUM((1 - alarm) * late) AS misses, SUM((1 - alarm) * (1 - late)) AS on_time_and_not_told,
  AVG(${false_alarm} * alarm * (1 - late) + ${miss} * (1 - alarm) * late) AS mean_cost
FROM (
  SELECT t.threshold, CASE WHEN f.late_probability >= t.threshold THEN 1 ELSE 0 END AS alarm,
    CASE WHEN COALESCE(c.arrival_delay_minutes, c.diversion_arrival_delay_minutes) >= ${minutes} THEN 1 ELSE 0 END AS late
  FROM aero_ml.delay_forecasts f
  JOIN aero_clean.flights c
    ON c.year = ${year} AND c.month = ${month} AND c.flight_date = f.flight_date AND c.airline_id = f.airline_id
    AND c.flight_number = f.flight_number AND c.origin_id = f.origin_id AND c.destination_id = f.destination_id
    AND c.scheduled_departure_local = f.scheduled_departure_local
  CROSS JOIN (SELECT EXPLODE(ARRAY(0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7)) AS threshold) t
  WHERE f.year = ${year} AND f.month = ${month} AND NOT c.is_cancelled
    AND COALESCE(c.arrival_delay_minutes, c.diversion_arrival_delay_minutes) IS NOT NULL
) told
GROUP BY threshold
ORDER BY threshold;
