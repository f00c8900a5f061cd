-- On-time share by airline, from a batch view: arrived less than 15 minutes late ÷ scheduled flights.
-- Parameters: year (of the flights).
-- Usage: aero sql hive/demo/on_time_share_by_airline.hql --set year=2013
SELECT
  view.airline_id,
  MAX(airlines.name) AS airline,
  SUM(view.total_flights) AS flights,
  ROUND(100 * SUM(view.on_time_arrivals) / SUM(view.total_flights), 1) AS on_time_percent
FROM aero_batch.airline_delays_monthly view
LEFT JOIN aero_clean.airlines airlines ON airlines.airline_id = view.airline_id
WHERE view.year = ${year}
GROUP BY view.airline_id
ORDER BY on_time_percent DESC;
