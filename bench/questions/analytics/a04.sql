-- Late arrivals at the three airports of San Francisco Bay in a November, by airport and day.
-- Parameters: flights (the flights), year (of the flights).
-- Usage: aero sql bench/questions/analytics/a04.sql --set flights=aero_clean.flights --set year=2007
SELECT
  destination_id,
  month,
  day_of_month,
  AVG(arrival_delay_minutes) AS average_delay,
  MAX(arrival_delay_minutes) AS longest_delay
FROM ${flights}
WHERE destination_id IN ('SFO', 'OAK', 'SJC')
  AND arrival_delay_minutes > 0
  AND month = 11
  AND year = ${year}
GROUP BY destination_id, month, day_of_month
ORDER BY destination_id, month, day_of_month;
