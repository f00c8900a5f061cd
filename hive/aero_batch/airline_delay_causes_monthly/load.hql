-- The rows of some months of a year of aero_batch.airline_delay_causes_monthly, aggregated from aero_clean.flights.
-- The five causes of a flight are known together or not at all.
-- jobs/view_rows.py asks DuckDB, month by month; Hive and Spark answer the same.
-- Parameters: year (of the flights), months (of the flights, 1 to 12, with commas between).
-- Usage: aero sql hive/aero_batch/airline_delay_causes_monthly/load.hql --set year=2013 --set months=1,2
SELECT
  month,
  CAST(TRUNC(MIN(flight_date), 'MM') AS DATE) AS month_date,
  airline_id,
  COUNT(*) AS total_flights,
  COUNT(CASE WHEN arrival_delay_minutes >= 15 THEN 1 END) AS arrival_delayed_flights,
  COUNT(carrier_delay_minutes) AS causes_known_flights,
  COUNT(CASE WHEN arrival_delay_minutes >= 15 THEN carrier_delay_minutes END) AS causes_known_delayed_flights,
  SUM(carrier_delay_minutes) AS carrier_delay_minutes,
  SUM(CAST(carrier_delay_minutes > 0 AS INT)) AS carrier_delayed_flights,
  SUM(weather_delay_minutes) AS weather_delay_minutes,
  SUM(CAST(weather_delay_minutes > 0 AS INT)) AS weather_delayed_flights,
  SUM(nas_delay_minutes) AS nas_delay_minutes,
  SUM(CAST(nas_delay_minutes > 0 AS INT)) AS nas_delayed_flights,
  SUM(security_delay_minutes) AS security_delay_minutes,
  SUM(CAST(security_delay_minutes > 0 AS INT)) AS security_delayed_flights,
  SUM(late_aircraft_delay_minutes) AS late_aircraft_delay_minutes,
  SUM(CAST(late_aircraft_delay_minutes > 0 AS INT)) AS late_aircraft_delayed_flights,
  SUM(
    carrier_delay_minutes + weather_delay_minutes + nas_delay_minutes + security_delay_minutes
    + late_aircraft_delay_minutes
  ) AS all_causes_delay_minutes
FROM aero_clean.flights
WHERE year = ${year} AND month IN (${months})
GROUP BY month, airline_id
ORDER BY month, airline_id;
