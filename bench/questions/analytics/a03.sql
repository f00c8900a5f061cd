-- Late arrivals at the three airports of San Francisco Bay, by airport, month and hour of the schedule.
-- Parameters: flights (the flights), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a03.sql --set flights=aero_clean.flights --set year=2007
WITH arrivals AS (
  SELECT destination_id, month, SUBSTR(scheduled_arrival_local, 1, 2) AS arrival_hour, arrival_delay_minutes
  FROM ${flights}
  WHERE destination_id IN ('SFO', 'OAK', 'SJC')
    AND arrival_delay_minutes > 0
    AND scheduled_arrival_local IS NOT NULL
    AND year = ${year}
)
SELECT
  destination_id,
  month,
  arrival_hour,
  AVG(arrival_delay_minutes) AS average_delay,
  MAX(arrival_delay_minutes) AS longest_delay
FROM arrivals
GROUP BY destination_id, month, arrival_hour
ORDER BY destination_id, month, arrival_hour;
